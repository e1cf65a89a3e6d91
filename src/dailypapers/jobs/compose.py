"""Compose: put one digest per due reader into the outbox.

Readers are ranked in batches against all papers of their window, outside of any transaction that writes; what is put
is the picks, not the bytes. Running it again, or twice at a time, composes nothing twice: the outbox says so.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick
from dailypapers.domain.edition import Edition
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Subscriber
from dailypapers.ranking.ranker import Reader, rank
from dailypapers.store import editions, outbox, papers, subscribers
from dailypapers.store.database import reading, writing

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
    with reading(engine) as tx:
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


class _Windows:
    """The papers of each window that readers of this run need, loaded once."""

    def __init__(self, engine: sa.Engine, edition: Edition, how: Composing) -> None:
        self.engine, self.edition, self.how = engine, edition, how
        self._loaded: dict[int, tuple[papers.Listed, ...]] = {}
        with reading(engine) as tx:
            self._earliest = editions.newest_before(tx, edition.day, days=how.window_days)

    def start(self, reader: Subscriber) -> int:
        """The edition after which this reader's window begins."""
        return max(reader.accepted_edition or 0, self._earliest)

    def papers(self, start: int) -> tuple[papers.Listed, ...]:
        if start not in self._loaded:
            with reading(self.engine) as tx:
                self._loaded[start] = papers.in_editions(tx, after=start, upto=self.edition.id)
        return self._loaded[start]


def _compose_batch(
    engine: sa.Engine, windows: _Windows, batch: Sequence[Subscriber], *, now: dt.datetime
) -> Composed:
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
    listed = windows.papers(start)
    chosen = choose(engine, listed, readers, threshold=windows.how.threshold, now=now)
    return [
        outbox.NewDelivery(
            subscriber=reader.id,
            address=reader.address,
            kind=MailKind.DIGEST,
            edition=windows.edition.id,
            deadline=now + windows.how.deadline,
            picks=picks,
            skipped="" if picks else (NOTHING_RELEVANT if listed else NOTHING_NEW),
        )
        for reader, picks in zip(readers, chosen, strict=True)
    ]


def choose(
    engine: sa.Engine,
    listed: Sequence[papers.Listed],
    readers: Sequence[Subscriber],
    *,
    threshold: float,
    now: dt.datetime,
) -> list[tuple[Pick, ...]]:
    """Rank papers for each reader, leaving out what they already have; in the readers' order."""
    if not listed:
        return [()] * len(readers)
    keys = [str(item.paper.id) for item in listed]
    ids = [reader.id for reader in readers]
    with reading(engine) as tx:
        stated = subscribers.interests_of(tx, ids)
        already = outbox.already_sent(tx, ids, keys)
        examples = papers.by_key(tx, _example_papers(stated))
    asking = [
        Reader(
            interests=stated[reader.id],
            already=already.get(reader.id, frozenset()),
            limit=reader.max_papers,
            threshold=threshold,
            examples=examples,
        )
        for reader in readers
    ]
    counted = {key: item.signals for key, item in zip(keys, listed, strict=True)}
    return rank([item.paper for item in listed], asking, signals=counted, now=now)


def _example_papers(stated: Mapping[int, tuple[Interest, ...]]) -> set[str]:
    return {i.text for interests in stated.values() for i in interests if i.kind is InterestKind.PAPER}
