"""Contents: what digests say besides their picks, settled while they are composed."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.digest import Pick
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Subscriber
from dailypapers.ranking.profile import profile
from dailypapers.store import papers, subscribers


def contents(
    tx: sa.Connection,
    readers: Sequence[Subscriber],
    stated: Sequence[tuple[Interest, ...]],
    chosen: Sequence[Sequence[Pick]],
    listed: Iterable[papers.Listed],
) -> list[Content]:
    """What the digest of each of these readers, who state these interests, says besides its picks; in their order."""
    said = _notes(tx, {reader.id: interests for reader, interests in zip(readers, stated, strict=True)})
    about = {str(item.paper.id): AboutPaper(item.sources, item.signals) for item in listed}
    return [
        Content(reader.style, said[reader.id], {pick.paper: about[pick.paper] for pick in picks})
        for reader, picks in zip(readers, chosen, strict=True)
    ]


def notes(tx: sa.Connection, readers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What of each reader's wishes cannot be used, in words for them."""
    return _notes(tx, subscribers.interests_of(tx, sorted(set(readers))))


def _notes(tx: sa.Connection, stated: Mapping[int, tuple[Interest, ...]]) -> dict[int, tuple[str, ...]]:
    named = {i.text for interests in stated.values() for i in interests if i.kind is InterestKind.PAPER}
    examples = papers.by_key(tx, named)
    return {reader: profile(interests, examples=examples).warnings for reader, interests in stated.items()}


def contents_of_today(tx: sa.Connection, readers: Sequence[int]) -> Mapping[int, Content]:
    """What digests of these readers would say now: for those whose version did not keep it."""
    said = notes(tx, readers)
    return {key: Content(reader.style, said[key]) for key, reader in subscribers.by_id(tx, readers).items()}
