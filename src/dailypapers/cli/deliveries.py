"""Commands about deliveries: deliver, ledger."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, UNREACHABLE, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.stopping import stop_on_signal

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.delivery.tally import Delivered
    from dailypapers.domain.delivery import Ledger


def deliver(
    context: typer.Context,
    now: Now = None,
    release: Annotated[
        bool, typer.Option("--release", help="Release emails on hold, once you have fixed the fault on our side.")
    ] = False,
) -> None:
    """Send every queued email that is due."""
    from dailypapers.delivery.deliver import deliver_once
    from dailypapers.store import outbox
    from dailypapers.store.database import writing

    dependencies, tells = context.obj.app().dependencies, clock(now)
    if release:
        with writing(dependencies.engine) as tx:
            say(f"{outbox.release(tx, now=tells())} emails on hold were released.")
    with progress("delivering") as step, stop_on_signal() as stop:
        done = deliver_once(dependencies.sending, clock=tells, on_progress=step, stop=stop)
    raise typer.Exit(report_delivered(done))


def report_delivered(done: "Delivered") -> int:
    """Say what a run of deliveries did; returns the exit code."""
    from dailypapers.domain.delivery import DeliveryState
    from dailypapers.domain.fault import Fault

    if not done.states and not done.stopped:
        say("No email was due.")
    for state, count in sorted(done.states.items()):
        say(f"{count} {state}.")
    if done.stopped:
        say(f"Stopped: {done.stopped.why}.")
        if done.stopped.fault is Fault.CONNECTION:
            return UNREACHABLE
    return OK if not done.stopped and set(done.states) <= {DeliveryState.ACCEPTED} else ATTENTION


def ledger(
    context: typer.Context,
    editions: Annotated[int, typer.Option(min=1, help="How many editions to show, newest first.")] = 14,
    as_json: Json = False,
) -> None:
    """Show what became of every digest that was due, edition by edition."""
    balanced = print_ledger(context.obj.app().engine, limit=editions, as_json=as_json)
    raise typer.Exit(OK if balanced else ATTENTION)


def print_ledger(engine: "sa.Engine", *, as_json: bool, limit: int = 14, edition: int | None = None) -> bool:
    """Print the ledgers of some editions, or of one; returns whether all of them balance."""
    from dailypapers.store.database import reading
    from dailypapers.store.ledger import ledgers

    with reading(engine) as tx:
        newest = ledgers(tx, limit=limit)
    chosen = [ledger for ledger in newest if edition in {None, ledger.edition}]
    records = [_record(ledger) for ledger in chosen]
    rows("Ledger", records, as_json=as_json, table=_counts(records))
    if not as_json:
        for ledger in chosen:
            say(f"{ledger.day}: {ledger.reconciliation()}" + ("" if ledger.balanced else " (not balanced)"))
    return all(ledger.balanced for ledger in chosen)


def _record(ledger: "Ledger") -> dict[str, Any]:
    from dailypapers.domain.delivery import RECONCILED

    return {
        "day": ledger.day,
        "due": ledger.due,
        **{state.value: ledger.count(state) for state in RECONCILED},
        "open": ledger.open,
        "balanced": ledger.balanced,
        "equation": ledger.reconciliation(),
    }


def _counts(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the table's columns: without those that are 0 in every row, and what is said in words below it."""
    always = {"day", "due", "accepted", "open"}
    shown = [name for name in (records[0] if records else ()) if any(record[name] for record in records)]
    columns = [name for name in shown if name not in {"balanced", "equation"}]
    return [{name: record[name] for name in records[0] if name in always or name in columns} for record in records]
