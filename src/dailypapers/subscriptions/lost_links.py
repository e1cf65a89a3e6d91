"""Links that somebody has lost: those to their own pages are mailed to them, within the limits of `domain.signup`.

load (tx) | decide (pure: `judge`) | record (tx)
"""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.address import normalised_mailbox
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.signup import Limits, SignUpRequest, Verdict, judge, worth_keeping
from dailypapers.domain.subscriber import READING
from dailypapers.store import outbox, signups, subscribers, suppressions
from dailypapers.tokens import Signer

#: Somebody is waiting for it, and can ask again.
DEADLINE = dt.timedelta(days=1)


def links_request(signer: Signer, address: str, network: str) -> SignUpRequest:
    """Return a request as keyed hashes. Its mailbox counts apart from that of a sign-up, its network does not."""
    return SignUpRequest(
        signer.keyed_hash("links address", address),
        signer.keyed_hash("links mailbox", normalised_mailbox(address)),
        signer.keyed_hash("network", network),
    )


def mail_links(tx: sa.Connection, address: str, *, request: SignUpRequest, limits: Limits, now: dt.datetime) -> Verdict:
    """Queue a mail with the links to their own pages for whoever reads at this address; nobody else gets any.

    The verdict does not depend on whether the address is known.
    """
    counts = signups.count(tx, request, now=now)
    verdict = judge(counts, limits, has_waited=False)
    if worth_keeping(counts, limits):
        signups.note(tx, request, granted=verdict is Verdict.GRANTED, now=now)
    reader = subscribers.by_address(tx, address)
    is_suppressed = suppressions.is_suppressed(tx, address)
    if verdict is Verdict.GRANTED and reader and reader.state in READING and not is_suppressed:
        mail = outbox.NewDelivery(reader.id, reader.address, MailKind.LINKS, deadline=now + DEADLINE)
        outbox.put(tx, [mail], now=now)
    return verdict
