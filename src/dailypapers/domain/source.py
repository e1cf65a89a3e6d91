"""What a source tells us: what it announced, what could not be read, and whether it is to be trusted today.

The values only; fetching and parsing live in `sources`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dailypapers.domain.paper import Paper, PaperId, Presentation, Signals


class AnnounceType(StrEnum):
    """arXiv's own words for why a paper is in today's list."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def fresh(self) -> bool:
        """Whether it brings a paper into an edition; a replacement does not."""
        return self in {AnnounceType.NEW, AnnounceType.CROSS}


@dataclass(frozen=True, slots=True)
class Announcement:
    """This paper, by this source, on this day, as new, cross or replace."""

    paper: Paper
    source: str
    day: dt.date
    type: AnnounceType = AnnounceType.NEW
    version: int | None = None
    signals: Signals | None = None
    presentation: Presentation | None = None
    #: Whether it is about a paper without being it, as a retraction is: it makes no unknown paper known.
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that could not be read: where it stood and, in one sentence, why."""

    where: str
    why: str


class State(StrEnum):
    """How far a source can be trusted today."""

    FRESH = "fresh"
    WAITING = "waiting"
    QUIET = "quiet"
    STALLED = "stalled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Freshness:
    """A source's state with its evidence."""

    state: State
    #: Items in the answer, readable or not.
    items: int = 0
    #: New papers and cross-lists among them that this source had not announced before.
    new: int = 0
    #: Items that could not be read.
    skipped: int = 0
    #: For the operator: counts, why this state, error.
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a source wants to be told next time: validators of a conditional GET per URL, and its highest id."""

    etags: tuple[tuple[str, str], ...] = ()
    last_modified: tuple[tuple[str, str], ...] = ()
    highest_id: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One source's answer. Nothing read is lost: an item is an announcement or it is skipped with a reason.

    Whether the source is fresh is not its own to say: that takes knowing which announcements are new.
    """

    announcements: tuple[Announcement, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    checkpoint: Checkpoint = Checkpoint()
    #: Said to the operator besides the counts, a sentence each.
    remarks: tuple[str, ...] = ()
    #: Addresses that were asked, and how many of them answered that nothing had changed (304).
    asked: int = 0
    unchanged: int = 0
    #: The IANA time zone in which the source's day turns; its weekend is counted there.
    zone: str = "UTC"
    #: Why there is no answer at all, in one sentence; empty where there is one.
    failure: str = ""
    #: The answers it consists of, by category, where each is to be fresh by itself.
    by_category: Mapping[str, "Fetched"] = field(default_factory=dict)
    #: Whether it announces on every working day by its own word; of others the habit has to be learnt.
    is_daily: bool = False
    #: Whether a second route can tell if it is all there is: it is asked where clearly less came than usual.
    is_verifiable: bool = False
    #: Whether by its own counts this is all that was announced that day.
    is_whole: bool = False
    #: Why nothing is to be expected today, in a sentence; empty where that is not known.
    quiet_because: str = ""

    @property
    def items(self) -> int:
        """Items in the answer, readable or not."""
        return len(self.announcements) + len(self.skipped)

    @property
    def ids(self) -> frozenset[PaperId]:
        """The papers it announces."""
        return frozenset(item.paper.id for item in self.announcements)


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source's line in an edition: what came of it that day."""

    source: str
    state: State
    items: int
    new: int
    skipped: int
    note: str
    fetched_at: dt.datetime
    #: Its categories that were late, short or down, in the order of their names.
    lacking: tuple["CategoryStatus", ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryStatus:
    """One category of a source in an edition."""

    category: str
    state: State
    new: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceDay:
    """What came of a source, or of one of its categories, on one of its days."""

    day: dt.date
    state: State
    #: New papers and cross-lists of that day's fetches together, and the items of the fullest answer.
    new: int = 0
    items: int = 0
    skipped: int = 0
    note: str = ""
    #: When it was last asked that day, and when it last gave something new.
    fetched_at: dt.datetime | None = None
    new_at: dt.datetime | None = None


#: Sources by the names people know them by.
_NAMES = {
    "arxiv": "arXiv",
    "huggingface": "Hugging Face",
    "biorxiv": "bioRxiv",
    "medrxiv": "medRxiv",
    "openreview": "OpenReview",
    "crossref": "Crossref",
    "pubmed": "PubMed",
}


def source_name(source: str) -> str:
    """Return the name people know a source by; its name in the settings where there is no other."""
    return _NAMES.get(source, source)
