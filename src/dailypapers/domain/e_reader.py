"""An e-reader: a device that takes books by email at an address of its own, and when the book of the week is due."""

import datetime as dt
from dataclasses import dataclass, replace

from dailypapers.domain.address import domain_of
from dailypapers.domain.i18n import N_
from dailypapers.domain.subscriber import Rhythm
from dailypapers.errors import BadInput

#: Hosts of e-readers' addresses, and whose devices these are. Each accepts emails only from senders whom the device's
#: owner has approved, so that nobody can have books sent to somebody who does not want them.
HOSTS = {"kindle.com": "Kindle", "free.kindle.com": "Kindle", "pbsync.com": "PocketBook"}
SATURDAY = 5
#: A week, less what a change of clocks and a run that is late may take from it.
_NEARLY_A_WEEK = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class EReader:
    """Where a reader's book of the week goes."""

    subscriber_id: int
    address: str
    next_book_at: dt.datetime
    #: When the last book was made, or would have been had there been papers.
    last_book_at: dt.datetime | None = None
    #: When it was switched off because the address refused a book.
    disabled_at: dt.datetime | None = None

    @property
    def device(self) -> str:
        """Whose device it is."""
        return HOSTS.get(domain_of(self.address), "")


def checked_host(address: str) -> str:
    """Return the address as it is. Raises `BadInput` where its host is not one of e-readers."""
    if domain_of(address) not in HOSTS:
        raise BadInput(
            N_("Books can only be sent to addresses at kindle.com, free.kindle.com and pbsync.com (PocketBook).")
        )
    return address


def book_rhythm(rhythm: Rhythm) -> Rhythm:
    """Return when a reader gets their book: on the one day a week they read, on Saturdays where there are more."""
    return rhythm if len(rhythm.days) == 1 else replace(rhythm, days=frozenset({SATURDAY}))


def next_book(rhythm: Rhythm, slot: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return when the book after the one that was due at `slot` is due: a week later, and never before now.

    Who has chosen another day meanwhile waits for it longer than a week rather than getting two books in one.
    """
    return book_rhythm(rhythm).next_after(max(slot + _NEARLY_A_WEEK, now))
