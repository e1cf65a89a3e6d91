"""Preview: the digest somebody would get; nothing is sent or stored.

For a subscriber with what has come in so far (`preview`), or for anybody who says what they want, from the papers of
the newest edition, which each process that serves pages keeps in memory (`Previews`).
"""

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog

from dailypapers.digests.candidates import Candidates, CandidateSet
from dailypapers.digests.choose import Choice, DigestOptions, ReaderContext, choose, load_contexts, why_skipped
from dailypapers.digests.contents import contents
from dailypapers.digests.forwarded import add_forwarded, load_forwarded, without_twins
from dailypapers.digests.layout import MailRenderer, message
from dailypapers.digests.render_input import RenderInput, digest_of, entry_of, laid_out, quiet_entries
from dailypapers.digests.window import Windows, filled, of_edition, of_next
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind
from dailypapers.domain.digest import Digest, Entry, Hint, Pick, QuietEntry
from dailypapers.domain.edition import Edition
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.message import Message
from dailypapers.domain.subscriber import Amount, Subscriber
from dailypapers.errors import Busy
from dailypapers.library.gc_freeze import freeze
from dailypapers.library.learn import newest, would_learn
from dailypapers.ranking.hints import hints
from dailypapers.ranking.profile import is_foreign, several
from dailypapers.store import editions, papers
from dailypapers.store import models as knowledge
from dailypapers.store.database import reading

log = structlog.get_logger()

#: How often a newer edition is looked for, while previews are asked for.
LOOK_EVERY = dt.timedelta(seconds=30)
#: An edition with fewer papers is shown together with those before it, until there are this many.
ENOUGH_PAPERS = 200
#: Maximum interests remembered, before all are forgotten at once: they come from strangers, and each takes up to 200 KB
#: with its feedback documents.
MOST_INTERESTS = 500
#: Maximum requests that wait for their turn, and for how many seconds; any other is answered 503.
MOST_WAITING, MAX_WAIT_SECONDS = 16, 2.0
#: The newest edition, the one that was learned for, and when a source was last asked.
Seen = tuple[int, int, dt.datetime | None]
#: How many papers the front page shows.
TRENDING = Amount(10)
#: How many papers of the days before are shown for topics that match nothing today, and from how many days.
EARLIER, EARLIER_DAYS = Amount(5), 7


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The papers of the newest edition as previews need them. It never changes; a newer one takes its place."""

    edition: Edition
    after: int
    candidates: CandidateSet
    by_key: Mapping[str, papers.Listed]
    seen: Seen
    #: What somebody gets who wants nothing in particular.
    trending: Digest
    #: The papers of the days before, by which a topic is judged that matches nothing today.
    earlier: tuple[papers.Listed, ...] = ()


class Previews:
    """Digests for anybody who asks, from the snapshot of one process; any number of threads may ask.

    One preview is made at a time: each takes some hundredths of a second of one core, and more at once take longer.
    """

    def __init__(self, engine: sa.Engine, options: DigestOptions) -> None:
        """Load nothing yet."""
        self._engine, self._options = engine, options
        self._snapshot: Snapshot | None = None
        self._looked_at: dt.datetime | None = None
        self._renewing, self._turn = threading.Lock(), threading.Lock()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        self._thread: threading.Thread | None = None

    def snapshot(self, *, now: dt.datetime) -> Snapshot | None:
        """Return what is in memory, `None` while it is being prepared.

        Where it is time to look for something newer, that is done beside; nobody waits for it.
        """
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY:
            self.begin(now=now)
        return self._snapshot

    def begin(self, *, now: dt.datetime) -> None:
        """Look for a newer edition in a thread of its own, unless one is looking already."""
        if self._renewing.acquire(blocking=False):
            self._looked_at = now
            self._thread = threading.Thread(target=self._renew_in_thread, args=(now,), name="previews", daemon=True)
            self._thread.start()

    def load(self, *, now: dt.datetime) -> None:
        """Look for a newer edition and load it."""
        with self._renewing:
            self._looked_at = now
            self._renew(now)

    def close(self) -> None:
        """Wait for what is being loaded, and let go of the papers."""
        if self._thread:
            self._thread.join()
        self._snapshot = None

    def of(
        self, context: ReaderContext, *, reader: Subscriber | None = None, now: dt.datetime
    ) -> tuple[Edition, Digest] | None:
        """Return a reader's digest and the edition it is from; `None` while the papers are being prepared.

        What waits of that which a `reader` has forwarded is in it. Raises `Busy` where too many ask at once.
        """
        snapshot = self.snapshot(now=now)
        if snapshot is None:
            return None
        with self.one_at_a_time():
            # Another edition may have come while we waited, but ours is as good.
            picked = _picked(self._engine, snapshot, context, self._options, now=now, reader=reader)
            if len(snapshot.candidates.matcher) > MOST_INTERESTS and snapshot is self._snapshot:
                self._snapshot = replace(snapshot, candidates=snapshot.candidates.emptied())
        return snapshot.edition, picked

    def earlier(self, topics: Sequence[str], *, now: dt.datetime) -> tuple[Entry, ...]:
        """Return what these topics matched in the week before the newest edition, most relevant first.

        Raises `Busy` where too many ask at once.
        """
        snapshot = self.snapshot(now=now)
        candidates = _earlier(snapshot) if snapshot and topics else None
        if snapshot is None or candidates is None:
            return ()
        with self.one_at_a_time():
            return _picked_earlier(self._engine, snapshot, candidates, topics, self._options, now=now)

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Wait for one's turn. Raises `Busy` where too many wait, or for too long."""
        if not self._waiting.acquire(blocking=False):
            raise Busy(_BUSY)
        try:
            if not self._turn.acquire(timeout=MAX_WAIT_SECONDS):
                raise Busy(_BUSY)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._waiting.release()

    def _renew_in_thread(self, now: dt.datetime) -> None:
        """Look once, and leave what fails to the next look: the old snapshot is still good."""
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
        old = self._snapshot
        if edition is None or (old and old.seen == seen):
            return
        if old and old.seen[:2] == seen[:2]:
            self._snapshot = _counted_again(self._engine, old, seen, self._options, now)
            return
        self._snapshot = _load(self._engine, edition, seen, self._options, now)
        freeze(len(self._snapshot.by_key) + self._snapshot.candidates.matcher.features.background.papers)
        log.info("previews ready", edition=edition.id, papers=self._snapshot.edition.papers)


