"""Resolve references to example papers: those without an id are looked up in the library by title and first author."""

from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.paper import Paper, by_first_name
from dailypapers.domain.reference import Reference, References, in_line
from dailypapers.domain.source import Skipped
from dailypapers.store import papers


def resolve(tx: sa.Connection, references: References) -> References:
    """Return the same references, each with an id; those that cannot be references are skipped, with a sentence."""
    without = [paper for paper in references.papers if not paper.ids]
    papers_by_key = papers.by_key(tx, {name for paper in without for name in paper.names()})
    resolved = [paper if paper.ids else _named(paper, papers_by_key) for paper in references.papers]
    return replace(
        references,
        papers=tuple(paper for paper in resolved if isinstance(paper, Reference)),
        skipped=(*references.skipped, *(item for item in resolved if isinstance(item, Skipped))),
    )


def _named(paper: Reference, papers_by_key: dict[str, Paper]) -> Reference | Skipped:
    match = by_first_name(papers_by_key, paper.names())
    if match:
        return replace(paper, ids=(match.id,))
    title = f"{paper.title[:79]}…" if len(paper.title) > 80 else paper.title  # noqa: PLR2004 - a line's width
    return Skipped(
        in_line(paper.line), f"“{title}” has no arXiv ID or DOI here, and no paper in our library has this title."
    )
