"""Compose: put one digest per due reader into the outbox.

Readers are ranked in batches against all papers of their window, outside of any transaction that writes; what is put
is the picks, not the bytes. Running it again, or twice at a time, composes nothing twice: the outbox says so.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
import structlog

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick
from dailypapers.domain.edition import Edition
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Subscriber
from dailypapers.ranking.features import Features, build
from dailypapers.ranking.ranker import Known, Reader, rank
from dailypapers.store import editions, outbox, papers, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.picks import already_sent

log = structlog.get_logger()

NOTHING_NEW = "no new papers"
NOTHING_RELEVANT = "no paper scored above the threshold"


@dataclass(frozen=True, slots=True)
class Composing:
    """What composing is told by the settings."""

    threshold: float
    window_days: int
    deadline: dt.timedelta


@dataclass(frozen=True, slots=True)
class Composed:
    """What a run put into the outbox."""

    digests: int = 0
    skipped: int = 0


def compose(
    engine: sa.Engine,
    how: Composing,
    *,
    now: dt.datetime,
    told: Callable[[int], None] = lambda _: None,
) -> Composed:
    """Compose the digests of everybody who is due; `told` hears how many readers each batch held."""
    with writing(engine) as tx:
        outbox.expire(tx, now=now)
        edition = editions.newest(tx)
    if edition is None:
        return Composed()
    windows = _Windows(engine, edition, how)
    total = Composed()
    while batch := _due(engine, edition, now):
        done = _compose_batch(engine, windows, batch, now=now)
        total = Composed(total.digests + done.digests, total.skipped + done.skipped)
        told(len(batch))
    if total.digests or total.skipped:
        log.info("composed", edition=edition.id, digests=total.digests, skipped=total.skipped)
    return total


def _due(engine: sa.Engine, edition: Edition, now: dt.datetime) -> list[Subscriber]:
    with reading(engine) as tx:
        return subscribers.due(tx, edition.id, now=now)


@dataclass(frozen=True, slots=True)
class Pool:
    """Papers to choose from, with their features, which are computed once for all readers."""

    listed: tuple[papers.Listed, ...]
    features: Features

    @classmethod
    def of(cls, listed: tuple[papers.Listed, ...]) -> Self:
        """Compute the features of papers."""
        return cls(listed, build([item.paper for item in listed]))


class _Windows:
    """The papers of each window that readers of this run need, loaded once."""

    def __init__(self, engine: sa.Engine, edition: Edition, how: Composing) -> None:
        self.engine, self.edition, self.how = engine, edition, how
        self._pools: dict[int, Pool] = {}
        with reading(engine) as tx:
            self._earliest = editions.newest_before(tx, edition.day, days=how.window_days)

    def start(self, reader: Subscriber) -> int:
        """The edition after which this reader's window begins."""
        return max(reader.accepted_edition or 0, self._earliest)

    def pool(self, start: int) -> Pool:
        """The papers after an edition, up to the newest."""
        if start not in self._pools:
            with reading(self.engine) as tx:
                listed = papers.in_editions(tx, after=start, upto=self.edition.id)
            self._pools[start] = Pool.of(listed)
        return self._pools[start]


def _compose_batch(engine: sa.Engine, windows: _Windows, batch: Sequence[Subscriber], *, now: dt.datetime) -> Composed:
    by_window: dict[int, list[Subscriber]] = defaultdict(list)
    for reader in batch:
        by_window[windows.start(reader)].append(reader)
    new = [
        delivery
        for start, readers in sorted(by_window.items())
        for delivery in _deliveries(engine, windows, start, readers, now)
    ]
    with writing(engine) as tx:
        put = outbox.put(tx, new, now=now)
        editions.count_due(tx, windows.edition.id, put)
        subscribers.schedule_next(tx, {reader.id: reader.rhythm.next_after(now) for reader in batch})
    skipped = sum(1 for delivery in new if delivery.skipped)
    return Composed(len(new) - skipped, skipped)


def _deliveries(
    engine: sa.Engine, windows: _Windows, start: int, readers: Sequence[Subscriber], now: dt.datetime
) -> list[outbox.NewDelivery]:
    pool = windows.pool(start)
    chosen = choose(engine, pool, readers, threshold=windows.how.threshold, now=now)
    return [
        outbox.NewDelivery(
            subscriber=reader.id,
            address=reader.address,
            kind=MailKind.DIGEST,
            edition=windows.edition.id,
            deadline=now + windows.how.deadline,
            picks=picks,
            skipped="" if picks else (NOTHING_RELEVANT if pool.listed else NOTHING_NEW),
        )
        for reader, picks in zip(readers, chosen, strict=True)
    ]


def choose(
    engine: sa.Engine,
    pool: Pool,
    readers: Sequence[Subscriber],
    *,
    threshold: float,
    now: dt.datetime,
) -> list[tuple[Pick, ...]]:
    """Rank papers for each reader, leaving out what they already have; in the readers' order."""
    if not pool.listed:
        return [()] * len(readers)
    keys = [str(item.paper.id) for item in pool.listed]
    ids = [reader.id for reader in readers]
    with reading(engine) as tx:
        stated = subscribers.interests_of(tx, ids)
        already = already_sent(tx, ids, keys)
        examples = papers.by_key(tx, _example_papers(stated))
    asking = [
        Reader(
            interests=stated[reader.id],
            already=already.get(reader.id, frozenset()),
            limit=reader.max_papers,
            threshold=threshold,
        )
        for reader in readers
    ]
    counted = {key: item.signals for key, item in zip(keys, pool.listed, strict=True)}
    return rank(pool.features, asking, Known(counted, examples), now=now)


def _example_papers(stated: Mapping[int, tuple[Interest, ...]]) -> set[str]:
    return {i.text for interests in stated.values() for i in interests if i.kind is InterestKind.PAPER}
