"""Commands about mail that comes back: bounces read."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, rows, say
from dailypapers.cli.shared import Json

if TYPE_CHECKING:
    from dailypapers.domain.bounce import Affected, Report

bounces = typer.Typer(no_args_is_help=True, help="Email that comes back: bounces and complaints.")


@bounces.command("read")
def read(
    files: Annotated[list[Path], typer.Argument(help="Emails, one a file.", metavar="FILE…")],
    as_json: Json = False,
) -> None:
    """Show what we make of emails that came in; needs no settings and no database.

    There is one row per file, about the first address it names; with --json, `recipients` lists all of them.
    """
    contents = list(_contents(files))
    records = [_record(file, content) for file, content in contents]
    table = [{name: value for name, value in record.items() if name != "recipients"} for record in records]
    rows("Emails", records, as_json=as_json, table=table, wrap=("file", "address"), cut=("text",))
    raise typer.Exit(OK if len(contents) == len(files) else ATTENTION)


def _contents(files: list[Path]) -> Iterator[tuple[Path, bytes]]:
    for file in files:
        try:
            yield file, file.read_bytes()
        except OSError as error:
            say(f"{file} cannot be read: {error.strerror}.")


def _record(file: Path, content: bytes) -> dict[str, Any]:
    from dailypapers.mail.incoming.report import read as read_report

    report: Report = read_report(content)
    recipients = [_recipient(affected) for affected in report.affected]
    first = recipients[0] if recipients else _NOBODY
    return {"file": str(file), "kind": report.kind.value, **first, "recipients": recipients}


_NOBODY = {"address": None, "status": None, "hard_or_soft": None, "delayed": None, "fault": None, "text": None}


def _recipient(affected: "Affected") -> dict[str, Any]:
    diagnosis = affected.diagnosis
    if diagnosis is None:
        return _NOBODY | {"address": affected.address or None}
    return {
        "address": affected.address or None,
        "status": diagnosis.status or None,
        "hard_or_soft": diagnosis.severity,
        "delayed": affected.is_delay,
        "fault": diagnosis.fault.value,
        "text": diagnosis.text,
    }