_BUSY = "Many people are looking at their digests at this moment. Please try again in a few seconds."


def _load(
    engine: sa.Engine,
    edition: Edition,
    seen: Seen,
    options: DigestOptions,
    now: dt.datetime,
) -> Snapshot:
    with reading(engine) as tx:
        windows = of_edition(tx, edition, days=options.window_days)
        after = filled(editions.every(tx), days=options.window_days, papers=ENOUGH_PAPERS)
        week = editions.newest_before(tx, edition.day, days=EARLIER_DAYS + 1)
        earlier = papers.in_editions(tx, after=week, upto=windows.recent.upto)
    candidates = Candidates(engine, windows, newest(engine, encoder=options.encoder)).of(windows.since(after))
    preview_edition = replace(edition, papers=len(candidates.listed))
    by_key = {str(item.paper.id): item for item in candidates.listed}
    untouched = Snapshot(preview_edition, after, candidates, by_key, seen, Digest((), trending=True), earlier)
    for context in _EXERCISE:
        # Much is made when it is first needed; nobody is to wait for it.
        _picked(engine, untouched, context, options, now=now)
    return replace(untouched, trending=_picked(engine, untouched, ReaderContext(TRENDING), options, now=now))


_EXERCISE = (
    ReaderContext(
        Amount(10, about=2),
        (Interest(InterestKind.TOPIC, "learning from data"), Interest(InterestKind.AUTHOR, "Ann Lee")),
    ),
    ReaderContext(TRENDING, (Interest(InterestKind.CATEGORY, "cs"), Interest(InterestKind.PHRASE, "we show"))),
)


