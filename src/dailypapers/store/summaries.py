"""Summaries: what a language model said of papers, once a paper and language, and what asking it took."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from dailypapers.domain.summary import Spent, Summary, SummaryBy
from dailypapers.store.database import groups, insert_new
from dailypapers.store.schema import summaries


def put(tx: sa.Connection, paper_id: int, language: str, text: str, *, model: str, day: dt.date, spent: Spent) -> None:
    """Store what a model said of a paper, nothing where it was asked in vain; what is there already stays."""
    row = {"paper_id": paper_id, "language": language, "text": text, "model": model, "day": day}
    insert_new(tx, summaries, [{**row, "tokens": spent.tokens, "seconds": spent.seconds}])


def asked(tx: sa.Connection, paper_ids: Iterable[int], language: str) -> set[int]:
    """Return the papers of which a model was asked in a language, in vain or not."""
    query = sa.select(summaries.c.paper_id).where(summaries.c.language == language)
    ids = sorted(set(paper_ids))
    return {key for group in groups(ids) for key in tx.scalars(query.where(summaries.c.paper_id.in_(group)))}


def of_papers(tx: sa.Connection, paper_ids: Iterable[int]) -> dict[int, dict[str, Summary]]:
    """Return what a model said of papers, by language, what it was asked for first before the rest."""
    query = sa.select(summaries).where(summaries.c.text != "").order_by(summaries.c.day, summaries.c.language)
    said: dict[int, dict[str, Summary]] = {}
    for group in groups(sorted(set(paper_ids))):
        for row in tx.execute(query.where(summaries.c.paper_id.in_(group))):
            said.setdefault(row.paper_id, {})[row.language] = Summary(row.text, SummaryBy.MODEL, row.model, row.day)
    return said


def spent_on(tx: sa.Connection, day: dt.date) -> Spent:
    """Return what asking took on a day."""
    sums = sa.select(sa.func.sum(summaries.c.tokens), sa.func.sum(summaries.c.seconds)).where(summaries.c.day == day)
    tokens, seconds = tx.execute(sums).one()
    return Spent(int(tokens or 0), float(seconds or 0))
