"""What every source has in common: the seam, and how an answer says how fresh it is.

Does not know any source, any format or the store. Whether an id was seen before is the store's to say.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Freshness, Skipped, State
from dailypapers.domain.storable import is_keepable
from dailypapers.sources.http.client import Http, Response

_SATURDAY = 5


class Source(Protocol):
    """A place that announces papers."""

    @property
    def name(self) -> str:
        """What the operator calls it; never two alike in one service."""
        ...

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for what is announced, given what was learnt last time.

        Items that cannot be read are in `skipped`, each with its reason. Raises `FetchFailed` where there is no
        answer at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one or more answers, before it is known how fresh it is."""

    announcements: tuple[Announcement, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    #: Said to the operator besides the counts, a sentence each.
    remarks: tuple[str, ...] = ()

    @property
    def items(self) -> int:
        """Items in the answers, readable or not."""
        return len(self.announcements) + len(self.skipped)

    def __add__(self, other: "Reading") -> "Reading":
        return Reading(
            self.announcements + other.announcements, self.skipped + other.skipped, self.remarks + other.remarks
        )


def fetched(
    reading: Reading,
    answers: Mapping[str, Response | None],
    *,
    since: Checkpoint | None,
    now: dt.datetime,
    zone: str = "UTC",
) -> Fetched:
    """Build a source's answer: what was read, its freshness with the evidence, and what to remember.

    `answers` has every address that was asked, with `None` for those that failed. `zone` is where the source's day
    turns; its weekend is counted there.
    """
    reading = _nameable(reading)
    weekend = now.astimezone(ZoneInfo(zone)).weekday() >= _SATURDAY
    freshness = Freshness(_state(reading, weekend=weekend), reading.items, _note(reading, answers))
    return Fetched(reading.announcements, reading.skipped, freshness, remembered(answers, since))


def _nameable(reading: Reading) -> Reading:
    """What was read, less the papers by whose names they could not be kept."""
    kept: list[Announcement] = []
    lost: list[Skipped] = []
    for item in reading.announcements:
        if all(is_keepable(str(name)) for name in (item.paper.id, *item.paper.also)):
            kept.append(item)
        else:
            lost.append(Skipped(item.paper.title[:60], "Its id is no id."))
    return Reading(tuple(kept), (*reading.skipped, *lost), reading.remarks)


def _state(reading: Reading, *, weekend: bool) -> State:
    if reading.items:
        return State.FRESH
    return State.QUIET if weekend else State.WAITING


def _note(reading: Reading, answers: Mapping[str, Response | None]) -> str:
    unchanged = sum(answer.not_modified for answer in answers.values() if answer)
    parts = [f"{reading.items} items" if reading.items != 1 else "1 item"]
    if reading.skipped:
        parts.append(f"{len(reading.skipped)} of them skipped")
    if unchanged:
        parts.append(f"{unchanged} of {len(answers)} answers unchanged since last time (304)")
    return ". ".join((", ".join(parts), *(remark.rstrip(".") for remark in reading.remarks))) + "."


def remembered(answers: Mapping[str, Response | None], since: Checkpoint | None) -> Checkpoint:
    """Keep the validators of these answers, and the earlier ones where an address failed or had nothing new.

    An address that answered without a validator loses its old one, which would vouch for bytes nobody has any more;
    one that is no longer asked is forgotten.
    """
    since = since or Checkpoint()

    def kept(old: tuple[tuple[str, str], ...], on_progress: Callable[[Response], str]) -> tuple[tuple[str, str], ...]:
        known = dict(old)
        now = {url: on_progress(a) if a and not a.not_modified else known.get(url, "") for url, a in answers.items()}
        return tuple(sorted((url, value) for url, value in now.items() if value))

    return Checkpoint(
        etags=kept(since.etags, lambda answer: answer.etag),
        last_modified=kept(since.last_modified, lambda answer: answer.last_modified),
        highest_id=since.highest_id,
    )
