"""One whole day, from the sources to the readers; the file to read first.

    fetch | close | enrich | compose | deliver | post

Each step can be killed at any point and simply run again: what is done is not done twice. Where readers are many and
there is a second core, a process of its own delivers what is composed already.
"""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

from dailypapers.delivery.deliver import deliver_until_empty, sending_early
from dailypapers.delivery.tally import Delivered
from dailypapers.digests.book import compose_books
from dailypapers.digests.compose import Composed, compose, count_due
from dailypapers.digests.enrich import enrich
from dailypapers.digests.group_digest import compose_groups
from dailypapers.domain.clock import Clock
from dailypapers.domain.edition import Edition
from dailypapers.intake.close import close
from dailypapers.intake.fetch import SourceReport, fetch
from dailypapers.jobs.context import Dependencies
from dailypapers.posting.post_due import post_due

#: Seconds that digests wait for figures where a day is run at once: there is no hour before in which they could come.
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Day:
    """What each step did."""

    fetched: tuple[SourceReport, ...]
    edition: Edition
    composed: Composed
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how far each step is."""

    fetched: Callable[[str], None] = lambda _: None
    composed: Callable[[int], None] = lambda _: None
    delivered: Callable[[int], None] = lambda _: None


def day(
    dependencies: Dependencies,
    *,
    clock: Clock,
    patience: dt.timedelta = dt.timedelta(),
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Day:
    """Run one day. A second run on the same day announces, closes, composes and sends nothing twice.

    Deferred mails are tried again for as long as `patience` lasts. Asked to stop, it finishes what is in flight; the
    next run goes on where this one ended.
    """
    progress, engine, options = progress or Progress(), dependencies.engine, dependencies.digest_options
    stop = stop or threading.Event()
    fetched = fetch(
        engine, dependencies.sources, make_http=dependencies.make_http, now=clock(), on_progress=progress.fetched
    )
    edition = close(engine, zone=dependencies.zone, now=clock())
    cache = options.cache(engine)
    enrich(engine, options, zone=dependencies.zone, now=clock(), cache=cache, seconds=PATIENCE, is_over=stop.is_set)
    sending, readers, heard = dependencies.sending, count_due(engine, edition, now=clock()), progress.delivered
    with sending_early(sending, readers, clock=clock, on_progress=heard, stop=stop) as early:
        composed = compose(engine, options, now=clock(), clock=clock, cache=cache, on_progress=progress.composed)
        compose_groups(engine, options, now=clock(), cache=cache)
        compose_books(engine, now=clock())
        delivered = deliver_until_empty(
            sending, clock=clock, patience=patience, on_progress=heard, stop=stop, early=early
        )
    post_due(engine, dependencies.posting, clock=clock)
    return Day(fetched, edition, composed, delivered)
