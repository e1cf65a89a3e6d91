"""The commands: which there are, what all of them share, and how errors end. Each file beside this one is a noun."""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from dailypapers.cli import (
    admin,
    api_keys,
    backup,
    bounces,
    catch,
    day,
    deliveries,
    demo,
    digests,
    dkim,
    doctor,
    evaluate,
    groups,
    mcp,
    papers,
    serve,
    setup,
    sources,
    subscribers,
    votes,
    webhooks,
)
from dailypapers.cli.output import UNREACHABLE, WRONG, say
from dailypapers.cli.shared import Context
from dailypapers.errors import DailypapersError, DatabaseUnreachable, MailServerUnreachable
from dailypapers.library.gc_freeze import collect_less_often

commands = typer.Typer(
    name="dailypapers",
    help="New scientific papers by email, once a day, ranked for each reader.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(is_wanted: bool) -> None:
    if is_wanted:
        from dailypapers import __version__

        typer.echo(f"dailypapers {__version__}")
        raise typer.Exit


@commands.callback()
def shared(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            envvar="DAILYPAPERS_CONFIG", help="The settings file; by default dailypapers.toml in this folder."
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every completed step.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of all commands."""
    del version
    context.obj = Context(config, verbose=verbose)
    context.call_on_close(context.obj.close)


#: As `--help` groups them.
_PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Try it": (demo.demo, catch.catch),
    "Set it up": (setup.init, setup.migrate, doctor.doctor),
    "Run it": (serve.serve, serve.web, serve.schedule, serve.work, day.day, mcp.mcp),
    "The steps of a day": (sources.fetch, digests.close, digests.compose, deliveries.deliver, setup.prune),
    "Keep it": (backup.backup, backup.restore),
    "Look at it": (day.status, day.report, papers.paper, digests.preview, deliveries.ledger),
    "Ranking": (papers.rank, papers.archive, votes.vote),
}
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        commands.command(rich_help_panel=_panel)(_command)
commands.add_typer(admin.admin, name="admin", rich_help_panel="Set it up")
commands.add_typer(api_keys.api_keys, name="api-keys", rich_help_panel="Set it up")
commands.add_typer(deliveries.deliveries, name="deliveries", rich_help_panel="Run it")
commands.add_typer(backup.database, name="database", rich_help_panel="Keep it")
commands.add_typer(bounces.bounces, name="bounces", rich_help_panel="Look at it")
commands.add_typer(sources.sources, name="sources", rich_help_panel="Look at it")
commands.add_typer(subscribers.subscribers, name="subscribers", rich_help_panel="Subscribers")
commands.add_typer(groups.groups, name="groups", rich_help_panel="Subscribers")
commands.add_typer(webhooks.webhooks, name="webhooks", rich_help_panel="Run it")
commands.add_typer(dkim.dkim, name="dkim", rich_help_panel="Set it up")
commands.add_typer(evaluate.evaluating, name="evaluate", rich_help_panel="Ranking")


@cache
def _all_commands() -> Callable[[], None]:
    """Return what runs the commands, put together once in a process."""
    return get_command(commands)


def main() -> None:
    """Run a command; what goes wrong on purpose ends in one sentence and an exit code that means something."""
    # On busy cores OpenBLAS's threads mostly wait for each other (docs/benchmarks.md). NumPy reads this when a command
    # loads it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    collect_less_often()
    try:
        _all_commands()()
    except (DatabaseUnreachable, MailServerUnreachable) as error:
        say(str(error))
        sys.exit(UNREACHABLE)
    except DailypapersError as error:
        say(str(error))
        sys.exit(WRONG)
    except BrokenPipeError:
        sys.exit(WRONG)
    except OSError as error:
        # Somebody named the file, in a setting or an option; whatever else the system refuses is shown whole.
        if error.filename is None:
            raise
        say(f"{error.filename}: {error.strerror}.")
        sys.exit(WRONG)
