"""One whole day, from the sources to the readers; the file to read first.

    fetch | close | compose | deliver

Each step can be killed at any point and simply run again: what is done is not done twice.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.edition import Edition
from dailypapers.jobs.close import close
from dailypapers.jobs.compose import Composed, Composing, compose
from dailypapers.jobs.deliver import Clock, Delivered, Post, deliver
from dailypapers.jobs.fetch import SourceReport, fetch
from dailypapers.jobs.render import Press
from dailypapers.sources.base import Source
from dailypapers.sources.http import Http


@dataclass(frozen=True, slots=True)
class Means:
    """Everything a day is made with."""

    engine: sa.Engine
    sources: Sequence[Source]
    make_http: Callable[[], Http]
    zone: str
    composing: Composing
    press: Press
    make_post: Callable[[], Post]


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


def day(means: Means, *, clock: Clock, progress: Progress | None = None, stop: threading.Event | None = None) -> Day:
    """Run one day. A second run on the same day announces, closes, composes and sends nothing twice.

    Asked to stop, it finishes what is in flight; the next run goes on where this one ended.
    """
    told = progress or Progress()
    fetched = fetch(means.engine, means.sources, make_http=means.make_http, now=clock(), told=told.fetched)
    edition = close(means.engine, zone=means.zone, now=clock())
    composed = compose(means.engine, means.composing, now=clock(), told=told.composed)
    delivered = send_all(means, clock=clock, told=told.delivered, stop=stop)
    return Day(fetched, edition, composed, delivered)


def send_all(
    means: Means,
    *,
    clock: Clock,
    told: Callable[[int], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> Delivered:
    """Drain the outbox over connections that are opened and closed here."""

    async def drain() -> Delivered:
        post = means.make_post()
        try:
            return await deliver(means.engine, means.press, post, clock=clock, told=told, stop=stop)
        finally:
            await post.transport.close()

    return asyncio.run(drain())
