"""Forwarded alerts: what a reader's alert address receives, they get with their next digest.

    mail in | whose (signed address) | which papers (pure) | each once for this reader (tx)

The address is the proof: alerts come from whoever sends them, and are forwarded by programs. Nothing is answered, so
that no two programs can talk to each other, and what an email says of a paper is seen by nobody else.
"""

import datetime as dt

import sqlalchemy as sa
import structlog

from dailypapers.domain.subscriber import READING
from dailypapers.errors import BadToken
from dailypapers.inbound.alert_mail import listing_in
from dailypapers.store import forwarded
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.links import bearer_of
from dailypapers.tokens import Signer

log = structlog.get_logger()

#: Papers that one reader may forward in a day; more than all of arXiv's on most days are not read by anybody.
MOST_A_DAY = 500
_DAY = dt.timedelta(days=1)

_UNKNOWN = "550 5.1.1 There is no such address; please copy it from your preferences"
_THANKS = "250 2.0.0 Thank you"


def take(engine: sa.Engine, signer: Signer, content: bytes, token: str, *, now: dt.datetime) -> str:
    """Store the papers that an email to a reader's alert address lists; return the SMTP reply."""
    with reading(engine) as tx:
        reader = _reader(tx, signer, token)
        room = MOST_A_DAY - forwarded.count_since(tx, reader, now - _DAY) if reader else 0
    if reader is None:
        return _UNKNOWN
    # It is read outside a transaction: that takes a moment, and somebody may send thousands.
    listing = listing_in(content) if room > 0 else None
    if listing is None:
        log.info("alert not read", subscriber=reader, why="too many today" if room <= 0 else "no papers found")
        return _THANKS
    with writing(engine) as tx:
        if _reader(tx, signer, token) is None:
            return _UNKNOWN
        new = forwarded.add(tx, reader, listing, limit=room, now=now)
    log.info("alert read", subscriber=reader, source=listing.source.value, papers=len(listing.papers), new=new)
    return _THANKS


def _reader(tx: sa.Connection, signer: Signer, token: str) -> int | None:
    """Return whose address it is; `None` where it is nobody's who reads digests."""
    try:
        reader = bearer_of(tx, signer, signer.alert_claim(token))
    except BadToken:
        return None
    return reader.id if reader and reader.state in READING else None
