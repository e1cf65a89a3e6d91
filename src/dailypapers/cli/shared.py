"""What commands share: where the settings are, the clock, and how the app is put together."""

import datetime as dt
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.domain.clock import Clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.accounts.actor import Actor
    from dailypapers.app import App
    from dailypapers.settings import Settings

Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="TIME",
        help="Run as if it were this time, such as 2026-04-20T08:00+02:00; UTC without an offset.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@dataclass(frozen=True, slots=True)
class Context:
    """The options before the command's name."""

    config: Path | None
    verbose: bool = False
    _engines: "list[sa.Engine]" = field(default_factory=list, repr=False)

    def settings(self) -> "Settings":
        """Read the settings."""
        from dailypapers.settings import load

        configure_logging(verbose=self.verbose)
        return load(self.config)

    def app(self, *, migrated: bool = True) -> "App":
        """Put the app together; with `migrated`, refuse a database whose tables are missing or old."""
        from dailypapers.app import build
        from dailypapers.store.database import require_migrated

        app = self.closing(build(self.settings()))
        if migrated:
            require_migrated(app.engine)
        return app

    def closing(self, app: "App") -> "App":
        """Return an app whose database is closed when the command ends, however it ends."""
        self._engines.append(app.engine)
        return app

    def close(self) -> None:
        """Close the databases that were opened; of SQLite the file alone then holds everything."""
        if self._engines:
            from dailypapers.store.database import close

            for engine in self._engines:
                close(engine)


def command_line(app: "App") -> "Actor":
    """Return whom the audit log names for what a command changes."""
    from dailypapers.accounts.actor import COMMAND_LINE, Actor

    return Actor(COMMAND_LINE, app.signer)


def clock(now: str | None) -> Clock:
    """Return the clock a command goes by: fixed where the user fixed it. Raises `BadInput` for what is not a time."""
    if now is None:
        return lambda: dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(now)
    except ValueError:
        raise BadInput(f"“{now}” is not a time; write it like 2026-04-20T08:00+02:00.") from None
    fixed = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return lambda: fixed


#: Machines take each other's senders for dead where their clocks differ by a lease, which is three times as long.
_CLOCKS_AGREE = dt.timedelta(seconds=5)


def check_clock(engine: "sa.Engine", now: str | None = None) -> None:
    """Say where this machine's clock differs from the database's; nothing where the user fixed the time."""
    from dailypapers.cli.output import say
    from dailypapers.store.database import clock_difference

    ahead = clock_difference(engine, clock(None)) if now is None else dt.timedelta()
    if abs(ahead) > _CLOCKS_AGREE:
        seconds = abs(ahead).total_seconds()
        say(
            f"This machine's clock is {seconds:,.0f} seconds {'ahead of' if ahead > dt.timedelta() else 'behind'} the "
            "database's. Clocks of machines that send must agree within 15 seconds, or one takes another's emails for "
            "abandoned: synchronize them (NTP)."
        )


def configure_logging(*, verbose: bool) -> None:
    """Log to stderr: for people on a terminal, as JSON lines elsewhere; without `verbose` only what needs a look."""
    import logging

    import structlog

    if sys.stderr.isatty():
        renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback
        )
    else:
        renderer = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Plain tracebacks: one that shows local variables would put links with tokens into the log.
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
