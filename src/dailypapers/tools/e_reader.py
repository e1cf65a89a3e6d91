"""E-readers: connect the address that a reader's book of the week goes to, and switch it off where it is refused."""

import datetime as dt
import re

import sqlalchemy as sa
import structlog

from dailypapers.domain.address import domain_of
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.e_reader import HOSTS, EReader, book_rhythm, checked_host
from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.subscriber import Subscriber
from dailypapers.errors import BadInput
from dailypapers.store import e_readers, outbox, subscribers

log = structlog.get_logger()

_NOTICE_DEADLINE = dt.timedelta(days=3)
#: RFC 5321 4.5.3.1.3 allows no longer one.
_LONGEST = 254
_NAME = re.compile(r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*")
_NOT_AN_ADDRESS = N_("This is not an email address.")
_SWITCHED_OFF = N_(
    "{address} refused your papers of the week, so nothing more is sent there. Check the address and that {device} has "
    "our sender among those you approve, and connect it again in your preferences, under “Send saved papers to other "
    "tools”."
)


def connect(tx: sa.Connection, reader: Subscriber, address: str, *, now: dt.datetime) -> EReader:
    """Send a reader's book of the week to an address from its next day on.

    Raises `BadInput` with a sentence where it is not the address of an e-reader.
    """
    typed = address.strip().lower()
    if len(typed) > _LONGEST or not _NAME.fullmatch(typed.rpartition("@")[0]):
        raise BadInput(_NOT_AN_ADDRESS)
    known = e_readers.of_subscriber(tx, reader.id)
    last = known.last_book_at if known and known.address == typed else None
    next_book_at = book_rhythm(reader.rhythm).next_after(now)
    e_reader = EReader(reader.id, checked_host(typed), next_book_at, last)
    e_readers.connect(tx, e_reader)
    return e_reader


def switch_off(tx: sa.Connection, subscriber_id: int, address: str, *, now: dt.datetime) -> None:
    """Send no more books to an address that refused one, and tell its reader, once; their own address stays."""
    if not e_readers.switch_off(tx, subscriber_id, address, now=now):
        return
    log.warning("e-reader switched off", subscriber=subscriber_id)
    reader = subscribers.one(tx, subscriber_id)
    if reader is None:
        return
    said = LazyString(_SWITCHED_OFF, address=address, device=HOSTS.get(domain_of(address), ""))
    content = Content(reader.style, notes=(said,))
    mail = outbox.NewDelivery(reader.id, reader.address, MailKind.NOTICE, now + _NOTICE_DEADLINE, content=content)
    outbox.put(tx, [mail], now=now)
