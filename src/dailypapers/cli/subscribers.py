"""Commands about subscribers: add, list, show, import, export, lift, remove."""

import datetime as dt
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, counted, progress, rows, say, write_private
from dailypapers.cli.shared import Json, Now, clock, command_line
from dailypapers.domain.text import one_line
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.app import App
    from dailypapers.domain.interest import Interest
    from dailypapers.domain.preferences import PreferenceChanges
    from dailypapers.domain.signup import Admission
    from dailypapers.domain.source import Skipped
    from dailypapers.domain.subscriber import Subscriber
    from dailypapers.subscriptions.import_ import Line

subscribers = typer.Typer(no_args_is_help=True, help="Add, list, show, import, export and remove subscribers.")


@subscribers.command("add")
def add_one(
    context: typer.Context,
    address: str,
    topic: Annotated[list[str] | None, typer.Option(help="A topic in the reader's own words.")] = None,
    phrase: Annotated[list[str] | None, typer.Option(help="Words that must appear next to each other.")] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="An arXiv category such as cs.LG; cs is all of computer science.")
    ] = None,
    author: Annotated[list[str] | None, typer.Option(help="An author to follow.")] = None,
    institution: Annotated[list[str] | None, typer.Option(help="A university, company or lab to follow.")] = None,
    paper: Annotated[list[str] | None, typer.Option(help="A paper to show more like, by arXiv id or DOI.")] = None,
    bib: Annotated[Path | None, typer.Option(help="A file of example papers: BibTeX, RIS, or a list of ids.")] = None,
    alerts: Annotated[
        Path | None,
        typer.Option(help="A saved arXiv subscription (“subscribe cs.LG”), or Google Scholar alerts, one a line."),
    ] = None,
    avoid: Annotated[list[str] | None, typer.Option(help="Show less of this.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Never show papers with these words.")] = None,
    zone: Annotated[str | None, typer.Option(help="A time zone such as Europe/Berlin.")] = None,
    hour: Annotated[
        int | None, typer.Option(min=0, max=23, help="The hour at which the digest is sent, in their time zone.")
    ] = None,
    days: Annotated[str | None, typer.Option(help="daily, weekdays, weekly, or days such as mon,thu.")] = None,
    max_papers: Annotated[int | None, typer.Option(min=1, max=50, help="Maximum papers per digest.")] = None,
    on_empty: Annotated[
        str | None, typer.Option(help="On days with nothing relevant: silent (no email) or trending.")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Send a confirmation email; without it, you confirm they have agreed.")
    ] = False,
    now: Now = None,
) -> None:
    """Add a subscriber, or change the preferences you give; without any interest, they get trending papers.

    Options that name an interest can be given several times.
    """
    app, moment = context.obj.app(), clock(now)()
    examples = [*(paper or ()), *(_examples(app.engine, bib) if bib else ())]
    fields = {
        "topics": topic, "phrases": phrase, "categories": category, "authors": author, "institutions": institution,
        "papers": examples or None, "avoid": avoid, "exclude": exclude, "zone": zone, "hour": hour, "days": days,
        "max_papers": max_papers, "on_empty": on_empty,
    }  # fmt: skip
    if alerts:
        _add_alerts(fields, alerts)
    changes = changes_in({name: value for name, value in fields.items() if value is not None})
    _warn(changes)
    say((_ask if confirm else add_reader)(app, address, changes, now=moment))


def _warn(changes: "PreferenceChanges") -> None:
    """Say what of the interests is kept otherwise than it was given, or will find little."""
    from dailypapers.digests.stated import warnings
    from dailypapers.domain.preferences import FIELDS

    for interest in (interest for interests in changes.interests.values() for interest in interests):
        if interest.kept() != interest:
            say(f"The {interest.kind} “{interest.text[:60]} …” is too long; it was shortened.")
    for sentence in warnings(changes.interests.get(FIELDS["authors"], ())):
        say(sentence)


def _ask(app: "App", address: str, changes: "PreferenceChanges", *, now: dt.datetime) -> str:
    """Send a confirmation email; return what was done."""
    from dailypapers.domain.subscriber import Consent
    from dailypapers.store.database import writing
    from dailypapers.subscriptions import sign_up
    from dailypapers.subscriptions.address import normal_address

    address, preferences = normal_address(address), changes.applied_to(app.defaults)
    with writing(app.engine) as tx:
        sign_up.subscribe(tx, address, preferences, consent=Consent("operator, unconfirmed"), now=now)
        command_line(app).note(tx, "subscription requested", address=address, now=now)
    return f"A confirmation email to {address} is queued."


