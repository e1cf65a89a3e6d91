"""What every source has in common: the seam, and how an answer is put together.

Does not know any source, any format or the store. Whether an id is new, and so whether a source is fresh, is not its
to say.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.domain.storable import is_keepable
from dailypapers.domain.text import one_line
from dailypapers.sources.http.client import Http, Response

#: Of where authors work so much is told as anybody reads.
MAX_AFFILIATIONS = 10


class Source(Protocol):
    """A place that announces papers."""

    @property
    def name(self) -> str:
        """What the operator calls it; never two alike in one service."""
        ...

    @property
    def zone(self) -> str:
        """The IANA time zone in which its day turns."""
        ...

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for what is announced, given what was learnt last time.

        Items that cannot be read are in `skipped`, each with its reason. Raises `FetchFailed` where there is no
        answer at all.
        """
        ...


@runtime_checkable
class Relisting(Protocol):
    """A source whose list of a day can be asked for by a second route, category by category."""

    @property
    def name(self) -> str:
        """What the operator calls it."""
        ...

    @property
    def listed_categories(self) -> tuple[str, ...]:
        """The categories that can be asked for; none where there is no second route."""
        ...

    def today(self, now: dt.datetime) -> dt.date:
        """Return which day it is where the source is."""
        ...

    def is_quiet(self, day: dt.date) -> bool:
        """Whether nothing is to be expected of a day."""
        ...

    async def list_again(self, http: Http, category: str, day: dt.date, *, now: dt.datetime) -> Fetched:
        """Ask for all that was announced in a category on a day, however long ago that was.

        Raises `FetchFailed` where there is no answer, or none about that day.
        """
        ...


@runtime_checkable
class Backfilling(Protocol):
    """A source that can be asked for what it announced on days long past."""

    @property
    def name(self) -> str:
        """What the operator calls it."""
        ...

    @property
    def backfilled_categories(self) -> tuple[str, ...]:
        """What is asked for of each day, one after the other; the whole source is the category ""."""
        ...

    @property
    def days_kept(self) -> int:
        """How many days back it can be asked for."""
        ...

    def is_quiet(self, day: dt.date) -> bool:
        """Whether nothing is to be expected of a day."""
        ...

    async def list_again(self, http: Http, category: str, day: dt.date, *, now: dt.datetime) -> Fetched:
        """Ask for all that was announced on a day. Raises `FetchFailed` where there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class Described:
    """A record of a paper, with what it says besides title and abstract."""

    paper: Paper
    presentation: Presentation


class OneListADay:
    """What sources answer alike that have one list for each day of the year, whatever the category."""

    __slots__ = ()
    zone = "UTC"

    @property
    def backfilled_categories(self) -> tuple[str, ...]:
        """One list a day, of no category."""
        return ("",)

    @property
    def days_kept(self) -> int:
        """All of their years can be asked for."""
        return 10_000

    def is_quiet(self, day: dt.date) -> bool:  # noqa: ARG002 - the Protocol names the argument
        """Whether nothing is to be expected of a day: of none, as there are papers at weekends too."""
        return False


@runtime_checkable
class Describing(Protocol):
    """A source that can be asked for more about papers which it has announced."""

    @property
    def name(self) -> str:
        """What the operator calls it."""
        ...

    @property
    def described_at_once(self) -> int:
        """How many papers a request can ask for; 0 where there is nobody to ask."""
        ...

    async def describe(self, http: Http, ids: Sequence[PaperId]) -> tuple[Described, ...]:
        """Ask for more about papers; those it does not know yet are left out. Raises `FetchFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class Harvested:
    """A page of a harvest."""

    papers: tuple[Paper, ...]
    skipped: tuple[Skipped, ...] = ()
    #: What the next page is asked for with; empty where this was the last one.
    token: str = ""


@runtime_checkable
class Harvesting(Protocol):
    """A source whose whole history can be asked for, page by page."""

    @property
    def name(self) -> str:
        """What the operator calls it."""
        ...

    @property
    def harvested_categories(self) -> tuple[str, ...]:
        """The categories that can be asked for; none where there is no such route."""
        ...

    async def harvest(self, http: Http, category: str, first: dt.date, last: dt.date, token: str) -> Harvested:
        """Ask for the next page of what was added or changed from one day to another; without a token the first page.

        Raises `FetchFailed`; what it was asked with may be tried again.
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


def id_of_title(title: str) -> PaperId:
    """Name a paper that has no id by its title: stable as long as its letters and digits are, whatever their case."""
    letters = " ".join("".join(c if c.isalnum() else " " for c in title.casefold()).split())
    return PaperId("title", hashlib.sha256((letters or title).encode()).hexdigest()[:24])


def fetched(
    reading: Reading,
    answers: Mapping[str, Response | None],
    *,
    since: Checkpoint | None,
    zone: str = "UTC",
    highest_id: str = "",
    by_category: Mapping[str, Fetched] | None = None,
    is_daily: bool = False,
    is_verifiable: bool = False,
    is_whole: bool = False,
    quiet_because: str = "",
) -> Fetched:
    """Build a source's answer: what was read, the evidence of how fresh it may be, and what to remember.

    `answers` has every address that was asked, with `None` for those that failed. `zone` is where the source's day
    turns. `highest_id` is the highest announced id of a source whose ids have an order. The rest is as in `Fetched`.
    """
    reading = _nameable(reading)
    return Fetched(
        reading.announcements,
        reading.skipped,
        remembered(answers, since, highest_id),
        remarks=reading.remarks,
        asked=len(answers),
        unchanged=sum(answer.not_modified for answer in answers.values() if answer),
        zone=zone,
        by_category=by_category or {},
        is_daily=is_daily,
        is_verifiable=is_verifiable,
        is_whole=is_whole,
        quiet_because=quiet_because,
    )


def _nameable(reading: Reading) -> Reading:
    """What was read, less the papers by whose names they could not be kept."""
    readable: list[Announcement] = []
    skipped: list[Skipped] = []
    for item in reading.announcements:
        if all(is_keepable(str(name)) for name in (item.paper.id, *item.paper.also)):
            readable.append(item)
        else:
            skipped.append(Skipped(item.paper.title[:60], "Its id is too long or not text."))
    # What is said of an answer quotes it, and is kept and printed.
    told = tuple(Skipped(one_line(item.where), one_line(item.why)) for item in (*reading.skipped, *skipped))
    return Reading(tuple(readable), told, tuple(map(one_line, reading.remarks)))


def remembered(answers: Mapping[str, Response | None], since: Checkpoint | None, highest_id: str = "") -> Checkpoint:
    """Keep the validators of these answers, and the earlier ones where an address failed or had nothing new.

    An address that answered without a validator loses its old one, which would vouch for bytes nobody has any more;
    one that is no longer asked is forgotten.
    """
    since = since or Checkpoint()

    def validators(old: tuple[tuple[str, str], ...], read: Callable[[Response], str]) -> tuple[tuple[str, str], ...]:
        earlier = dict(old)
        now = {url: read(a) if a and not a.not_modified else earlier.get(url, "") for url, a in answers.items()}
        return tuple(sorted((url, value) for url, value in now.items() if value))

    return Checkpoint(
        etags=validators(since.etags, lambda answer: answer.etag),
        last_modified=validators(since.last_modified, lambda answer: answer.last_modified),
        highest_id=max(highest_id, since.highest_id),
    )
