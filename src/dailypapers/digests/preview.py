"""Preview: the digest somebody would get, without sending or keeping anything.

Of a subscriber with what has come in so far (`preview`), or of anybody who says what they want, from the papers of the
newest edition, which each process that shows pages keeps in memory (`Previews`).
"""

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from dailypapers.digests.candidates import Candidates, CandidateSet
from dailypapers.digests.choose import DigestOptions, ReaderContext, choose, contexts, why_skipped
from dailypapers.digests.contents import notes
from dailypapers.digests.layout import MailRenderer, RenderInput, digest_of, laid_out, message
from dailypapers.digests.window import Windows, filled, of_edition, of_next
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind
from dailypapers.domain.digest import Digest, Pick
from dailypapers.domain.edition import Edition
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.message import Message
from dailypapers.domain.subscriber import Amount, Subscriber
from dailypapers.errors import Busy
from dailypapers.library.gc_freeze import freeze
from dailypapers.library.learn import newest, would_learn
from dailypapers.store import editions, papers
from dailypapers.store import models as knowledge
from dailypapers.store.database import reading

log = structlog.get_logger()

#: Whether there is a newer edition is asked so often, when somebody asks at all.
LOOK_EVERY = dt.timedelta(seconds=30)
#: A thin edition is shown together with those before it, up to so many papers.
ENOUGH_PAPERS = 200
#: So many interests are remembered, and then forgotten all at once: they come from strangers, and each takes up to
#: 200 KB with the words it was taken to mean.
MOST_INTERESTS = 500
#: So many wait for their turn, and so long; whoever comes then is told to come again.
MOST_WAITING, PATIENCE = 16, 2.0
#: The newest edition, the one that was learned for, and when a source was last asked.
Seen = tuple[int, int, dt.datetime | None]
#: So many papers stand on the front page.
TRENDING = Amount(10)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The papers of the newest edition as previews need them. It never changes; a newer one takes its place."""

    edition: Edition
    after: int
    pool: CandidateSet
    by_key: Mapping[str, papers.Listed]
    seen: Seen
    #: What somebody gets who wants nothing in particular.
    trending: Digest


class Previews:
    """Digests for anybody who asks, from the stock of one process; any number of threads may ask.

    One preview is made at a time: each takes some hundredths of a second of one core, and more at once take longer.
    """

    def __init__(self, engine: sa.Engine, how: DigestOptions) -> None:
        """Nothing is loaded yet."""
        self._engine, self._how = engine, how
        self._stock: Snapshot | None = None
        self._looked: dt.datetime | None = None
        self._renewing, self._turn = threading.Lock(), threading.Lock()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        self._thread: threading.Thread | None = None

    def snapshot(self, *, now: dt.datetime) -> Snapshot | None:
        """What is in memory, `None` while it is being prepared.

        Where it is time to look for something newer, that is done beside; nobody waits for it.
        """
        if self._looked is None or now - self._looked >= LOOK_EVERY:
            self.begin(now=now)
        return self._stock

    def begin(self, *, now: dt.datetime) -> None:
        """Look for a newer edition in a thread of its own, unless one is looking already."""
        if self._renewing.acquire(blocking=False):
            self._looked = now
            self._thread = threading.Thread(target=self._beside, args=(now,), name="previews", daemon=True)
            self._thread.start()

    def load(self, *, now: dt.datetime) -> None:
        """Look for a newer edition and load it."""
        with self._renewing:
            self._looked = now
            self._renew(now)

    def close(self) -> None:
        """Wait for what is being loaded, and let go of the papers."""
        if self._thread:
            self._thread.join()
        self._stock = None

    def of(self, asking: ReaderContext, *, now: dt.datetime) -> tuple[Edition, Digest] | None:
        """The digest for these wishes and the edition it is from; `None` while the papers are being prepared.

        Raises `Busy` where too many ask at once.
        """
        snapshot = self.snapshot(now=now)
        if snapshot is None:
            return None
        with self.one_at_a_time():
            # Another edition may have come while we waited, but ours is as good.
            picked = _picked(self._engine, snapshot, asking, self._how, now)
            if len(snapshot.pool.matcher) > MOST_INTERESTS and snapshot is self._stock:
                self._stock = replace(snapshot, pool=snapshot.pool.emptied())
        return snapshot.edition, picked

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Wait for one's turn. Raises `Busy` where too many wait, or for too long."""
        if not self._waiting.acquire(blocking=False):
            raise Busy(_BUSY)
        try:
            if not self._turn.acquire(timeout=PATIENCE):
                raise Busy(_BUSY)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._waiting.release()

    def _beside(self, now: dt.datetime) -> None:
        """Look, and let whatever goes wrong be tried again at the next look: the old stock is still good."""
        try:
            self._renew(now)
        except Exception:
            log.exception("previews not renewed")
        finally:
            self._renewing.release()

    def _renew(self, now: dt.datetime) -> None:
        with reading(self._engine) as tx:
            edition = editions.newest(tx)
            seen = (edition.id if edition else 0, knowledge.newest_edition(tx), editions.last_fetch(tx))
        old = self._stock
        if edition is None or (old and old.seen == seen):
            return
        if old and old.seen[:2] == seen[:2]:
            self._stock = _counted_again(self._engine, old, seen, self._how, now)
            return
        self._stock = _load(self._engine, edition, seen, self._how, now)
        freeze(len(self._stock.by_key) + self._stock.pool.matcher.features.background.papers)
        log.info("previews ready", edition=edition.id, papers=self._stock.edition.papers)