def add_reader(app: "App", address: str, changes: "PreferenceChanges", *, now: dt.datetime) -> str:
    """Add a subscriber who has agreed, or change their preferences; return what was done.

    Raises `BadInput` for an address that gets no mail.
    """
    from dailypapers.domain.signup import Admission
    from dailypapers.domain.subscriber import Consent
    from dailypapers.store.database import writing
    from dailypapers.subscriptions.address import normal_address
    from dailypapers.subscriptions.import_ import Line, take_in

    line = Line(0, normal_address(address), changes)
    with writing(app.engine) as tx:
        outcome = take_in(tx, line, defaults=app.defaults, consent=Consent("operator"), now=now)
        if not outcome.is_refused:
            did = "subscriber added" if outcome is Admission.ADDED else "subscriber changed"
            command_line(app).note(tx, did, address=line.address, now=now)
    if outcome.is_refused:
        raise BadInput(f"{line.address} {outcome}.")
    if outcome is Admission.ADDED:
        return f"Added {line.address}."
    return f"{line.address} is already subscribed; the preferences you gave were changed, the others kept."


def _add_alerts(fields: dict[str, Any], file: Path) -> None:
    """Add what a file of alerts asks for to what was stated; each is said."""
    from dailypapers.domain.preferences import FIELDS
    from dailypapers.subscriptions.alerts import interests_of

    try:
        interests = interests_of(file.read_text("utf-8", errors="replace"))
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from None
    if not interests:
        raise BadInput(f"{file} has neither an arXiv subscription nor an alert's query.")
    names = {key: name for name, key in FIELDS.items()}
    for interest in interests:
        name = names[interest.kind, interest.stance]
        fields[name] = [*(fields[name] or ()), interest.text]
        say(f"{file.name}: {interest.kind} “{interest.text}”{' (less of it)' if name == 'avoid' else ''}.")


def _examples(engine: "sa.Engine", file: Path) -> list[str]:
    """Read the papers a file names; what cannot be read is said."""
    from dailypapers.library.resolve import resolve
    from dailypapers.references.read import read
    from dailypapers.store.database import reading

    try:
        references = read(file.read_bytes())
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from None
    with reading(engine) as tx:
        references = resolve(tx, references)
    for skipped in references.skipped:
        say(f"{file.name} {skipped.where}: {skipped.why}")
    if references.left:
        say(f"{file.name}: {references.left} more papers were ignored; a file can name only so many.")
    return [str(one.ids[0]) for one in references.papers]


def changes_in(fields: dict[str, Any]) -> "PreferenceChanges":
    """Return what fields named as in an import state. Raises `BadInput` for what cannot be."""
    from dailypapers.subscriptions.import_ import changes

    try:
        return changes(fields)
    except ValueError as error:
        raise BadInput(str(error)) from None


@subscribers.command("list")
def list_all(context: typer.Context, as_json: Json = False) -> None:
    """List all subscribers."""
    from dailypapers.store import subscribers as stored
    from dailypapers.store.database import reading

    with reading(context.obj.app().engine) as tx:
        readers = list(stored.every(tx))
        interests_by_reader = stored.interests_of(tx, [reader.id for reader in readers])
    records = [_summary(reader, interests_by_reader[reader.id]) for reader in readers]
    rows(
        "Subscribers", records, as_json=as_json, table=[_shortened(each) for each in records], wrap=("address", "zone")
    )


def _summary(reader: "Subscriber", interests: "tuple[Interest, ...]") -> dict[str, Any]:
    return {
        "address": reader.address,
        "state": reader.state.value,
        "interests": len(interests),
        "next digest": _next_digest(reader),
        "zone": reader.rhythm.zone,
    }


def _next_digest(reader: "Subscriber") -> str | None:
    """Return when a reader's next digest is due; `None` for whoever gets none."""
    from dailypapers.domain.subscriber import READING

    if reader.state not in READING:
        return None
    return reader.next_digest_at.isoformat(timespec="minutes") if reader.next_digest_at else "next run"


