"""Votes: one row for each word of a reader on a paper."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.vote import Vote, Votes
from dailypapers.store import saved
from dailypapers.store.database import groups, insert_new
from dailypapers.store.schema import papers, picks, votes


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote as it is kept: the paper's internal id, what was said, and when."""

    paper_id: int
    vote: Vote
    at: dt.datetime


def cast(tx: sa.Connection, subscriber_id: int, paper_id: int, vote: Vote, *, now: dt.datetime) -> bool:
    """Store a vote; one against withdraws those for it, and the reverse. Return whether it is new."""
    against = [other.value for other in Vote if other.is_for != vote.is_for]
    tx.execute(sa.delete(votes).where(*_of(subscriber_id, paper_id), votes.c.vote.in_(against)))
    row = {"subscriber_id": subscriber_id, "paper_id": paper_id, "vote": vote.value, "voted_at": now}
    is_new = bool(insert_new(tx, votes, [row], votes.c.paper_id))
    if is_new and vote is Vote.SAVE:
        saved.begin(tx, subscriber_id, paper_id)
    return is_new


def withdraw(tx: sa.Connection, subscriber_id: int, paper_id: int, vote: Vote | None = None) -> bool:
    """Withdraw a vote, or all of them on this paper; return whether there was one."""
    named = [votes.c.vote == vote.value] if vote else []
    return tx.execute(sa.delete(votes).where(*_of(subscriber_id, paper_id), *named)).rowcount > 0


def _of(subscriber_id: int, paper_id: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return votes.c.subscriber_id == subscriber_id, votes.c.paper_id == paper_id


def of_paper(tx: sa.Connection, subscriber_id: int, paper_id: int) -> frozenset[Vote]:
    """Return a reader's votes on a paper."""
    rows = tx.execute(sa.select(votes.c.vote).where(*_of(subscriber_id, paper_id)))
    return frozenset(Vote(row.vote) for row in rows)


def of_subscriber(tx: sa.Connection, subscriber_id: int, vote: Vote | None = None) -> list[Cast]:
    """Return a reader's votes, or those of one kind, newest first."""
    named = [votes.c.vote == vote.value] if vote else []
    query = (
        sa.select(votes.c.paper_id, votes.c.vote, votes.c.voted_at)
        .where(votes.c.subscriber_id == subscriber_id, *named)
        .order_by(votes.c.voted_at.desc(), votes.c.paper_id.desc(), votes.c.vote)
    )
    return [Cast(row.paper_id, Vote(row.vote), row.voted_at) for row in tx.execute(query)]


def of_subscribers(tx: sa.Connection, ids: Sequence[int]) -> dict[int, Votes]:
    """Return each subscriber's votes; who has none is left out."""
    keys_by_vote: dict[int, dict[Vote, list[str]]] = {}
    for group in groups(ids):
        query = (
            sa.select(votes.c.subscriber_id, votes.c.vote, papers.c.key)
            .join(papers, papers.c.id == votes.c.paper_id)
            .where(votes.c.subscriber_id.in_(group))
            .order_by(votes.c.voted_at, votes.c.paper_id, votes.c.vote)
        )
        for row in tx.execute(query):
            keys_by_vote.setdefault(row.subscriber_id, {}).setdefault(Vote(row.vote), []).append(row.key)
    return {reader: _votes(cast) for reader, cast in keys_by_vote.items()}


def _votes(cast: dict[Vote, list[str]]) -> Votes:
    saved = cast.get(Vote.SAVE, [])
    liked = dict.fromkeys([*cast.get(Vote.LIKE, []), *saved])
    return Votes(tuple(liked), tuple(cast.get(Vote.DISLIKE, ())), tuple(saved))


def balance(tx: sa.Connection, paper_ids: Iterable[int]) -> dict[int, int]:
    """Return the readers for each paper minus those against it; papers without votes are left out."""
    balance_of: dict[int, int] = {}
    for group in groups(paper_ids):
        query = (
            sa.select(votes.c.paper_id, votes.c.vote, sa.func.count().label("readers"))
            .where(votes.c.paper_id.in_(group), votes.c.vote != Vote.SAVE.value)
            .group_by(votes.c.paper_id, votes.c.vote)
        )
        for row in tx.execute(query):
            balance_of[row.paper_id] = balance_of.get(row.paper_id, 0) + (
                row.readers if Vote(row.vote).is_for else -row.readers
            )
    return balance_of


def on_picks(tx: sa.Connection, *, since: dt.datetime, limit: int) -> list[tuple[float, bool, str]]:
    """Return the newest votes on papers picked for the voter: relevance, whether for it, and the variant's name.

    Where a pick has no relevance, its score stands for it. What was trending outside their topics tells nothing of what
    that is worth, and is left out.
    """
    query = (
        sa.select(sa.func.coalesce(picks.c.relevance, picks.c.score).label("relevance"), votes.c.vote, picks.c.variant)
        .join(picks, sa.and_(picks.c.subscriber_id == votes.c.subscriber_id, picks.c.paper_id == votes.c.paper_id))
        .where(votes.c.voted_at >= since, votes.c.vote != Vote.SAVE.value, picks.c.outside.is_not(sa.true()))
        .order_by(votes.c.voted_at.desc(), votes.c.subscriber_id, votes.c.paper_id)
        .limit(limit)
    )
    return [(row.relevance, Vote(row.vote).is_for, row.variant or "") for row in tx.execute(query)]
