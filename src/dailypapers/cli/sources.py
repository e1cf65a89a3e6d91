"""The commands about sources: fetch, how they stand, and what one answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli import source_settings
from dailypapers.cli.output import ATTENTION, OK, WRONG, counted, print_json, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput, FetchFailed

if TYPE_CHECKING:
    import datetime as dt

    from dailypapers.app import App
    from dailypapers.domain.freshness import Standing
    from dailypapers.domain.source import Announcement, Fetched, Freshness, SourceStatus
    from dailypapers.intake.fetch import SourceReport
    from dailypapers.jobs.context import Dependencies

#: How many unreadable items of a source are listed; the rest is counted.
_NAMED = 20
#: How far back a source is asked day by day; what is older is harvested by the month.
_DAYS_BY_DAY = 90
#: Papers of an answer that are shown.
_SHOWN = 3

sources = typer.Typer(help="How each source stands; add one, ask one, or read a saved answer.")
sources.command("add")(source_settings.add)
sources.command("import")(source_settings.import_)
sources.command("export")(source_settings.export)


def fetch(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="First fetch all days since this one that are missing, such as 2026-03-01."),
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Fetch new papers from every source."""
    from dailypapers.intake.fetch import fetch as run

    first = _past_day(since, clock(now)()) if since else None
    dependencies = context.obj.app().dependencies
    failed = _backfill(dependencies, first, clock(now)()) if first else 0
    with progress("fetching", len(dependencies.sources)) as step:
        reports = run(
            dependencies.engine,
            dependencies.sources,
            make_http=dependencies.make_http,
            now=clock(now)(),
            on_progress=lambda _: step(1),
        )
    print_sources(reports, as_json=as_json)
    raise typer.Exit(max(sources_code(reports), ATTENTION if failed else OK))


def _past_day(text: str, now: "dt.datetime") -> "dt.date":
    import datetime as dt

    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}” is not a day; write it like 2026-03-01.") from None
    if day > now.date():
        raise BadInput(f"{day} has not come yet; give a day in the past.")
    return day


def _backfill(dependencies: "Dependencies", since: "dt.date", now: "dt.datetime") -> int:
    """Ask for the days that are missing, and say what came; returns how many did not."""
    from dailypapers.intake.backfill import backfill, missing_days

    missing = missing_days(dependencies.engine, dependencies.sources, since, now=now)
    if not missing:
        say(f"There is no day since {since} that a source still has to be asked for.")
        return _harvest(dependencies, since, now)
    say(f"{len(missing)} days of sources and categories are missing since {since}; stop and run it again as you like.")
    with progress("backfilling", len(missing)) as step:
        done = backfill(
            dependencies.engine, missing, make_http=dependencies.make_http, now=now, on_progress=lambda _: step(1)
        )
    failures = [each for each in done if each.failure]
    for each in failures[:_NAMED]:
        say(f"{each.source} {each.category} on {each.day}: {each.failure}")
    say(f"{sum(each.new for each in done)} papers were new, {len(failures)} days failed.")
    return len(failures) + _harvest(dependencies, since, now)


def _harvest(dependencies: "Dependencies", since: "dt.date", now: "dt.datetime") -> int:
    """Ask for the months of which no days can be asked for, and say what came; returns how many did not."""
    import datetime as dt

    from dailypapers.intake.harvest import harvest, missing_parts

    if since >= now.date() - dt.timedelta(days=_DAYS_BY_DAY):
        return 0
    parts = missing_parts(dependencies.engine, dependencies.sources, since, now=now)
    if not parts:
        return 0
    say(f"{len(parts)} months of categories are to be harvested since {since}; stop and run it again as you like.")
    with progress("harvesting pages") as step:
        pages = harvest(
            dependencies.engine, parts, make_http=dependencies.make_http, now=now, on_progress=lambda _: step(1)
        )
    failures = [each for each in pages if each.failure]
    for each in failures:
        say(f"{each.harvest.source} {each.harvest.category} since {each.harvest.first}: {each.failure}")
    done = sum(each.harvest.is_done for each in pages)
    say(f"{sum(each.new for each in pages)} papers were new; {done} of {len(parts)} months are complete.")
    return len(parts) - done


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
            note = page.freshness.note if page.freshness else f"not listed again: {page.note}"
            say(f"{report.source}: {page.category} on {page.day}: {note}")
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
    """Return the exit code: whether something is missing in a closed edition, as the ledger says."""
    from dailypapers.domain.edition import doubts

    return ATTENTION if doubts(tuple(statuses)) else OK