_BUSY = "Many people are looking at their digests at this moment. Please try again in a few seconds."


def _load(
    engine: sa.Engine,
    edition: Edition,
    seen: Seen,
    how: DigestOptions,
    now: dt.datetime,
) -> Snapshot:
    with reading(engine) as tx:
        windows = of_edition(tx, edition, days=how.window_days)
        after = filled(editions.every(tx), days=how.window_days, papers=ENOUGH_PAPERS)
    pool = Candidates(engine, windows, newest(engine, encoder=how.encoder)).of(windows.since(after))
    shown = replace(edition, papers=len(pool.listed))
    by_key = {str(item.paper.id): item for item in pool.listed}
    bare = Snapshot(shown, after, pool, by_key, seen, Digest((), trending=True))
    for asking in _EXERCISE:
        # Much is made when it is first needed; nobody is to wait for it.
        _picked(engine, bare, asking, how, now)
    return replace(bare, trending=_picked(engine, bare, ReaderContext(TRENDING), how, now))


_EXERCISE = (
    ReaderContext(
        Amount(10, about=2),
        (Interest(InterestKind.TOPIC, "learning from data"), Interest(InterestKind.AUTHOR, "Ann Lee")),
    ),
    ReaderContext(TRENDING, (Interest(InterestKind.CATEGORY, "cs"), Interest(InterestKind.PHRASE, "we show"))),
)


def _counted_again(engine: sa.Engine, old: Snapshot, seen: Seen, how: DigestOptions, now: dt.datetime) -> Snapshot:
    """The same papers with the newest counts of what the world makes of them."""
    with reading(engine) as tx:
        listed = papers.in_editions(tx, after=old.after, upto=old.edition.id)
    by_key = {str(item.paper.id): item for item in listed}
    if by_key.keys() != old.by_key.keys():
        return replace(old, seen=seen)
    fresh = replace(old, pool=replace(old.pool, listed=listed), by_key=by_key, seen=seen)
    # A matcher of its own, since whoever asks at this moment is using the old one.
    aside = replace(fresh, pool=fresh.pool.emptied())
    return replace(fresh, trending=_picked(engine, aside, ReaderContext(TRENDING), how, now))


def _picked(
    engine: sa.Engine, snapshot: Snapshot, asking: ReaderContext, how: DigestOptions, now: dt.datetime
) -> Digest:
    picks = choose(engine, snapshot.pool, [asking], how, now=now)[0] if snapshot.pool.listed else ()
    return digest_of([(snapshot.by_key[pick.paper], pick.reason) for pick in picks], snapshot.edition)


def preview(
    engine: sa.Engine, renderer: MailRenderer, how: DigestOptions, reader: Subscriber, *, zone: str, now: dt.datetime
) -> Message | None:
    """The message this reader would get next, from the closed editions and what waits; `None` where there is none."""
    edition, listed, picks = next_picks(engine, how, reader, zone=zone, now=now)
    if not picks:
        return None
    with reading(engine) as tx:
        content = Content(reader.style, notes(tx, [reader.id])[reader.id])
    digest = laid_out(edition, picks, {item.paper_id: item for item in listed}, content)
    draft = Delivery(
        id=0,
        subscriber=reader.id,
        address=reader.address,
        kind=MailKind.DIGEST,
        state=DeliveryState.QUEUED,
        created_at=now,
        deadline=now,
        edition=0,
    )
    return message(renderer, RenderInput(draft, reader.bearer, edition, digest, reader.style))


def next_picks(
    engine: sa.Engine, how: DigestOptions, reader: Subscriber, *, zone: str, now: dt.datetime
) -> tuple[Edition, tuple[papers.Listed, ...], tuple[Pick, ...]]:
    """Return the edition of a reader's next digest, the papers of their window, and their picks, if it is worth a mail.

    Where no papers wait for the next edition, these are what compose would put.
    """
    edition, windows = _next_edition(engine, how, zone=zone, now=now)
    learned = newest(engine, encoder=how.encoder)
    if not windows.waiting:
        learned = would_learn(engine, edition.id, encoder=how.encoder, now=now)
    candidates = Candidates(engine, windows, learned).of(windows.of(reader))
    with reading(engine) as tx:
        asking = contexts(tx, candidates, [reader])
    picks = choose(engine, candidates, asking, how, now=now)[0]
    return edition, candidates.listed, () if why_skipped(reader.amount, candidates, picks) else picks


def _next_edition(engine: sa.Engine, how: DigestOptions, *, zone: str, now: dt.datetime) -> tuple[Edition, Windows]:
    """The edition a digest would be composed from: the newest closed one, or the next where papers wait for it."""
    today = now.astimezone(ZoneInfo(zone)).date()
    with reading(engine) as tx:
        closed, waiting = editions.newest(tx), papers.waiting(tx)
        if closed and not waiting:
            return closed, of_edition(tx, closed, days=how.window_days)
        edition = Edition(0, today, now, waiting, editions.statuses(tx, None))
        return edition, of_next(tx, today, days=how.window_days)
