"""Today at a glance: sources, the newest edition with its equation, how far sending is; and pausing it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from fastapi.responses import Response

from dailypapers.delivery import watch
from dailypapers.domain.delivery import RECONCILED, DeliveryState, Ledger
from dailypapers.domain.edition import Edition
from dailypapers.domain.freshness import Standing
from dailypapers.intake.status import standings
from dailypapers.store import controls, editions, ledger, posts
from dailypapers.store.controls import Name
from dailypapers.store.database import reading, writing
from dailypapers.store.posts import Backlog
from dailypapers.web.admin.gate import Visit

#: Answers are counted of the runs of the last day.
_RECENT = dt.timedelta(days=1)
#: Posts leave within seconds; what waits for longer has failed several times.
_LATE = dt.timedelta(hours=1)
#: More domains fill the page and tell no more.
_MOST_DOMAINS = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A number of the equation, and the state it counts."""

    state: DeliveryState
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How everything stands at one moment."""

    edition: Edition | None
    books: Ledger | None
    sending: watch.Snapshot
    sources: tuple[Standing, ...]
    backlogs: tuple[Backlog, ...]
    """Webhooks and channels that posts wait for, or that some were given up for."""

    @property
    def terms(self) -> list[Term]:
        """The right side of the equation."""
        return [Term(state, self.books.count(state)) for state in RECONCILED] if self.books else []

    @property
    def ended(self) -> int:
        """How many of the edition's digests have come to an end."""
        return sum(term.count for term in self.terms)

    @property
    def replies(self) -> list[str]:
        """The classes of replies there were, in the order of their columns."""
        return sorted(self.sending.replies)

    @property
    def domains(self) -> list[tuple[str, dict[str, int]]]:
        """The domains with most mails, and how often each replied what."""
        return [(name, dict(counts)) for name, counts in list(self.sending.domains.items())[:_MOST_DOMAINS]]


def overview(tx: sa.Connection, *, now: dt.datetime) -> Overview:
    """Look at everything once; each query is bounded, however much history there is."""
    edition = editions.newest(tx)
    books = ledger.of_editions(tx, [edition.id]) if edition else []
    sources = tuple(each for each in standings(tx, now=now) if not each.category)
    late = tuple(posts.backlogs(tx, before=now - _LATE))
    sending = watch.snapshot(tx, since=now - _RECENT, now=now)
    return Overview(edition, books[0] if books else None, sending, sources, late)


def show(visit: Visit) -> Response:
    """Show how everything stands."""
    return _page(visit, "today")


def progress(visit: Visit) -> Response:
    """Show the part that changes while mails are sent, for the script that redraws it."""
    return _page(visit, "_progress")


def _page(visit: Visit, name: str, *, status: int = 200, trouble: str = "") -> Response:
    with reading(visit.context.engine) as tx:
        seen = overview(tx, now=visit.now)
    return visit.page(name, status=status, overview=seen, trouble=trouble)


def pause(visit: Visit) -> Response:
    """Pause all sending, or go on; senders honour it with the next mail."""
    if visit.button("resume", "pause") == "resume":
        return _resume(visit)
    reason = visit.value("reason")
    with writing(visit.context.engine) as tx:
        controls.switch_on(tx, Name.PAUSE, by=visit.account.email, now=visit.now, reason=reason)
        visit.note(tx, "sending paused", after={"reason": reason})
    return visit.redirect("#sending")


def _resume(visit: Visit) -> Response:
    with writing(visit.context.engine) as tx:
        was_on = controls.control(tx, Name.PAUSE)
        if was_on and controls.switch_off(tx, Name.PAUSE):
            before = {"reason": was_on.reason, "set_at": was_on.set_at.isoformat(timespec="seconds")}
            visit.note(tx, "sending resumed", before=before)
    return visit.redirect("#sending")