@sources.callback(invoke_without_command=True)
def show(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Show how each source and each category stands: what came last, against what is usual, and what is out."""
    if context.invoked_subcommand is None:
        raise typer.Exit(print_standings(context.obj.app(), clock(now)(), as_json=as_json))


def print_standings(app: "App", now: "dt.datetime", *, as_json: bool) -> int:
    """Print how the sources in the settings stand; return the exit code: whether one needs attention."""
    from dailypapers.intake.status import lacks_of_week, sentence, standings
    from dailypapers.store import editions, hosts
    from dailypapers.store.database import reading

    names = [source.name for source in app.dependencies.sources]
    with reading(app.engine) as tx:
        listed = standings(tx, now=now, sources=names)
        lacks = lacks_of_week(tx, listed, now=now)
        waiting = editions.waiting(tx)
        closed = hosts.closed(tx)
    unknown = [name for name in names if name not in {each.source for each in listed}]
    editions_of = {(each.source, each.category): each.editions for each in lacks}
    records = [
        {
            **_standing(each),
            "waiting": None if each.category else waiting.get(each.source, 0),
            "lacked_in": [str(day) for day in editions_of.get((each.source, each.category), ())],
        }
        for each in listed
    ] + [{"source": name, "state": "never fetched"} for name in unknown]
    table = [{name: record.get(name) for name in _COLUMNS} for record in records]
    rows("sources", records, as_json=as_json, table=table)
    for each in listed:
        if not as_json and (line := sentence(each)):
            say(line)
    for lack in () if as_json else lacks:
        say(lack.sentence())
    if not as_json and waiting:
        say(f"{counted(sum(waiting.values()), 'new paper')} of all sources wait for the next edition.")
    for host, until in closed.items():
        say(f"{host} asked to be left alone, or did not answer; the next try is after {until:%Y-%m-%d %H:%M} UTC.")
    return ATTENTION if unknown or any(each.needs_attention for each in listed) else OK


_COLUMNS = ("source", "category", "state", "new", "usual", "last_new", "out_since")


def _standing(each: "Standing") -> dict[str, object]:
    return {
        "source": each.source,
        "category": each.category,
        "day": each.last.day,
        "state": each.last.state.value,
        "new": each.last.new,
        "usual": None if each.usual is None else round(each.usual),
        "items": each.last.items,
        "last_new": each.new_at.isoformat(" ", "minutes") if each.new_at else None,
        "last_fetch": each.last.fetched_at.isoformat(" ", "minutes") if each.last.fetched_at else None,
        "out_since": each.out_since,
        "needs_attention": each.needs_attention,
        "note": each.last.note,
    }


@sources.command()
def parse(
    file: Annotated[Path, typer.Argument(help="A file with what a source answered.", exists=True, dir_okay=False)],
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="arxiv, feed, huggingface …, or arxiv-page.")],
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Read a file as a source's answer: what it announces, and what is skipped and why. Needs no database."""
    from dailypapers.sources.readers import READERS

    if kind not in READERS:
        raise BadInput(f"“{kind}” is not a kind of source; use one of {', '.join(READERS)}.")
    try:
        reading = READERS[kind](file.read_bytes(), clock(now)().date())
    except FetchFailed as error:
        say(f"{file}: {error}")
        raise typer.Exit(WRONG) from None
    records = [_announcement(each) for each in reading.announcements]
    skipped = [{"where": each.where, "why": each.why} for each in reading.skipped]
    if as_json:
        print_json({"announcements": records, "skipped": skipped, "remarks": list(reading.remarks)})
    else:
        table = [{name: each[name] for name in ("type", "id", "title")} for each in records]
        rows("announcements", table, as_json=False, cut=("title",))
    for sentence in (*(f"{each['where']}: {each['why']}" for each in skipped), *reading.remarks):
        say(sentence)
    say(f"{counted(len(records), 'announcement')}, {len(skipped)} skipped.")
    raise typer.Exit(ATTENTION if skipped or reading.remarks else OK)


def _announcement(each: "Announcement") -> dict[str, object]:
    return {
        "type": each.type.value,
        "id": str(each.paper.id),
        "version": each.version,
        "title": each.paper.title,
        "authors": list(each.paper.authors),
        "categories": list(each.paper.categories),
        "abstract": each.paper.abstract,
        "url": each.paper.url,
        "day": each.day,
        "also": [str(name) for name in each.paper.also],
    }


@sources.command()
def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's name in the settings, or its kind.")],
    now: Now = None,
) -> None:
    """Ask one source now and say what it answers; nothing is stored."""
    import asyncio

    dependencies = context.obj.app().dependencies
    source = next((each for each in dependencies.sources if each.name == name), None)
    if source is None:
        raise BadInput(
            f"There is no source “{name}”; there are {', '.join(each.name for each in dependencies.sources)}."
        )

    async def ask() -> "Fetched":
        async with dependencies.make_http() as http:
            http.on_step = say
            answer: Fetched = await source.fetch(http, None, now=clock(now)())
            return answer

    say(f"Asking {name} …")
    try:
        answer = asyncio.run(ask())
    except FetchFailed as error:
        say(str(error))
        raise typer.Exit(ATTENTION) from None
    say_answer(answer)
    raise typer.Exit(ATTENTION if answer.skipped or answer.remarks else OK)


def say_answer(answer: "Fetched") -> None:
    """Say what a source answered: counts, the first papers, and what could not be read."""
    for category, part in answer.by_category.items():
        say(part.failure or f"{category}: {counted(part.items, 'item')}")
    failures = {part.failure for part in answer.by_category.values()}
    papers = counted(len(answer.announcements), "paper")
    say(f"{counted(answer.asked, 'request')}: {papers} announced, {len(answer.skipped)} skipped.")
    for each in answer.announcements[:_SHOWN]:
        say(f"  {each.type.value}: {each.paper.title} ({each.paper.id})")
    for item in answer.skipped[:_NAMED]:
        say(f"{item.where}: {item.why}")
    for sentence in (*answer.remarks, answer.quiet_because):
        if sentence and sentence not in failures:
            say(sentence)