def _counted_again(engine: sa.Engine, old: Snapshot, seen: Seen, options: DigestOptions, now: dt.datetime) -> Snapshot:
    """Return the same papers with the newest counts of what the world makes of them."""
    with reading(engine) as tx:
        listed = papers.in_editions(tx, after=old.after, upto=old.edition.id)
    by_key = {str(item.paper.id): item for item in listed}
    if by_key.keys() != old.by_key.keys():
        return replace(old, seen=seen)
    fresh = replace(old, candidates=replace(old.candidates, listed=listed), by_key=by_key, seen=seen)
    # A matcher of its own, since whoever asks at this moment is using the old one.
    aside = replace(fresh, candidates=fresh.candidates.emptied())
    return replace(fresh, trending=_picked(engine, aside, ReaderContext(TRENDING), options, now=now))


def _picked(
    engine: sa.Engine,
    snapshot: Snapshot,
    context: ReaderContext,
    options: DigestOptions,
    *,
    now: dt.datetime,
    reader: Subscriber | None = None,
) -> Digest:
    choice, forwarded = _chosen(engine, snapshot.candidates, context, reader, options, now=now)
    by_key = {**snapshot.by_key, **{str(item.paper.id): item for item in forwarded}} if forwarded else snapshot.by_key
    return replace(
        digest_of(_entries(engine, by_key, choice), snapshot.edition),
        quiet=_quiet(choice, snapshot.candidates),
        hints=hints(snapshot.candidates.matcher.features, _topics(context)),
        instead=choice.instead,
    )


