"""The command about sources: fetch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock

if TYPE_CHECKING:
    from dailypapers.domain.source import Freshness, SourceStatus
    from dailypapers.intake.fetch import SourceReport

#: How many unreadable items of a source are listed; the rest is counted.
_NAMED = 20


def fetch(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Fetch new papers from every source."""
    from dailypapers.intake.fetch import fetch as run

    dependencies = context.obj.app().dependencies
    with progress("fetching", len(dependencies.sources)) as step:
        reports = run(
            dependencies.engine,
            dependencies.sources,
            make_http=dependencies.make_http,
            now=clock(now)(),
            on_progress=lambda _: step(1),
        )
    print_sources(reports, as_json=as_json)
    raise typer.Exit(sources_code(reports))


def print_sources(reports: "Sequence[SourceReport]", *, as_json: bool) -> None:
    """Print what each source announced, and name the items that could not be read."""
    records = [
        {
            "source": report.source,
            "state": report.freshness.state.value,
            "items": report.freshness.items,
            "new": report.freshness.new,
            "skipped": len(report.fetched.skipped),
            "categories": {name: _record(fresh) for name, fresh in report.by_category.items()},
            "note": report.freshness.note,
        }
        for report in reports
    ]
    table = [{name: value for name, value in record.items() if name != "categories"} for record in records]
    rows("sources", records, as_json=as_json, table=table, wide=("note",))
    for report in reports:
        for page in report.relisted:
            said = page.freshness.note if page.freshness else f"not listed again: {page.note}"
            say(f"{report.source}: {page.category} on {page.day}: {said}")
        for item in report.fetched.skipped[:_NAMED]:
            say(f"{report.source}: {item.where}: {item.why}")
        if len(report.fetched.skipped) > _NAMED:
            say(f"{report.source}: {len(report.fetched.skipped) - _NAMED} more items could not be read.")


def _record(freshness: "Freshness") -> dict[str, object]:
    return {"state": freshness.state.value, "items": freshness.items, "new": freshness.new, "note": freshness.note}


def sources_code(reports: "Sequence[SourceReport]") -> int:
    """Return the exit code: whether a source or a category failed or stalled, or an item could not be read."""
    states = {fresh.state.value for report in reports for fresh in (report.freshness, *report.by_category.values())}
    broken = states & {"failed", "stalled"} or any(report.fetched.skipped for report in reports)
    return ATTENTION if broken else OK


def edition_code(statuses: "Sequence[SourceStatus]") -> int:
    """Say what of a closed edition is missing; return the exit code: whether something is."""
    from dailypapers.domain.edition import doubts

    missing = doubts(tuple(statuses))
    if missing:
        say(missing)
    return ATTENTION if missing else OK
