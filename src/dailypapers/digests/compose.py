"""Compose: put one digest per due reader into the outbox.

Readers are ranked in batches against all papers of their window, outside of any transaction that writes; what is put
is the picks, not the bytes. Running it again, or twice at a time, composes nothing twice: the outbox says so.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers.digests.choose import CandidateSet, DigestOptions, choose, picked_for
from dailypapers.digests.contents import contents
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick
from dailypapers.domain.edition import Edition
from dailypapers.domain.subscriber import Subscriber
from dailypapers.library.learn import Learned, features, learn
from dailypapers.ranking.features import Features
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Recent
from dailypapers.store import editions, outbox, papers, subscribers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

NOTHING_NEW = "no new papers"
NOTHING_RELEVANT = "no paper is relevant enough"
TOO_FEW = "fewer papers than the reader wants a mail for"
#: So many editions tell how much a reader who wants "about N a day" gets.
RECENT = 10


@dataclass(frozen=True, slots=True)
class Composed:
    """What a run put into the outbox."""

    digests: int = 0
    skipped: int = 0


def compose(
    engine: sa.Engine,
    how: DigestOptions,
    *,
    now: dt.datetime,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Composed:
    """Compose the digests of everybody who is due; `on_progress` hears how many readers each batch held."""
    with writing(engine) as tx:
        outbox.expire(tx, now=now)
        subscribers.wake(tx, now=now)
        edition = editions.newest(tx)
    if edition is None:
        return Composed()
    windows = _Windows(engine, edition, how, now)
    total = Composed()
    while batch := _due(engine, edition, now):
        done = _compose_batch(engine, windows, batch, now=now)
        total = Composed(total.digests + done.digests, total.skipped + done.skipped)
        on_progress(len(batch))
    if total.digests or total.skipped:
        log.info("composed", edition=edition.id, digests=total.digests, skipped=total.skipped)
    return total


def _due(engine: sa.Engine, edition: Edition, now: dt.datetime) -> list[Subscriber]:
    with reading(engine) as tx:
        return subscribers.due(tx, edition.id, now=now)


class _Windows:
    """The papers of each window that readers of this run need, loaded once."""

    def __init__(self, engine: sa.Engine, edition: Edition, how: DigestOptions, now: dt.datetime) -> None:
        self.engine, self.edition, self.how = engine, edition, how
        self.learned = learn(engine, edition.id, encoder=how.encoder, now=now)
        self._pools: dict[int, CandidateSet] = {}
        self._recent: list[Recent | None] = []
        with reading(engine) as tx:
            self._earliest = editions.newest_before(tx, edition.day, days=how.window_days)

    def start(self, reader: Subscriber) -> int:
        """The edition after which this reader's window begins."""
        return max(reader.accepted_edition or 0, self._earliest)

    def pool(self, start: int) -> CandidateSet:
        """The papers after an edition, up to the newest."""
        if start not in self._pools:
            listed, made = _listed(self.engine, start, self.edition.id, self.learned)
            self._pools[start] = CandidateSet(listed, Matcher(made, self.learned.encoder), self.learned, self.recent)
        return self._pools[start]

    def recent(self) -> Recent | None:
        """The papers of the editions before this one."""
        if not self._recent:
            upto = self.edition.id - 1
            listed, made = _listed(self.engine, max(upto - RECENT, 0), upto, self.learned)
            with reading(self.engine) as tx:
                known = editions.by_id(tx, range(upto - RECENT + 1, upto + 1)).values()
            days = sum(1 for edition in known if edition.papers)
            self._recent.append(Recent(Matcher(made, self.learned.encoder), days) if listed else None)
        return self._recent[0]


def _listed(engine: sa.Engine, after: int, upto: int, learned: Learned) -> tuple[tuple[papers.Listed, ...], Features]:
    with reading(engine) as tx:
        listed = papers.in_editions(tx, after=after, upto=upto)
    return listed, features(engine, listed, range(after + 1, upto + 1), learned)


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
    chosen = choose(engine, pool, readers, windows.how, now=now)
    with reading(engine) as tx:
        said = contents(tx, readers, chosen, pool.listed)
    return [
        outbox.NewDelivery(
            subscriber=reader.id,
            address=reader.address,
            kind=MailKind.DIGEST,
            edition=windows.edition.id,
            deadline=now + windows.how.deadline,
            picks=picks if len(picked_for(picks)) >= reader.amount.least else (),
            skipped=_why_not(reader, pool, picks),
            content=content,
        )
        for reader, picks, content in zip(readers, chosen, said, strict=True)
    ]


def _why_not(reader: Subscriber, pool: CandidateSet, picks: Sequence[Pick]) -> str:
    picked = picked_for(picks)
    if len(picked) >= reader.amount.least:
        return ""
    if picked:
        return TOO_FEW
    return NOTHING_RELEVANT if pool.listed else NOTHING_NEW