def _chosen(
    engine: sa.Engine,
    candidates: CandidateSet,
    context: ReaderContext,
    reader: Subscriber | None,
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> tuple[Choice, tuple[papers.Listed, ...]]:
    """Return what compose would choose, and the papers that the reader has forwarded and not got yet."""
    if reader is None:
        return choose(engine, candidates, [context], options, now=now)[0], ()
    with reading(engine) as tx:
        forwarded = load_forwarded(tx, [reader], since=now - dt.timedelta(days=options.window_days))
    contexts = without_twins([context], forwarded)
    chosen = choose(engine, candidates, contexts, options, now=now)
    (choice,) = add_forwarded(engine, candidates, contexts, chosen, forwarded=forwarded, options=options, now=now)
    return choice, forwarded.listed


def _entries(engine: sa.Engine, by_key: Mapping[str, papers.Listed], choice: Choice) -> list[Entry]:
    """Return what was chosen, with what sources show of it."""
    with reading(engine) as tx:
        listed = papers.presented(tx, [by_key[pick.paper] for pick in choice.picks])
    return [entry_of(item, pick.reason) for item, pick in zip(listed, choice.picks, strict=True)]


def _earlier(snapshot: Snapshot) -> CandidateSet | None:
    """Return the papers of the days before as candidates, `None` where there are none; they are in memory anyway."""
    recent = snapshot.candidates.recent()
    if recent is None or not snapshot.earlier:
        return None
    return CandidateSet(snapshot.earlier, recent.matcher, snapshot.candidates.learned, lambda: None)


def _picked_earlier(
    engine: sa.Engine,
    snapshot: Snapshot,
    candidates: CandidateSet,
    topics: Sequence[str],
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> tuple[Entry, ...]:
    by_key = {key: item for item in snapshot.earlier if (key := str(item.paper.id)) not in snapshot.by_key}
    # What is known of the days before reaches back further than a week.
    older = frozenset(candidates.matcher.features.ids).difference(item.paper_id for item in by_key.values())
    interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
    (choice,) = choose(engine, candidates, [ReaderContext(EARLIER, interests, already=older)], options, now=now)
    return tuple(_entries(engine, by_key, choice))


def _topics(context: ReaderContext) -> list[str]:
    """Return the topics that papers could be about."""
    topics = (i for i in several(context.interests) if i.kind is InterestKind.TOPIC and i.stance is Stance.WANT)
    return [topic.text for topic in topics if not is_foreign(topic)]


def _quiet(choice: Choice, candidates: CandidateSet) -> tuple[QuietEntry, ...]:
    nearest = {quiet.nearest_id for quiet in choice.quiet}
    return quiet_entries(choice.quiet, {i.paper_id: i for i in candidates.listed if i.paper_id in nearest})


@dataclass(frozen=True, slots=True)
class NextDigest:
    """What compose would choose for a subscriber, and the edition it is from."""

    edition: Edition
    candidates: CandidateSet
    context: ReaderContext
    choice: Choice
    #: Why there would be no mail; empty where there would be one.
    skipped: str = ""
    #: Papers that the reader has forwarded and not got yet.
    forwarded: tuple[papers.Listed, ...] = ()

    @property
    def listed(self) -> tuple[papers.Listed, ...]:
        """The papers it is picked from."""
        return (*self.candidates.listed, *self.forwarded)

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks of a digest that is worth a mail; none of another."""
        return () if self.skipped else self.choice.picks

    @property
    def quiet(self) -> tuple[QuietEntry, ...]:
        """The reader's topics on which nothing came."""
        return _quiet(self.choice, self.candidates)

    @property
    def hints(self) -> tuple[Hint, ...]:
        """What may be wrong with the reader's topics."""
        return hints(self.candidates.matcher.features, _topics(self.context))


def preview(
    engine: sa.Engine,
    renderer: MailRenderer,
    options: DigestOptions,
    reader: Subscriber,
    *,
    zone: str,
    now: dt.datetime,
) -> tuple[Message | None, tuple[QuietEntry, ...], tuple[Hint, ...]]:
    """Return the message this reader would get next, `None` for none, their topics on which nothing came, and hints.

    It is made from closed editions, from what waits for the next, and from what they have forwarded.
    """
    following = next_digest(engine, options, reader, zone=zone, now=now)
    if following.skipped:
        return None, following.quiet, following.hints
    listed = following.listed
    with reading(engine) as tx:
        (content,) = contents(
            tx, [reader], [following.context.interests], [following.choice], listed, summaries=options.summaries
        )
        chosen = {pick.paper_id for pick in following.picks}
        presented = papers.presented(tx, [item for item in listed if item.paper_id in chosen])
    by_id = {item.paper_id: item for item in (*listed, *presented)}
    digest = laid_out(following.edition, following.picks, by_id, content)
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
    rendered = message(renderer, RenderInput(draft, reader.bearer, following.edition, digest, reader.style))
    return rendered, digest.quiet, following.hints


def next_digest(
    engine: sa.Engine, options: DigestOptions, reader: Subscriber, *, zone: str, now: dt.datetime
) -> NextDigest:
    """Return a reader's next digest, from closed editions and from what waits for the next.

    Where no papers wait, its picks are what compose would put.
    """
    edition, windows = _next_edition(engine, options, zone=zone, now=now)
    learned = newest(engine, encoder=options.encoder)
    if not windows.waiting:
        learned = would_learn(engine, edition.id, encoder=options.encoder, now=now)
    candidates = Candidates(engine, windows, learned).of(windows.of(reader))
    with reading(engine) as tx:
        (context,) = load_contexts(tx, candidates, [reader])
    choice, forwarded = _chosen(engine, candidates, context, reader, options, now=now)
    skipped = why_skipped(reader.amount, candidates, choice.picks)
    return NextDigest(edition, candidates, context, choice, skipped, forwarded)


def _next_edition(engine: sa.Engine, options: DigestOptions, *, zone: str, now: dt.datetime) -> tuple[Edition, Windows]:
    """Return the edition to compose from: the newest closed one, or the next where papers wait for it."""
    today = now.astimezone(ZoneInfo(zone)).date()
    with reading(engine) as tx:
        closed, waiting = editions.newest(tx), papers.waiting(tx)
        if closed and not waiting:
            return closed, of_edition(tx, closed, days=options.window_days)
        edition = Edition(0, today, now, waiting, editions.statuses(tx, None))
        return edition, of_next(tx, today, days=options.window_days)
