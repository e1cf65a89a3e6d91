"""Commands about deliveries: deliver, ledger, and what is decided about uncertain ones."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, UNREACHABLE, counted, rows, say
from dailypapers.cli.shared import Json, Now, check_clock, clock, command_line
from dailypapers.cli.watching import line, record, watch, watched
from dailypapers.errors import BadInput
from dailypapers.stopping import stop_on_signal

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.app import App
    from dailypapers.delivery.plan import Leaving
    from dailypapers.delivery.tally import Delivered
    from dailypapers.delivery.watch import Snapshot
    from dailypapers.domain.delivery import DeliveryState, Doubt, Ledger
    from dailypapers.domain.source import SourceStatus
    from dailypapers.store.workers import EarlyEnd

#: Most people listed by `ledger --who`; more are counted, not shown.
_MOST_PEOPLE = 10_000

deliveries = typer.Typer(
    no_args_is_help=True,
    help="Watch emails being sent, and decide about uncertain ones: those that the mail server may or may not have.",
)
Edition = Annotated[str | None, typer.Option("--edition", metavar="DAY", help="Only of this edition: 2026-04-20.")]


@deliveries.command("watch")
def watch_deliveries(context: typer.Context, as_json: Json = False) -> None:
    """Show how far sending is, whichever process or machine sends; ends when nothing is left to send.

    With --json: once, as it is now.
    """
    import json
    import sys

    from dailypapers.delivery.watch import snapshot
    from dailypapers.store.database import reading

    engine, now = context.obj.app().engine, clock(None)
    began = now()

    def look() -> "Snapshot":
        with reading(engine) as tx:
            return snapshot(tx, since=began, now=now())

    if as_json:
        sys.stdout.write(json.dumps(record(look()), ensure_ascii=False, indent=2, default=str) + "\n")
        return
    with stop_on_signal() as stop:
        watch(engine, now, until=lambda seconds: look().is_over or stop.wait(seconds))
    say(line(look()))


@deliveries.command("resend")
def resend(context: typer.Context, edition: Edition = None, now: Now = None) -> None:
    """Send uncertain emails again, with the same Message-ID, unless their deadline has passed."""
    from dailypapers.domain.delivery import Doubt

    _decide(context, Doubt.RESEND, edition, now, "will be sent again")


@deliveries.command("carry")
def carry(context: typer.Context, edition: Edition = None, now: Now = None) -> None:
    """Put the papers of uncertain emails into the next digest."""
    from dailypapers.domain.delivery import Doubt

    _decide(context, Doubt.CARRY, edition, now, "gave their papers back for the next digest")


@deliveries.command("keep")
def keep(context: typer.Context, edition: Edition = None, now: Now = None) -> None:
    """Treat uncertain emails as received."""
    from dailypapers.domain.delivery import Doubt

    _decide(context, Doubt.KEEP, edition, now, "will count as received")


def _decide(context: typer.Context, doubt: "Doubt", day: str | None, now: str | None, done: str) -> None:
    from dailypapers.store import editions, holds
    from dailypapers.store.database import writing

    app, moment = context.obj.app(), clock(now)()
    with writing(app.engine) as tx:
        edition = editions.of_day(tx, _day(day)) if day else None
        if day and not edition:
            raise BadInput(f"There is no edition of {day}.")
        decided = holds.decide(tx, doubt, edition_id=edition.id if edition else None, now=moment)
        if decided:
            after = {"policy": doubt.value, "mails": decided, **({"edition": day} if day else {})}
            command_line(app).note(tx, "uncertain emails decided", after=after, now=moment)
    say(f"{counted(decided, 'uncertain email')} {done}.")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}” is not a day; write it like 2026-04-20.") from None


def deliver(
    context: typer.Context,
    now: Now = None,
    release: Annotated[
        bool, typer.Option("--release", help="Release emails on hold, once you have fixed the fault on our side.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say when the last email will leave, for each edition and time zone.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --plan: print JSON instead of a table.")] = False,
) -> None:
    """Send every queued email that is due."""
    if plan:
        _print_plan(context.obj.app(), clock(now)(), as_json=as_json)
        return
    from dailypapers.delivery.deliver import deliver_once
    from dailypapers.store import holds
    from dailypapers.store.database import writing

    app, tells = context.obj.app(), clock(now)
    dependencies = app.dependencies
    check_clock(dependencies.engine, now)
    if release:
        with writing(dependencies.engine) as tx:
            released = holds.release(tx, now=tells())
            if released:
                command_line(app).note(tx, "emails released", after={"mails": released}, now=tells())
        say(f"Released {counted(released, 'email')} on hold.")
    with stop_on_signal() as stop, watched(dependencies.engine, tells):
        done = deliver_once(dependencies.sending, clock=tells, stop=stop)
    raise typer.Exit(report_delivered(done))


def _print_plan(app: "App", now: dt.datetime, *, as_json: bool) -> None:
    from dataclasses import asdict

    from dailypapers.delivery.plan import plan
    from dailypapers.store.database import reading

    with reading(app.engine) as tx:
        planned = plan(tx, app.dependencies.make_sender_options().pace, now=now)
    records = [{**asdict(each), "is_late": each.is_late} for each in planned.leaving]
    rows("Plan", records, as_json=as_json, table=[_leaving(each) for each in planned.leaving])
    if not as_json:
        basis = "as measured" if planned.is_measured else "assumed, as no run has shown it yet"
        say(f"At most {planned.per_second:,.0f} emails a second ({basis}), and no more than your limits allow.")


def _leaving(leaving: "Leaving") -> dict[str, Any]:
    from zoneinfo import ZoneInfo

    from dailypapers.domain.zone import knows_zone

    local = leaving.last_at.astimezone(ZoneInfo(leaving.zone)) if knows_zone(leaving.zone) else leaving.last_at
    return {
        "edition": leaving.edition or ("" if leaving.is_composed else "planned"),
        "zone": leaving.zone,
        "emails": leaving.mails,
        "from": f"{leaving.first_at:%m-%d %H:%M}",
        "last (UTC)": f"{leaving.last_at:%m-%d %H:%M}",
        "there": f"{local:%m-%d %H:%M}",
        "late": "past the deadline" if leaving.is_late else "",
    }


def report_delivered(done: "Delivered") -> int:
    """Say what a run of deliveries did; returns the exit code."""
    from dailypapers.domain.delivery import DeliveryState
    from dailypapers.domain.fault import Fault

    if done.elsewhere:
        say(f"Another process is sending {counted(done.elsewhere, 'email')}.")
    elif not done.states and not done.stopped:
        say("No email was due.")
    for state, count in sorted(done.states.items()):
        say(f"{count:,} {state}.")
    if done.stopped:
        say(f"Stopped: {done.stopped.why.rstrip('.')}.")
        if done.stopped.fault is Fault.CONNECTION:
            return UNREACHABLE
    return OK if not done.stopped and set(done.states) <= {DeliveryState.ACCEPTED} else ATTENTION


def ledger(
    context: typer.Context,
    editions: Annotated[int, typer.Option(min=1, help="How many editions to show, newest first.")] = 14,
    who: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="List the people behind a number instead: accepted, failed, … or open."),
    ] = None,
    edition: Edition = None,
    as_json: Json = False,
) -> None:
    """Show what became of every digest that was due, edition by edition, and where delivery stopped."""
    engine = context.obj.app().engine
    if who:
        _print_people(engine, who, _day(edition) if edition else None, as_json=as_json)
        raise typer.Exit(OK)
    day = _day(edition) if edition else None
    balanced = print_ledger(engine, limit=editions, day=day, as_json=as_json)
    raise typer.Exit(OK if balanced else ATTENTION)


def _print_people(engine: "sa.Engine", state: str, day: dt.date | None, *, as_json: bool) -> None:
    from dataclasses import asdict

    from dailypapers.store.database import reading
    from dailypapers.store.ledger import recipients

    with reading(engine) as tx:
        people = recipients(tx, _states(state), day=day, limit=_MOST_PEOPLE)
    rows(f"Emails that are {state}", [asdict(each) for each in people], as_json=as_json, wrap=("said", "at"))


def _states(name: str) -> "Sequence[DeliveryState]":
    """Return the states behind a number of the ledger: what came after acceptance counts as accepted."""
    from dailypapers.domain.delivery import FINAL, DeliveryState

    after_acceptance = {DeliveryState.BOUNCED, DeliveryState.COMPLAINED}
    if name == "open":
        return [state for state in DeliveryState if state not in FINAL]
    if name not in set(DeliveryState):
        names = ", ".join(sorted(DeliveryState))
        raise BadInput(f"“{name}” is not a state of an email. There are: open, {names}.")
    state = DeliveryState(name)
    return [state, *after_acceptance] if state is DeliveryState.ACCEPTED else [state]


def print_ledger(
    engine: "sa.Engine", *, as_json: bool, limit: int = 14, edition: int | None = None, day: dt.date | None = None
) -> bool:
    """Print the ledgers of some editions, or of one; returns whether all of them balance."""
    from dailypapers.domain.edition import doubts
    from dailypapers.store import editions, workers
    from dailypapers.store.database import reading
    from dailypapers.store.ledger import ledgers

    with reading(engine) as tx:
        newest = ledgers(tx, limit=limit)
        chosen = [ledger for ledger in newest if edition in {None, ledger.edition} and day in {None, ledger.day}]
        stops = workers.early_ends(tx, since=min(ledger.day for ledger in chosen)) if chosen else []
        sources = {id_: each.sources for id_, each in editions.by_id(tx, [ledger.edition for ledger in chosen]).items()}
    records = [
        _record(ledger, [stop for stop in stops if stop.day == ledger.day], sources.get(ledger.edition, ()))
        for ledger in chosen
    ]
    if not (newest or as_json):
        say("No edition has been closed yet.")
        return True
    rows("Ledger", records, as_json=as_json, table=_counts(records))
    if not as_json:
        for ledger in chosen:
            say(_sentence(ledger))
            if missing := doubts(sources.get(ledger.edition, ())):
                say(f"{ledger.day}: {missing}")
        for stop in stops:
            say(_stop(stop))
    return all(ledger.balanced for ledger in chosen)


def _sentence(ledger: "Ledger") -> str:
    notes = [
        f" (not balanced: {ledger.residue:,} are in no state)" if ledger.residue else "",
        f" ({ledger.resent:,} may have been received twice)" if ledger.resent else "",
        f" ({ledger.undecided:,} wait for you: dailypapers deliveries --help)" if ledger.undecided else "",
    ]
    return f"{ledger.day}: {ledger.reconciliation()}{''.join(notes)}"


def _stop(stop: "EarlyEnd") -> str:
    times = f"{stop.times} times, {stop.first:%H:%M} to {stop.last:%H:%M}" if stop.times > 1 else f"{stop.first:%H:%M}"
    return f"{stop.day}: delivery stopped early ({times} UTC): {stop.why}"


def _record(ledger: "Ledger", stops: "Sequence[EarlyEnd]", sources: "Sequence[SourceStatus]") -> dict[str, Any]:
    from dailypapers.domain.delivery import RECONCILED

    return {
        "day": ledger.day,
        "due": ledger.due,
        **{state.value: ledger.count(state) for state in RECONCILED},
        "open": ledger.open,
        "balanced": ledger.balanced,
        "residue": ledger.residue,
        "resent": ledger.resent,
        "undecided": ledger.undecided,
        "equation": ledger.reconciliation(),
        "stopped": [_stop(stop) for stop in stops],
        "sources": [asdict(source) for source in sources],
    }


_IN_WORDS = frozenset({"balanced", "residue", "resent", "undecided", "equation", "stopped", "sources"})


def _counts(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the table's columns: without those that are 0 in every row, and what is said in words below it."""
    always = {"day", "due", "accepted", "open"}
    not_zero = [name for name in (records[0] if records else ()) if any(record[name] for record in records)]
    columns = [name for name in not_zero if name not in _IN_WORDS]
    return [{name: record[name] for name in records[0] if name in always or name in columns} for record in records]
