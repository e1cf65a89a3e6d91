"""What monitoring asks for: counts in the form of Prometheus, and whether requests can be answered at all.

Counts are for the operator alone, who asks with a token (RFC 6750); without one set there is no such page.
"""

import datetime as dt
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TypeVar

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException

from dailypapers.errors import DatabaseUnreachable
from dailypapers.store.database import reading, require_migrated
from dailypapers.store.metrics import NEWEST_MAILS, Newest, Snapshot, snapshot
from dailypapers.web.http.page import WebContext

_PREFIX = "dailypapers_"
_Label = TypeVar("_Label", bound=str)


def show(context: WebContext) -> Callable[[Request], Response]:
    """Answer GET /metrics."""

    def show_metrics(request: Request) -> Response:
        if not context.metrics_token:
            raise HTTPException(404)
        if not _is_operator(request, context.metrics_token):
            return PlainTextResponse("not authorized\n", 401, headers={"WWW-Authenticate": "Bearer"})
        return Response(_metrics(context, now=context.clock()), media_type=CONTENT_TYPE_LATEST)

    return show_metrics


def _is_operator(request: Request, token: str) -> bool:
    authorization = request.headers.get("authorization", "").encode("utf-8", "replace")
    return hmac.compare_digest(authorization, f"Bearer {token}".encode())


def _metrics(context: WebContext, *, now: dt.datetime) -> bytes:
    with reading(context.engine) as tx:
        counted = snapshot(tx, now=now)
    registry = CollectorRegistry()
    registry.register(_Collected(counted, unread=_unread(context), now=now))
    return generate_latest(registry)


def _unread(context: WebContext) -> int | None:
    with suppress(OSError):
        return context.count_unread()
    return None


class _Collected(Collector):
    """One snapshot, as Prometheus asks for it."""

    def __init__(self, counted: Snapshot, *, unread: int | None, now: dt.datetime) -> None:
        self._counted, self._unread, self._now = counted, unread, now

    def collect(self) -> Iterator[Metric]:
        """Return every count with what it says."""
        counted = self._counted
        yield _by("outbox_waiting", "Emails that wait, by state", "state", counted.waiting)
        yield _one("sent_last_hour", "Emails handed over in the last hour", counted.sent_in_the_last_hour)
        yield _by("replies", f"Answers to the newest {NEWEST_MAILS} emails, by fault", "outcome", counted.replies)
        yield _reports(counted)
        yield _by("subscribers", "Subscribers, by state", "state", counted.subscribers)
        yield _one("suppressed_addresses", "Addresses never to be mailed", counted.suppressed)
        yield from _latencies(counted)
        yield _one("workers", "Runs that send now", counted.workers)
        switched_on = {name.name.lower(): int(is_on) for name, is_on in counted.switched_on.items()}
        yield _by("switched_on", "1 where an operator keeps emails from readers", "control", switched_on)
        yield from _of_sources(counted, self._now)
        if counted.newest:
            yield from _of_newest(counted.newest, self._now)
        if self._unread is not None:
            yield _one("unread_emails", "Emails that came in and could not be read", self._unread)


def _one(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}{name}", help_, value=value)


def _by(name: str, help_: str, label: str, values: Mapping[_Label, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_PREFIX}{name}", help_, labels=[label])
    for key in sorted(values):
        family.add_metric([key], values[key])
    return family


def _reports(counted: Snapshot) -> GaugeMetricFamily:
    labels = ["kind", "fault", "severity"]
    family = GaugeMetricFamily(f"{_PREFIX}bounces_last_day", "Bounces and complaints of the last day", labels=labels)
    for (kind, fault, is_hard), reports in sorted(counted.bounces.items()):
        family.add_metric([kind, fault, "hard" if is_hard else "soft"], reports)
    return family


def _latencies(counted: Snapshot) -> Iterator[Metric]:
    """Return how long the newest mails took; they are replaced by newer ones, so it is no counter."""
    for name, help_, took in (
        ("answer_seconds", f"From handing over to the answer, of the newest {NEWEST_MAILS} emails", counted.answers),
        ("wait_seconds", f"In the outbox before the first try, of the newest {NEWEST_MAILS} emails", counted.waits),
    ):
        buckets = [(str(bound), mails) for bound, mails in took.up_to] + [("+Inf", took.count)]
        yield GaugeHistogramMetricFamily(f"{_PREFIX}{name}", help_, buckets=buckets, gsum_value=took.total)


def _of_sources(counted: Snapshot, now: dt.datetime) -> Iterator[GaugeMetricFamily]:
    labels = ["source", "state"]
    state = GaugeMetricFamily(f"{_PREFIX}source_state", "1 for the state the last fetch found", labels=labels)
    fetched = GaugeMetricFamily(f"{_PREFIX}source_fetch_age_seconds", "Since it was last asked", labels=["source"])
    fresh = GaugeMetricFamily(f"{_PREFIX}source_fresh_age_seconds", "Since it last brought a paper", labels=["source"])
    for name, source in sorted(counted.sources.items()):
        state.add_metric([name, source.state], 1)
        fetched.add_metric([name], (now - source.fetched_at).total_seconds())
        if source.brought_at:
            fresh.add_metric([name], (now - source.brought_at).total_seconds())
    yield from (state, fetched, fresh)


def _of_newest(newest: Newest, now: dt.datetime) -> Iterator[GaugeMetricFamily]:
    yield _one("edition_age_seconds", "Since the newest edition closed", (now - newest.closed_at).total_seconds())
    yield _one("edition_papers", "Papers of the newest edition", newest.papers)
    yield _one("edition_due", "Readers due for the newest edition", newest.due)
    yield _by("edition_deliveries", "Digests of the newest edition, by state", "state", newest.deliveries)
    yield _one("edition_residue", "Due and in no state: anything but 0 is a fault", newest.residue)


def ready(context: WebContext) -> Callable[[Request], Response]:
    """Answer GET /readyz: 200 where the database answers and its tables are of this version.

    Once a page has found the database damaged it is not ready any more, whatever else can still be read.
    """

    def show_ready(request: Request) -> Response:
        if damage := getattr(request.app.state, "damage", ""):
            return PlainTextResponse(f"{damage}\n", 503)
        try:
            require_migrated(context.engine)
        except DatabaseUnreachable as error:
            return PlainTextResponse(f"{error}\n", 503)
        return PlainTextResponse("ok\n")

    return show_ready
