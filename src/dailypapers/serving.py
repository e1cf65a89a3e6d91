"""Serve: pages, timetable and delivery in one process, or some of them in several."""

import datetime as dt
import threading
from pathlib import Path

import structlog
import uvicorn

from dailypapers.app import App, worker_name
from dailypapers.catching import write_pages
from dailypapers.mail.catcher import Catcher
from dailypapers.rendering.environment import environment
from dailypapers.schedule import Clockwork, Timetable, start
from dailypapers.settings import shipped
from dailypapers.stopping import stop_on_signal
from dailypapers.web.caught import caught_app
from dailypapers.web.routes import web_app

log = structlog.get_logger()


def serve(app: App, *, web: bool, schedule: bool, work: bool) -> None:
    """Run until SIGTERM or SIGINT; what is in flight is finished first."""
    stop = threading.Event() if web else stop_on_signal()
    knocks = start(_clockwork(app), schedule=schedule, work=work, stop=stop)
    log.info("serving", web=web, schedule=schedule, work=work)
    try:
        if web:
            _serve_pages(app)
        else:
            stop.wait()
    finally:
        stop.set()
        knocks.shutdown(wait=True)
        log.info("stopped")


def _clockwork(app: App) -> Clockwork:
    wanted = app.settings.schedule
    timetable = Timetable(dt.timedelta(minutes=wanted.fetch_minutes), wanted.close_at, app.settings.service.zone)
    return Clockwork(app.means, timetable, worker_name(), _utc_now)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _serve_pages(app: App) -> None:
    """Serve pages in this thread; uvicorn answers the signals and returns."""
    wanted = app.settings.web
    pages = web_app(app.engine, app.signer, app.means.press.templates, clock=_utc_now)
    config = uvicorn.Config(pages, host=wanted.host, port=wanted.port, log_level="warning", server_header=False)
    uvicorn.Server(config).run()


def serve_caught(folder: Path, *, host: str, smtp_port: int, web_port: int) -> None:
    """Catch mail into `folder` and show it, until SIGTERM or SIGINT."""
    templates = environment(shipped("templates"))

    def show(_mail: Path) -> None:
        write_pages(folder, templates)

    with Catcher(folder, host, smtp_port, on_mail=show):
        write_pages(folder, templates)
        config = uvicorn.Config(caught_app(folder), host=host, port=web_port, log_level="warning", server_header=False)
        uvicorn.Server(config).run()
