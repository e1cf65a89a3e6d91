"""The archive: closed editions with their papers, the most talked about first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from dailypapers.domain.digest import Entry
from dailypapers.domain.edition import Edition
from dailypapers.ranking.trending import trending
from dailypapers.store import editions, papers
from dailypapers.store.papers import Listed


@dataclass(frozen=True, slots=True)
class Day:
    """An edition with the papers of it that are talked about most."""

    edition: Edition
    first: tuple[Listed, ...]

    @property
    def top(self) -> str:
        """The title of the one people talk about most; empty where nobody talks about any."""
        talked = (item.paper.title for item in self.first if item.signals.upvotes or item.signals.votes > 0)
        return next(talked, "")

    @property
    def month(self) -> str:
        """Its month, as ISO 8601 writes it."""
        return f"{self.edition.day:%Y-%m}"


def days(tx: sa.Connection, closed: Sequence[Edition], *, many: int = 1) -> tuple[Day, ...]:
    """Return editions in their order, each with `many` of its papers."""
    chosen = editions.talked_about(tx, [edition.id for edition in closed], many=many)
    listed = papers.of_delivery(tx, sorted({paper for ids in chosen.values() for paper in ids}))
    return tuple(
        Day(edition, tuple(by_trend(edition, [listed[paper] for paper in chosen.get(edition.id, ())])))
        for edition in closed
    )


def ordered(tx: sa.Connection, edition: Edition) -> list[Listed]:
    """Return all papers of an edition, the most talked about first; without what sources show of them besides."""
    return by_trend(edition, papers.in_editions(tx, after=edition.id - 1, upto=edition.id))


def entries(tx: sa.Connection, listed: Sequence[Listed]) -> tuple[Entry, ...]:
    """Return papers as a page shows them, with what sources show of them."""
    return tuple(map(entry_of, papers.presented(tx, listed)))


def entry_of(item: Listed) -> Entry:
    """Return a paper as a page shows it, picked for nobody."""
    return Entry(item.paper, "", item.sources, item.signals, (), item.paper_id, item.presentation)


def by_trend(edition: Edition, listed: Iterable[Listed]) -> list[Listed]:
    """Return papers by how much they are talked about, the most first; their age counts from the edition's day."""
    items = sorted(listed, key=lambda item: str(item.paper.id))
    signals = {str(item.paper.id): item.signals for item in items}
    announced = [replace(item.paper, published=edition.day) for item in items]
    scores = trending(announced, signals, now=edition.closed_at)
    return [item for _, item in sorted(zip(scores, items, strict=True), key=lambda pair: -round(float(pair[0]), 9))]
