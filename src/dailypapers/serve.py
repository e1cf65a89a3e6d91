"""Serve: pages, timetable and delivery in one process, or some of them in several."""

import datetime as dt
import threading
from contextlib import ExitStack
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from dailypapers.app import App, handler, worker_name
from dailypapers.catcher.pages import write_pages
from dailypapers.catcher.server import Catcher
from dailypapers.catcher.web import caught_app
from dailypapers.delivery.send import Clock
from dailypapers.demo.sample_day import MAILS, NOON, opened
from dailypapers.errors import BadInput
from dailypapers.inbound.by_mail import receiving
from dailypapers.mail.incoming.server import Inbound
from dailypapers.rendering.environment import environment
from dailypapers.scheduler import Scheduler, Timetable, start
from dailypapers.settings import shipped
from dailypapers.stopping import stop_on_signal
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

log = structlog.get_logger()


def serve(app: App, *, web: bool, schedule: bool, work: bool, clock: Clock | None = None) -> None:
    """Run until SIGTERM or SIGINT; what is in flight is finished first."""
    tells = clock or _utc_now
    with stop_on_signal() as stop, ExitStack() as open_doors:
        if work and app.settings.inbound.port:
            open_doors.enter_context(_inbound(app, tells))
        _run(app, tells, stop, web=web, schedule=schedule, work=work)


def _run(app: App, tells: Clock, stop: threading.Event, *, web: bool, schedule: bool, work: bool) -> None:
    knocks = start(_clockwork(app, tells), schedule=schedule, work=work, stop=stop)
    log.info("serving", web=web, schedule=schedule, work=work)
    wanted = app.settings.web
    try:
        if web:
            context = app.context(tells)
            _keep_up(context, stop)
            _serve_pages(web_app(context), wanted.host, wanted.port, stop=stop)
        stop.wait()
    finally:
        stop.set()
        knocks.shutdown(wait=True)
        log.info("stopped")


def _keep_up(context: WebContext, stop: threading.Event) -> None:
    """Keep the search index up in a thread of its own: pages only read."""
    if context.finder:
        threading.Thread(target=context.finder.keep_up, args=(stop,), name="search", daemon=True).start()


def _inbound(app: App, clock: Clock) -> Inbound:
    wanted = app.settings.inbound
    refusal, take = receiving(handler(app, clock))
    lmtp = wanted.protocol == "lmtp"
    log.info("mail comes in", host=wanted.host, port=wanted.port, protocol=wanted.protocol)
    return Inbound(refusal, take, host=wanted.host, port=wanted.port, lmtp=lmtp, max_bytes=wanted.max_bytes)


def _serve_pages(pages: FastAPI, host: str, port: int, *, stop: threading.Event) -> None:
    """Serve until asked to stop. The server runs beside, so that signals stay ours. Raises `BadInput` if it cannot."""
    server = uvicorn.Server(_config(pages, host, port))
    serving = threading.Thread(target=server.run, name="pages")
    serving.start()
    while serving.is_alive() and not stop.wait(0.2):
        pass
    # Asked to stop before it has begun, it begins and ends: only a port it could not have keeps it from beginning.
    server.should_exit = True
    serving.join()
    if not server.started:
        raise BadInput(f"Pages cannot be served on {host}:{port}: the port is taken, or not ours to take.")


def _config(pages: FastAPI, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        pages, host, port, log_level="warning", server_header=False, proxy_headers=False, timeout_graceful_shutdown=5
    )


def _clockwork(app: App, clock: Clock) -> Scheduler:
    wanted = app.settings.schedule
    timetable = Timetable(dt.timedelta(minutes=wanted.fetch_minutes), wanted.close_at, app.settings.service.zone)
    return Scheduler(app.dependencies, timetable, worker_name(), clock)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def serve_demo(folder: Path, *, mail_port: int) -> None:
    """Serve the demo's pages, and beside them the mails they cause, until SIGTERM or SIGINT, on the demo's day."""
    started = _utc_now()

    def show(_mail: Path) -> None:
        write_pages(folder / MAILS, app.dependencies.renderer.templates)

    with opened(folder, on_mail=show) as app:
        write_pages(folder / MAILS, app.dependencies.renderer.templates)
        caught = uvicorn.Server(_config(caught_app(folder / MAILS), "127.0.0.1", mail_port))
        beside = threading.Thread(target=caught.run, name="caught")
        beside.start()
        try:
            serve(app, web=True, schedule=True, work=True, clock=lambda: NOON + (_utc_now() - started))
        finally:
            caught.should_exit = True
            beside.join()


def serve_caught(folder: Path, *, host: str, smtp_port: int, web_port: int) -> None:
    """Catch mail into `folder` and show it, until SIGTERM or SIGINT.

    It knows no settings, so whoever tries things out reads English.
    """
    templates = environment(shipped("templates"))

    def show(_mail: Path) -> None:
        write_pages(folder, templates)

    with stop_on_signal() as stop, Catcher(folder, host, smtp_port, on_mail=show):
        write_pages(folder, templates)
        _serve_pages(caught_app(folder), host, web_port, stop=stop)
