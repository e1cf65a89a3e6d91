"""Example papers that somebody pasted or uploaded: those we know, and in words what of the others cannot be used."""

from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.paper import by_first_name
from dailypapers.domain.reference import Reference, References
from dailypapers.domain.source import Skipped
from dailypapers.store import papers

#: So many papers that we do not know are named; the others are counted.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Examples:
    """The papers by their ids, and what could not be taken: the partial `_examples.html` says so."""

    ids: tuple[str, ...] = ()
    #: Titles or ids of papers that we do not know, and how many there are beside.
    unknown: tuple[str, ...] = ()
    more_unknown: int = 0
    #: What could not be read, and how many papers were beyond the most that are taken at once.
    unread: tuple[Skipped, ...] = ()
    left: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all that was pasted was taken."""
        return not (self.unknown or self.unread or self.left)


def look_up(tx: sa.Connection, *pasted: References) -> Examples:
    """Look up what was pasted among the papers we know."""
    references = list(dict.fromkeys(reference for each in pasted for reference in each.papers))
    papers_by_name = papers.by_key(tx, {name for reference in references for name in reference.names()})
    looked_up = [(reference, by_first_name(papers_by_name, reference.names())) for reference in references]
    unknown = [_called(reference) for reference, paper in looked_up if paper is None]
    return Examples(
        ids=tuple(dict.fromkeys(str(paper.id) for _, paper in looked_up if paper)),
        unknown=tuple(unknown[:_NAMED]),
        more_unknown=len(unknown[_NAMED:]),
        unread=tuple(skipped for each in pasted for skipped in each.skipped),
        left=sum(each.left for each in pasted),
    )


def _called(reference: Reference) -> str:
    return reference.title or next((paper.value for paper in reference.ids), "")
