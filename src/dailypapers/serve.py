"""Serve: pages, timetable and delivery in one process, or some of them in several."""

import datetime as dt
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import structlog

from dailypapers.app import App, handler
from dailypapers.assembly.inbound import mailbox
from dailypapers.assembly.processes import worker_name
from dailypapers.domain.clock import Clock
from dailypapers.domain.finding import Finding
from dailypapers.http_server import serve_pages
from dailypapers.inbound.by_mail import callbacks
from dailypapers.inbound.poll import poll
from dailypapers.jobs.context import JobContext
from dailypapers.listening import listen
from dailypapers.mail.incoming.server import Inbound
from dailypapers.scheduler import start
from dailypapers.stopping import stop_on_signal
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

log = structlog.get_logger()


def serve(
    app: App,
    *,
    web: bool,
    schedule: bool,
    work: bool,
    clock: Clock | None = None,
    check: Callable[[dt.datetime], list[Finding]] | None = None,
    sockets: Sequence[socket.socket] = (),
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Run until SIGTERM or SIGINT; what is in flight is finished first.

    Pages are served on `sockets`, or where the settings say; `on_ready` is called once they answer. `check` looks how
    the installation stands, for the operator's pages. Raises `CannotListen` where a port cannot be had, before anything
    is started, and `DatabaseDamaged` once a job has found the database so.
    """
    tells = clock or _utc_now
    with stop_on_signal() as stop, ExitStack() as stack:
        if web and not sockets:
            sockets = listen(app.settings.web.host, app.settings.web.port, option="web.port in the settings")
        if work and app.settings.inbound.port:
            stack.enter_context(_inbound(app, tells))
        scheduler = start(_job_context(app, tells, stop), schedule=schedule, work=work)
        log.info("serving", web=web, schedule=schedule, work=work)
        try:
            if web:
                context = replace(app.context(tells), check=check)
                _keep_index_current(context, stop)
                serve_pages(web_app(context), sockets, stop=stop, on_ready=on_ready)
            stop.wait()
        finally:
            stop.set()
            scheduler.shutdown()
            log.info("stopped")
        if scheduler.failure:
            raise scheduler.failure


def _keep_index_current(context: WebContext, stop: threading.Event) -> None:
    """Keep the search index current in a thread of its own: pages only read."""
    if context.finder:
        threading.Thread(target=context.finder.keep_up, args=(stop,), name="search", daemon=True).start()


def _inbound(app: App, clock: Clock) -> Inbound:
    settings = app.settings.inbound
    refusal, take = callbacks(handler(app, clock))
    lmtp = settings.protocol == "lmtp"
    log.info("accepting mail", host=settings.host, port=settings.port, protocol=settings.protocol)
    return Inbound(refusal, take, host=settings.host, port=settings.port, lmtp=lmtp, max_bytes=settings.max_bytes)


def _job_context(app: App, clock: Clock, stop: threading.Event) -> JobContext:
    server = mailbox(app.settings)
    receive = partial(poll, handler(app, clock), server) if server else None
    return JobContext(app.dependencies, app.timetable, worker_name(), clock, stop, receive)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
