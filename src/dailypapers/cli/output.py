"""What a command prints: a table for people, JSON for programs, progress for the patient.

Data goes to stdout, everything else to stderr.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dailypapers.errors import BadInput

#: All is well.
OK = 0
#: Done, but something needs a look: a source failed, a line was skipped, a mail was not accepted.
ATTENTION = 1
#: The command, its input or a setting is wrong; nothing was done.
WRONG = 2
#: The database or the mail server does not answer.
UNREACHABLE = 3


def rows(
    title: str,
    records: Sequence[Mapping[str, Any]],
    *,
    as_json: bool,
    table: Sequence[Mapping[str, Any]] | None = None,
    wide: Sequence[str] = (),
    wrap: Sequence[str] = (),
    cut: Sequence[str] = (),
) -> None:
    """Print records as one JSON list, or as a table; where people are shown something else, it is in `table`.

    Columns in `wrap` may wrap; so may those in `wide`, with an empty line between rows; the lines of those in `cut`
    end in an ellipsis where there is no room for more.
    """
    if as_json:
        sys.stdout.write(json.dumps(list(records), ensure_ascii=False, indent=2, default=str) + "\n")
        return
    printed = records if table is None else table
    if printed:
        _print_table(title, printed, wide=wide, wrap=wrap, cut=cut)
    else:
        say(f"{title}: none.")


def counted(count: int, thing: str) -> str:
    """Return a count with its noun, which takes an s unless there is one."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def print_json(record: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, indent=2, default=str) + "\n")


def _print_table(
    title: str,
    records: Sequence[Mapping[str, Any]],
    *,
    wide: Sequence[str],
    wrap: Sequence[str],
    cut: Sequence[str],
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in records[0].items():
        table.add_column(
            name.replace("_", " "),
            justify="right" if isinstance(value, int | float) else "left",
            overflow="fold",
            no_wrap=name not in {*wide, *wrap, *cut},
            header_style="dim",
        )
    for record in records:
        table.add_row(
            *(
                Text(_cell(name, value), no_wrap=True, overflow="ellipsis") if name in cut else Text(_cell(name, value))
                for name, value in record.items()
            )
        )
        if wide and record is not records[-1]:
            table.add_row()
    Console().print(table)


#: Columns of numbers that name a thing and count nothing.
_NAMING = frozenset({"id", "edition", "group"})


def _cell(name: str, value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name not in _NAMING:
        return f"{value:,}"
    return "" if value is None else str(value)


def write_private(file: Path, text: str) -> None:
    """Write a file of addresses or of somebody's links, which only its owner may read.

    A file that is there already keeps its permissions. Raises `BadInput` where it cannot be written.
    """
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.") from None


def say(sentence: str) -> None:
    """Tell a person something that is not data. What it quotes of strangers cannot steer the terminal."""
    shown = "".join(c if c.isprintable() or c == "\n" else " " for c in sentence)
    sys.stderr.write(shown + "\n")


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal for as long as something takes; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda steps: bars.advance(task, steps)
