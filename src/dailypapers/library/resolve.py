"""References made example papers: those without an id are looked up by title and first author among the papers kept."""

from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.paper import Paper
from dailypapers.domain.reference import Reference, References, in_line
from dailypapers.domain.source import Skipped
from dailypapers.store import papers


def resolve(tx: sa.Connection, found: References) -> References:
    """The same references, each with an id; those that cannot be found are skipped, with a sentence."""
    without = [paper for paper in found.papers if not paper.ids]
    known = papers.by_key(tx, {name for paper in without for name in paper.names()})
    named = [paper if paper.ids else _named(paper, known) for paper in found.papers]
    return replace(
        found,
        papers=tuple(paper for paper in named if isinstance(paper, Reference)),
        skipped=(*found.skipped, *(item for item in named if isinstance(item, Skipped))),
    )


def _named(paper: Reference, known: dict[str, Paper]) -> Reference | Skipped:
    match = next((known[name] for name in paper.names() if name in known), None)
    if match:
        return replace(paper, ids=(match.id,))
    title = f"{paper.title[:79]}…" if len(paper.title) > 80 else paper.title  # noqa: PLR2004 - a line's width
    return Skipped(in_line(paper.line), f"“{title}” has no arXiv id or DOI here, and no paper of this title is known.")
