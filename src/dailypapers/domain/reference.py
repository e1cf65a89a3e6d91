"""A reference: how somebody names a paper they know, and what was read of all they named."""

from dataclasses import dataclass

from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.paper import PaperId, work_keys
from dailypapers.domain.source import Skipped


def in_line(number: int) -> LazyString:
    """Where something stood, in words."""
    return LazyString(N_("line {number}"), number=number)


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper somebody named: by ids where they gave any, else by title, first author and year."""

    ids: tuple[PaperId, ...] = ()
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    #: Where it stood in what they gave, from 1 on.
    line: int = 1

    def names(self) -> tuple[str, ...]:
        """Every name the paper may be kept under: its ids, and title with first author however that one is written."""
        return tuple(dict.fromkeys((*map(str, self.ids), *work_keys(self.title, self.authors))))


@dataclass(frozen=True, slots=True)
class References:
    """All that was read of what somebody pasted or uploaded."""

    papers: tuple[Reference, ...] = ()
    #: What could not be read: which line, and one sentence why.
    skipped: tuple[Skipped, ...] = ()
    #: So many papers were named beyond the most that are taken at once.
    left: int = 0
