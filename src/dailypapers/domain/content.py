"""What a mail says besides its picks and their reasons, as it was when it was put into the outbox.

Kept with the delivery: a retry, or the copy on the web, says the same whatever its reader has changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dailypapers.domain.digest import QuietTopic
from dailypapers.domain.paper import Signals
from dailypapers.domain.saved import SavedNews
from dailypapers.domain.subscriber import AS_USUAL, Style


@dataclass(frozen=True, slots=True)
class AboutPaper:
    """What stood beside a paper that day: who announced it, and what the world made of it."""

    sources: tuple[str, ...] = ()
    signals: Signals = field(default=Signals())
    without_figure: bool = False
    """Whether no figure of it could be had by then: one that comes later is not shown in the same mail made again."""


@dataclass(frozen=True, slots=True)
class Content:
    """What does not follow from the picks, the papers and the edition, which do not change."""

    style: Style = AS_USUAL
    notes: tuple[str, ...] = ()
    """What of the reader's interests could not be used; of an answer, all that it says. Lazy strings, so that they can
    still be translated."""
    papers: Mapping[str, AboutPaper] = field(default_factory=dict)
    """By the papers' names."""
    quiet: tuple[QuietTopic, ...] = ()
    quiet_days: int = 0
    instead: bool = False
    considered: int = 0
    """How many papers were new in the editions it was picked from, where these are several; 0 where it is one."""
    in_reply_to: str = ""
    """The Message-ID of what an answer answers."""
    saved: tuple[SavedNews, ...] = ()
    """What became of papers the reader saved."""
    summary_language: str = ""
    """The language that models' summaries are shown in; empty for the one they were asked for first."""
    book: tuple[int, ...] = ()
    """The papers of a book, by their internal ids."""
    group: tuple[int, int] = (0, 0)
    """Of a group's mail: the group, and the edition it was picked from, by their ids."""
