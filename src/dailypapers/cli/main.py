"""The commands. Each file beside this one holds a few; here is what all of them share, and how errors end."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from dailypapers.cli import catching, evaluating, looking, people, running, teaching
from dailypapers.cli.output import UNREACHABLE, WRONG, say
from dailypapers.cli.shared import Context
from dailypapers.errors import DailypapersError, DatabaseUnreachable, MailServerUnreachable

commands = typer.Typer(
    name="dailypapers",
    help="New scientific papers by e-mail: each reader's own, most relevant first, once a day.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from dailypapers import __version__

        typer.echo(f"dailypapers {__version__}")
        raise typer.Exit


@commands.callback()
def shared(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(envvar="DAILYPAPERS_CONFIG", help="The settings file; else dailypapers.toml here."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every finished step.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of all commands."""
    del version
    context.obj = Context(config, verbose=verbose)


for add in (running.add, people.add, looking.add, catching.add, evaluating.add, teaching.add):
    add(commands)


def main() -> None:
    """Run a command; what goes wrong on purpose ends in one sentence and an exit code that means something."""
    # On busy cores OpenBLAS's threads mostly wait for each other (docs/benchmarks.md). NumPy reads this when a command
    # loads it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        commands()
    except (DatabaseUnreachable, MailServerUnreachable) as error:
        say(str(error))
        sys.exit(UNREACHABLE)
    except DailypapersError as error:
        say(str(error))
        sys.exit(WRONG)
    except BrokenPipeError:
        sys.exit(WRONG)
