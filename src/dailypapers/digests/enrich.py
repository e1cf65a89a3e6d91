"""Enrich: have summaries and figures of papers at hand before the digests that show them are due.

    readers and groups whose digests come next | choose as composing will | what they will read and see
    | ask for it, what most of them want first | keep

Composing waits for none of it, and asks nobody: what has not come by then, a digest is without. Nothing is asked about
papers that nobody would be sent. It may run at any time, and again: what is there is not asked for twice.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dailypapers.digests.candidates import CandidateCache, Candidates
from dailypapers.digests.choose import Choice, DigestOptions
from dailypapers.digests.figures import fetch_figures
from dailypapers.digests.forwarded import choose_for
from dailypapers.digests.group_digest import wanted_by_groups
from dailypapers.digests.summarise import SummaryOptions, Wanted, summarise, wanted_by
from dailypapers.digests.window import Window, of_next
from dailypapers.domain.group import Group
from dailypapers.domain.subscriber import Abstracts, Style, Subscriber
from dailypapers.library.learn import newest
from dailypapers.store import editions, groups, papers, subscribers
from dailypapers.store.database import groups as in_groups
from dailypapers.store.database import reading

#: Whose digest is due later is looked at another time, with the papers that have come by then.
AHEAD = dt.timedelta(hours=24)
#: How long a newly closed edition is not composed from, where something is asked for: whose hour has come by then would
#: otherwise never have it.
HEAD_START = dt.timedelta(minutes=2)
#: So many readers are chosen for in a run, those with the next digests; more would take minutes of a core.
MOST_READERS = 20_000
#: How many readers are chosen for at a time.
BATCH = 1000
#: What has come so far: the newest edition, when a source was last asked, and how many papers wait.
Seen = tuple[int, dt.datetime | None, int]


@dataclass(frozen=True, slots=True)
class Enriched:
    """How many papers got a summary, in how many languages each, and how many a figure."""

    summaries: int = 0
    figures: int = 0


@dataclass(slots=True)
class _Sought:
    """What digests to come will show, by how many readers see it."""

    sentences: Counter[Wanted] = field(default_factory=Counter)
    figures: Counter[int] = field(default_factory=Counter)


def seen(engine: sa.Engine) -> Seen:
    """Return what has come so far; as long as it is the same, a second run finds nothing more to do."""
    with reading(engine) as tx:
        edition = editions.newest(tx)
        return edition.id if edition else 0, editions.last_fetch(tx), papers.waiting(tx)


def has_head_start(engine: sa.Engine, options: DigestOptions, *, now: dt.datetime) -> bool:
    """Return whether composing is to wait: the newest edition has just closed, and some who are due see more of papers.

    Of many who are due, some are looked at.
    """
    if not options.enriches:
        return False
    with reading(engine) as tx:
        edition = editions.newest(tx)
        if edition is None or not dt.timedelta() <= now - edition.closed_at < HEAD_START:
            return False
        due = subscribers.coming(tx, edition.id, until=now, limit=BATCH)
    return any(_sees_more(options, reader.style) for reader in due)


def enrich(
    engine: sa.Engine,
    options: DigestOptions,
    *,
    zone: str,
    now: dt.datetime,
    cache: CandidateCache | None = None,
    seconds: float | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> Enriched:
    """Ask for the summaries and figures that the digests of the next day will show; returns how many came.

    Those of the newest edition come first, then those of the papers that wait for the next one. Figures take no longer
    than so many seconds; and where `is_over`, nothing else is asked. A `cache` keeps the papers for whoever composes.
    """
    if not options.enriches:
        return Enriched()
    sought = _Sought()
    for candidates, readers, reading_groups in _coming(engine, options, zone, now, cache):
        for window, part in _parts(candidates, readers):
            chosen = choose_for(engine, candidates.of(window), part, options, now=now)
            _count(sought, options, part, chosen.choices)
        for each in wanted_by_groups(engine, options, candidates, reading_groups, now=now):
            sought.sentences[each] += 1
    return _ask(engine, options, sought, day=now.date(), seconds=seconds, is_over=is_over)


def _coming(
    engine: sa.Engine, options: DigestOptions, zone: str, now: dt.datetime, cache: CandidateCache | None
) -> Iterator[tuple[Candidates, list[Subscriber], list[Group]]]:
    """Yield the newest edition's candidates, then those of the next, with whoever will see more of some than words."""
    with reading(engine) as tx:
        edition, waiting = editions.newest(tx), papers.waiting(tx)
        number = edition.id if edition else 0
        readers, due_groups = _due(tx, number, options, now) if edition else ([], [])
    if edition and (readers or due_groups):
        yield (cache or options.cache(engine)).of(edition, now=now), readers, due_groups
    if not waiting:
        return
    with reading(engine) as tx:
        windows = of_next(tx, now.astimezone(ZoneInfo(zone)).date(), days=options.window_days)
        later, later_groups = _due(tx, number + 1, options, now)
    earlier_readers, earlier_groups = {reader.id for reader in readers}, {group.id for group in due_groups}
    later = [reader for reader in later if reader.id not in earlier_readers]
    later_groups = [group for group in later_groups if group.id not in earlier_groups]
    if later or later_groups:
        yield Candidates(engine, windows, newest(engine, encoder=options.encoder)), later, later_groups


