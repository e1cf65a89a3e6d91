"""Known: which facts about papers a mail can show by now. Whoever sends reads it too, without what ranks them."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from dailypapers.domain.content import AboutPaper, known_of
from dailypapers.domain.summary import in_language
from dailypapers.store import papers


def known_by_name(presented: Iterable[papers.Listed], language: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the names of papers, and what is known of each; a model's sentence in one language."""
    for item in presented:
        has_summary, has_figure = in_language(item.summaries, language) is not None, item.thumbnail is not None
        known = known_of(item.paper, item.presentation, has_figure=has_figure, has_summary=has_summary)
        yield str(item.paper.id), known


def about_shown(tx: sa.Connection, paper_ids: Iterable[int], language: str) -> dict[str, AboutPaper]:
    """Return by their names what is known by now of papers that a mail shows; a model's sentence in one language."""
    listed = papers.of_delivery(tx, sorted(set(paper_ids))).values()
    return {name: AboutPaper(known=known) for name, known in known_by_name(listed, language)}