def _shortened(record: Mapping[str, Any]) -> dict[str, Any]:
    """Write the next digest's time in UTC without its offset, which stands in the heading."""
    row = {**record, "next digest (UTC)": (record["next digest"] or "–").replace("T", " ").removesuffix("+00:00")}
    return {name: row[name] for name in ("address", "state", "interests", "next digest (UTC)", "zone")}


@subscribers.command()
def show(context: typer.Context, address: str, now: Now = None) -> None:
    """Print all data stored about a subscriber, as JSON."""
    from dailypapers.store.database import reading
    from dailypapers.subscriptions.export import export

    with reading(context.obj.app().engine) as tx:
        exported = export(tx, require_subscriber(tx, address).id, now=clock(now)())
    sys.stdout.write(json.dumps(exported, ensure_ascii=False, indent=2) + "\n")


def require_subscriber(tx: "sa.Connection", address: str) -> "Subscriber":
    """Return the subscriber of an address. Raises `BadInput` where there is none."""
    from dailypapers.store import subscribers as stored
    from dailypapers.subscriptions.address import normal_address

    reader = stored.by_address(tx, normal_address(address))
    if reader is None:
        raise BadInput(f"{address} is not a subscriber; `dailypapers subscribers list` shows who is.")
    return reader


@subscribers.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A table (.csv, .tsv), addresses (.txt), JSON Lines, or a JSON list.")],
    consent: Annotated[
        str, typer.Option(help="How these people agreed to get email, such as “Mailchimp, double opt-in, 2024”.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")] = False,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Add subscribers from a CSV or JSON Lines file. Lines with errors are reported; the others are imported.

    A file whose name ends in .csv, .tsv or .txt is a table with commas, semicolons or tabs between its cells and a
    line of column names, or one address a line. Its columns are email (or address, e-mail, Email Address), and any of
    topics, phrases, categories, authors, institutions, papers, avoid, exclude (several separated by semicolons), zone,
    hour, days, max_papers, about, least, relevance, explore, on_empty, text_only, abstracts, language, figures,
    paused. Any other file holds a JSON object with the same fields on each line, as export writes it. What is not
    stated stays as it is.

    Exports of Mailchimp, listmonk, Substack, Ghost and Buttondown are recognised. Whoever has left there or had not
    confirmed is left out; whoever could not be reached there, or complained, is suppressed. Nobody is asked to
    confirm: you state with --consent how they agreed.
    """
    from dailypapers.domain.subscriber import Consent
    from dailypapers.subscriptions.import_ import read, take_all

    if not consent.strip():
        raise BadInput('Say how these people agreed to get email: --consent "Mailchimp, double opt-in, 2024".')
    app, moment = context.obj.app(), clock(now)()
    lines, skipped = read(file)
    if lines and lines[0].program:
        say(f"{file.name} was exported by {lines[0].program}.")
    with progress("importing", len(lines)) as step:
        outcomes = take_all(
            app.engine, lines, dry_run=dry_run, on_progress=step,
            defaults=app.defaults, consent=Consent(f"import: {one_line(consent)}"), now=moment,
        )  # fmt: skip
    became = list(zip(lines, outcomes, strict=True))
    if as_json:
        rows("Import", _imported_records(became, skipped), as_json=True)
    else:
        _say_skipped(skipped)
        for line, outcome in became:
            if outcome.is_refused or outcome.is_left_out:
                say(f"{file.name} line {line.number}: {line.address} {outcome}.")
    if not dry_run:
        _note_import(app, file.name, consent, outcomes, now=moment)
    refused = len(skipped) + sum(outcome.is_refused for outcome in outcomes)
    _say_imported(outcomes, refused, dry_run=dry_run)
    raise typer.Exit(ATTENTION if refused else OK)


def _say_skipped(skipped: "Sequence[Skipped]") -> None:
    """Say why lines could not be read; what is wrong with a thousand of them is said once."""
    places_by_reason: dict[str, list[str]] = defaultdict(list)
    for item in skipped:
        places_by_reason[item.why].append(item.where)
    for why, places in places_by_reason.items():
        others = f" and {counted(len(places) - 1, 'more line')}" if len(places) > 1 else ""
        say(f"{places[0]}{others}: {why}")


def _note_import(app: "App", file: str, consent: str, outcomes: "Sequence[Admission]", *, now: dt.datetime) -> None:
    from dailypapers.store.database import writing

    became = {outcome.name.lower(): count for outcome, count in Counter(outcomes).items()}
    with writing(app.engine) as tx:
        after = {"file": file, "consent": one_line(consent), **became}
        command_line(app).note(tx, "subscribers imported", after=after, now=now)


def _imported_records(
    became: "Sequence[tuple[Line, Admission]]", skipped: "Sequence[Skipped]"
) -> list[dict[str, object]]:
    done: list[dict[str, object]] = [
        {"line": line.number, "address": line.address, "outcome": to.name.lower()} for line, to in became
    ]
    unread: list[dict[str, object]] = [{"line": each.where, "address": None, "outcome": each.why} for each in skipped]
    return done + unread


def _say_imported(outcomes: "Sequence[Admission]", refused: int, *, dry_run: bool) -> None:
    from dailypapers.domain.signup import Admission

    added, changed = outcomes.count(Admission.ADDED), outcomes.count(Admission.CHANGED)
    left_out = sum(outcome.is_left_out for outcome in outcomes)
    say(
        f"{'Nothing was changed. It would have added' if dry_run else 'Added'} {counted(added, 'subscriber')}; "
        f"already subscribed: {changed:,}; refused: {refused:,}{f'; left out: {left_out:,}' if left_out else ''}."
    )


@subscribers.command("export")
def export_file(context: typer.Context, file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Write all active and paused subscribers as JSON Lines, which import reads."""
    from dailypapers.domain.subscriber import READING
    from dailypapers.store import subscribers as stored
    from dailypapers.store.database import reading
    from dailypapers.subscriptions.export import record

    with reading(context.obj.app().engine) as tx:
        readers = [reader for reader in stored.every(tx) if reader.state in READING]
        interests_by_reader = stored.interests_of(tx, [reader.id for reader in readers])
    records = (record(reader, interests_by_reader[reader.id]) for reader in readers)
    lines = [json.dumps(each, ensure_ascii=False) + "\n" for each in records]
    if file:
        write_private(file, "".join(lines))
        say(f"Wrote {counted(len(lines), 'subscriber')} to {file}.")
    else:
        sys.stdout.writelines(lines)