def _due(
    tx: sa.Connection, edition_id: int, options: DigestOptions, now: dt.datetime
) -> tuple[list[Subscriber], list[Group]]:
    """Return whose digest of an edition is due soon, of readers those who will see a sentence or a figure of papers."""
    readers = [
        reader
        for reader in subscribers.coming(tx, edition_id, until=now + AHEAD, limit=MOST_READERS)
        if _sees_more(options, reader.style)
    ]
    return readers, groups.due(tx, edition_id, now=now + AHEAD) if options.summaries else []


def _parts(candidates: Candidates, readers: Iterable[Subscriber]) -> Iterator[tuple[Window, list[Subscriber]]]:
    """Yield readers, so many at a time, by the window they share."""
    for window, sharing in candidates.windows.shared(readers).items():
        for part in in_groups(sharing, size=BATCH):
            yield window, part


def _sees_more(options: DigestOptions, style: Style) -> bool:
    """Return whether somebody will see a sentence of a model's or a figure."""
    return _reads_sentences(options.summaries, style) or _sees_figures(options, style)


def _reads_sentences(options: SummaryOptions | None, style: Style) -> bool:
    return options is not None and style.abstracts is Abstracts.SUMMARY


def _sees_figures(options: DigestOptions, style: Style) -> bool:
    return options.figures is not None and style.figures and not style.text_only


def _count(sought: _Sought, options: DigestOptions, readers: Sequence[Subscriber], choices: Sequence[Choice]) -> None:
    """Count what these readers will see of what was chosen for them; of papers outside their topics that is nothing."""
    ids_of_each = [[pick.paper_id for pick in choice.picks if not pick.outside] for choice in choices]
    for reader, paper_ids in zip(readers, ids_of_each, strict=True):
        if _sees_figures(options, reader.style):
            sought.figures.update(paper_ids)
        if options.summaries:
            sought.sentences.update(wanted_by(options.summaries, [reader.style], [paper_ids]))


def _ask(
    engine: sa.Engine,
    options: DigestOptions,
    sought: _Sought,
    *,
    day: dt.date,
    seconds: float | None,
    is_over: Callable[[], bool],
) -> Enriched:
    """Ask for sentences and figures at the same time: a model and the papers' hosts do not wait for each other."""

    def sentences() -> int:
        wanted = sorted(sought.sentences, key=lambda each: (-sought.sentences[each], each))
        return summarise(engine, options.summaries, wanted, day=day, is_over=is_over) if options.summaries else 0

    def figures() -> int:
        ids = [paper_id for paper_id, _ in sought.figures.most_common()]
        if options.figures is None or not ids:
            return 0
        return fetch_figures(engine, options.figures, ids, day=day, seconds=seconds, is_over=is_over)

    with ThreadPoolExecutor(2) as pool:
        said, shown = pool.submit(sentences), pool.submit(figures)
    return Enriched(said.result(), shown.result())
