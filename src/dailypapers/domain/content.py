"""What a mail says besides its picks and their reasons, as it was when it was put into the outbox.

Kept with the delivery: a retry, or the copy on the web, says the same whatever its reader has changed meanwhile.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, TypeVar

from dailypapers.domain.digest import QuietTopic
from dailypapers.domain.paper import Paper, Presentation, Signals
from dailypapers.domain.saved import Remark, SavedNews
from dailypapers.domain.subscriber import AS_USUAL, Style

#: What a later record of a paper fills in where it was empty.
_FILLED_IN = frozenset(("abstract", "authors", "categories", "code_url", "published", "url"))
#: What may come to be known of a paper after a mail about it was composed: a figure, a model's sentence, what sources
#: show of it, and what a later record fills in.
MAY_COME_LATER = frozenset(("figure", "summary", *(each.name for each in fields(Presentation)))) | _FILLED_IN
OfPaper = TypeVar("OfPaper", Paper, Presentation)
#: By type, what each of these is where nothing is known.
_EMPTY: Mapping[type, Mapping[str, Any]] = {
    kind: {each.name: each.default for each in fields(kind) if each.name in MAY_COME_LATER}
    for kind in (Paper, Presentation)
}


@dataclass(frozen=True, slots=True)
class AboutPaper:
    """What stood beside a paper that day: who announced it, and what the world made of it."""

    sources: tuple[str, ...] = ()
    signals: Signals = field(default=Signals())
    known: frozenset[str] | None = None
    """What of `MAY_COME_LATER` was known by then: what comes later is not shown in the same mail made again. `None`
    where that was not stored."""


def known_then(about: AboutPaper | None) -> frozenset[str]:
    """Return what of a paper may be shown; all of it where what was known then was not stored."""
    return MAY_COME_LATER if about is None or about.known is None else about.known


def known_of(paper: Paper, presentation: Presentation, *, has_figure: bool, has_summary: bool) -> frozenset[str]:
    """Return what of `MAY_COME_LATER` is known of a paper."""
    names = {"figure"} if has_figure else set[str]()
    names |= {"summary"} if has_summary else set()
    return frozenset(names).union(_stated(paper), _stated(presentation))


def _stated(thing: Paper | Presentation) -> set[str]:
    return {name for name, empty in _EMPTY[type(thing)].items() if getattr(thing, name) != empty}


@lru_cache(maxsize=1024)
def as_known(thing: OfPaper, known: frozenset[str]) -> OfPaper:
    """Return a paper, or what is shown of it, without what was not known; the very same where nothing came later."""
    late: dict[str, Any] = {name: _EMPTY[type(thing)][name] for name in _stated(thing) - known}
    return replace(thing, **late) if late else thing


@dataclass(frozen=True, slots=True)
class GroupSnapshot:
    """What a group's mail says of the group, as it was when the mail was composed."""

    name: str
    zone: str
    """The time zone in which it has its days."""
    ballot_closes_on: dt.date | None = None
    """Until when its members vote; `None` where there is nothing to vote on."""


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
    remarks: Mapping[str, Remark] = field(default_factory=dict)
    """Of a book, what its reader kept beside papers, by the papers' names."""
    group: tuple[int, int] = (0, 0)
    """Of a group's mail: the group, and the edition it was picked from, by their ids."""
    group_snapshot: GroupSnapshot | None = None
    """Of a group's digest; `style` then has the group's look in it. `None` where that was not stored."""