@subscribers.command()
def lift(context: typer.Context, address: str, now: Now = None) -> None:
    """Lift the suppression of an address, once its owner has fixed it."""
    from dailypapers.domain.subscriber import SUBSCRIBED
    from dailypapers.store import subscribers as stored
    from dailypapers.store.database import writing
    from dailypapers.subscriptions import lifecycle
    from dailypapers.subscriptions.address import normal_address

    app, moment, lifted = context.obj.app(), clock(now)(), normal_address(address)
    with writing(app.engine) as tx:
        was_suppressed = lifecycle.lift(tx, lifted, now=moment)
        if was_suppressed:
            command_line(app).note(tx, "suppression lifted", address=lifted, now=moment)
        reader = stored.by_address(tx, lifted)
    say(f"{lifted} is no longer suppressed." if was_suppressed else f"{lifted} was not suppressed.")
    if was_suppressed and reader and reader.state not in SUBSCRIBED:
        say("They get no digests until they subscribe again.")


@subscribers.command()
def remove(
    context: typer.Context,
    address: str,
    erase: Annotated[bool, typer.Option("--erase", help="Delete all their data, deliveries included.")] = False,
    now: Now = None,
) -> None:
    """Unsubscribe a reader; nothing more is sent to them."""
    from dailypapers.store.database import writing
    from dailypapers.subscriptions import lifecycle
    from dailypapers.subscriptions.erase import erase as erase_all

    app, moment = context.obj.app(), clock(now)()
    with writing(app.engine) as tx:
        reader = require_subscriber(tx, address)
        if erase:
            erase_all(tx, reader.id)
            command_line(app).note_erasure(tx, reader.address, now=moment)
        elif lifecycle.unsubscribe(tx, reader.id, now=moment):
            command_line(app).note(tx, "subscriber unsubscribed", address=reader.address, now=moment)
    say(f"{reader.address} is {'erased' if erase else 'unsubscribed'}.")
