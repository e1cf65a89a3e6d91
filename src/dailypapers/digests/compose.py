"""Compose: put one digest per due reader into the outbox.

    claim a batch of readers (tx) | rank the papers of their windows | put their picks (tx)

What is put is the picks, not the bytes. Several composers share the readers by claims that run out, so that a batch
whose composer died is composed by another; and no run composes anything twice, for the outbox says so.
"""

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import sqlalchemy as sa
import structlog

from dailypapers.digests.candidates import CandidateCache, Candidates
from dailypapers.digests.choose import DigestOptions, why_skipped
from dailypapers.digests.claims import CLAIM, claimed
from dailypapers.digests.contents import contents
from dailypapers.digests.forwarded import choose_for
from dailypapers.digests.saved_news import mark_told, saved_news
from dailypapers.digests.window import Window
from dailypapers.domain.channel import ChannelKind
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import channels, editions, models, outbox, subscribers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: How many readers are claimed, ranked and put at a time; and the first ones, so that their mails leave meanwhile.
BATCH, FIRST_BATCH = 1000, 250
#: So many readers nobody has claimed are worth another composer, who must read first what papers are ranked by.
WORTH_JOINING = 2 * BATCH


@dataclass(frozen=True, slots=True)
class Composed:
    """What a run put into the outbox."""

    digests: int = 0
    skipped: int = 0
    #: How many readers are due still: others compose for them at this moment, or died or were stopped while they did.
    claimed_by_others: int = 0


def compose(
    engine: sa.Engine,
    options: DigestOptions,
    *,
    now: dt.datetime,
    clock: Clock | None = None,
    cache: CandidateCache | None = None,
    batch: int = BATCH,
    stop: threading.Event | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Composed:
    """Compose the digests of everybody who is due at `now`; `on_progress` hears how many readers each batch held.

    Several composers on one database share the work: each claims a few readers, then more, at most `batch` at a time,
    until `CLAIM` after what `clock` says by then (`now`, where there is none). Asked to stop, it ends after the batch
    at hand. A `cache` keeps the papers for whoever composes next.
    """
    clock = clock or (lambda: now)
    with writing(engine) as tx:
        outbox.expire(tx, now=now)
        subscribers.wake(tx, now=now)
        edition = editions.newest(tx)
    if edition is None:
        return Composed()
    with reading(engine) as tx:
        is_learned = models.newest_edition(tx) == edition.id
        if is_learned and not subscribers.count_due(tx, edition.id, now=now):
            return Composed()
    candidates = (cache or options.cache(engine)).of(edition, now=now)
    run = _Run(engine, edition, options, candidates, now, clock)
    total, stop, size = Composed(), stop or threading.Event(), min(FIRST_BATCH, batch)
    while not stop.is_set() and (readers := run.claim(size)):
        done = run.compose(readers)
        total = Composed(total.digests + done.digests, total.skipped + done.skipped)
        size = min(2 * size, batch)
        on_progress(len(readers))
    return replace(total, claimed_by_others=run.finish(total))


def count_due(engine: sa.Engine, edition: Edition, *, now: dt.datetime) -> int:
    """Return for how many readers an edition is still to be composed."""
    with reading(engine) as tx:
        return subscribers.count_due(tx, edition.id, now=now)


def needs_help(engine: sa.Engine, *, now: dt.datetime) -> bool:
    """Return whether many readers wait whom no composer has claimed, and what ranks their papers has been learned."""
    with reading(engine) as tx:
        edition = editions.newest(tx)
        if edition is None or models.newest_edition(tx) != edition.id:
            return False
        return subscribers.has_due(tx, edition.id, now=now, at=now, at_least=WORTH_JOINING)


@dataclass(frozen=True, slots=True)
class _Run:
    """One composer's run: claim readers (tx), rank their papers (no tx that writes), put their digests (tx)."""

    engine: sa.Engine
    edition: Edition
    options: DigestOptions
    candidates: Candidates
    now: dt.datetime
    clock: Clock

    def claim(self, limit: int) -> list[Subscriber]:
        """Claim the next readers who are due and whom nobody else is composing for."""
        at = self.clock()
        with writing(self.engine) as tx:
            return subscribers.claim_due(tx, self.edition.id, now=self.now, at=at, until=at + CLAIM, limit=limit)

    def compose(self, readers: Sequence[Subscriber]) -> Composed:
        """Compose for claimed readers. Whatever goes wrong, they are free for others again."""
        ids = [reader.id for reader in readers]
        try:
            with claimed(self.engine, ids, clock=self.clock):
                with reading(self.engine) as tx:
                    switched_off = channels.untold(tx, ids)
                new = self._rank(readers, switched_off)
        except BaseException:
            with writing(self.engine) as tx:
                subscribers.release_claims(tx, ids)
            raise
        with writing(self.engine) as tx:
            put = outbox.put(tx, new, now=self.now)
            mark_told(tx, new)
            channels.queue_digests(tx, self.edition.id, ids, now=self.now)
            told_readers = [each.subscriber for each in new if each.subscriber in switched_off and not each.skipped]
            channels.tell(tx, told_readers, now=self.now)
            editions.count_due(tx, self.edition.id, put)
            subscribers.schedule_after_composing(
                tx, {reader.id: reader.rhythm.next_after(self.now) for reader in readers}
            )
        skipped = sum(1 for delivery in new if delivery.skipped)
        return Composed(len(new) - skipped, skipped)

    def finish(self, total: Composed) -> int:
        """Log the run; returns how many readers others are still composing for."""
        with reading(self.engine) as tx:
            claimed_by_others = subscribers.count_due(tx, self.edition.id, now=self.now)
        if total.digests or total.skipped or claimed_by_others:
            counts = {"digests": total.digests, "skipped": total.skipped}
            log.info("composed", edition=self.edition.id, **counts, claimed_by_others=claimed_by_others)
        return claimed_by_others

    def _rank(self, readers: Sequence[Subscriber], switched_off: Mapping[int, ChannelKind]) -> list[outbox.NewDelivery]:
        by_window = self.candidates.windows.shared(readers)
        return [
            delivery
            for window in sorted(by_window, key=attrgetter("after"))
            for delivery in self._deliveries(window, by_window[window], switched_off)
        ]

    def _deliveries(
        self, window: Window, readers: Sequence[Subscriber], switched_off: Mapping[int, ChannelKind]
    ) -> list[outbox.NewDelivery]:
        candidates = self.candidates.of(window)
        considered = len(candidates.listed) if len(window.editions(self.edition.id)) > 1 else 0
        chosen = choose_for(self.engine, candidates, readers, self.options, now=self.now)
        with reading(self.engine) as tx:
            content_of_each = contents(
                tx,
                readers,
                [each.interests for each in chosen.contexts],
                chosen.choices,
                (*candidates.listed, *chosen.forwarded.listed),
                considered=considered,
                summaries=self.options.summaries,
                saved=saved_news(tx, [reader.id for reader in readers]),
                switched_off=switched_off,
            )
        skipped = [
            why_skipped(reader.amount, candidates, one.picks)
            for reader, one in zip(readers, chosen.choices, strict=True)
        ]
        return [
            outbox.NewDelivery(
                subscriber=reader.id,
                address=reader.address,
                kind=MailKind.DIGEST,
                edition=self.edition.id,
                deadline=self.now + self.options.deadline,
                picks=() if why else choice.picks,
                skipped=why,
                content=content,
            )
            for reader, choice, content, why in zip(readers, chosen.choices, content_of_each, skipped, strict=True)
        ]
