"""Notes: what readers are told of interests that can do nothing, or little."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.ranking.profile import warnings
from dailypapers.store import papers, subscribers


def notes_of(tx: sa.Connection, interests_by_reader: Mapping[int, tuple[Interest, ...]]) -> dict[int, tuple[str, ...]]:
    """Return which of each reader's interests cannot be used, in sentences for them."""
    named = {i.text for interests in interests_by_reader.values() for i in interests if i.kind is InterestKind.PAPER}
    examples = papers.by_key(tx, named)
    return {reader: warnings(interests, examples=examples) for reader, interests in interests_by_reader.items()}


def contents_of_today(tx: sa.Connection, readers: Sequence[int]) -> Mapping[int, Content]:
    """Return what digests of these readers would say now: for those composed by a version that did not store it."""
    notes_by_reader = notes_of(tx, subscribers.interests_of(tx, sorted(set(readers))))
    return {key: Content(reader.style, notes_by_reader[key]) for key, reader in subscribers.by_id(tx, readers).items()}
