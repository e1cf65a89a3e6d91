"""Import: subscribers from a file, JSON Lines or CSV, read leniently line by line and taken in.

Exports of other newsletter programs are recognised by their columns (`elsewhere`), also as one JSON list. Whoever has
left there, or could not be reached, is not mailed from here, and nobody is asked to confirm again.

    file | lines, each with what it states | what is known, changed by that | kept

The fields are the same in both: address, topics, phrases, categories, authors, institutions, papers, avoid, exclude,
other_interests, zone, hour, days, max_papers, about, least, relevance, explore, on_empty, text_only, abstracts,
language, figures, paused. Only `address` is needed, and what a line does not state stays as it is. In CSV several
entries of one field are separated by semicolons, and the address may stand under any name people give it.
"""

import csv
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from dailypapers.domain.category import nearest_category, unknown_category
from dailypapers.domain.i18n import LANGUAGE_TAG
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import PaperId
from dailypapers.domain.preferences import FIELDS, MAX_PAPERS, PreferenceChanges, Preferences
from dailypapers.domain.signup import Admission
from dailypapers.domain.source import Skipped
from dailypapers.domain.subscriber import Abstracts, Consent, OnEmpty, SubscriberState, parse_days
from dailypapers.domain.text import one_line
from dailypapers.domain.zone import knows_zone
from dailypapers.errors import BadInput
from dailypapers.store import subscribers, suppressions
from dailypapers.store.database import groups, writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.elsewhere import Standing, our_fields, program_of, standing_of

_Choice = TypeVar("_Choice", bound=StrEnum)

#: Interests of a kind and stance that has no field of its own: objects with kind, stance and text, in JSON only.
OTHER_INTERESTS = "other_interests"
_OTHERS = (
    "address", "zone", "hour", "days", "max_papers", "about", "least", "relevance", "explore", "on_empty", "text_only",
    "abstracts", "language", "figures", "paused", OTHER_INTERESTS,
)  # fmt: skip
#: What spreadsheets and other newsletters call the column of addresses, in lower case and with underscores.
_ADDRESS_COLUMNS = {"address", "email", "e_mail", "email_address", "e_mail_address", "mail"}
#: Maximum lines of one cell: people break lines within cells, and a quote nobody closed must not swallow the file.
_MAX_CELL_LINES = 20
#: Lines of one transaction: others wait no longer than a moment.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One subscriber of a file, and the line they stand on."""

    number: int
    address: str
    changes: PreferenceChanges
    #: Whether they are paused, and until when; `None` where nothing is said, or that they are not.
    paused: dt.date | bool | None = None
    #: How they stood with the newsletter they come from.
    standing: Standing = Standing.READING
    #: The newsletter program whose export it is; empty where it is none.
    program: str = ""

    @property
    def paused_until(self) -> dt.date | None:
        """The first day they want mail again; `None` for until they say so."""
        return self.paused if isinstance(self.paused, dt.date) else None


def read(path: Path) -> tuple[list[Line], list[Skipped]]:
    """Return every line that can be read, and the others with their number and why.

    Raises `BadInput` where the file itself cannot be read.
    """
    lines: list[Line] = []
    skipped: list[Skipped] = []
    for number, fields in _records(path):
        try:
            lines.append(_line(number, fields))
        except (BadInput, ValueError) as error:
            skipped.append(Skipped(f"{path.name} line {number}", str(error)))
    return lines, skipped


def take_in(tx: sa.Connection, line: Line, *, defaults: Preferences, consent: Consent, now: dt.datetime) -> Admission:
    """Make somebody a subscriber, or change what a line states of one who is; returns what became of it.

    Whoever could not be reached elsewhere, or complained there, is suppressed, unless they are a subscriber here. A
    pause is taken over, and never ended: that is up to its owner.
    """
    subscriber = subscribers.by_address(tx, line.address)
    if line.standing is not Standing.READING:
        return _leave_out(tx, line, is_known=subscriber is not None, now=now)
    stored = lifecycle.preferences_of(tx, subscriber) if subscriber else defaults
    outcome = sign_up.admit(tx, line.address, line.changes.applied_to(stored), consent=consent, now=now)
    if line.paused and not outcome.is_refused:
        _pause(tx, line, now)
    return outcome


def take_all(
    engine: sa.Engine,
    lines: Sequence[Line],
    *,
    defaults: Preferences,
    consent: Consent,
    now: dt.datetime,
    dry_run: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> list[Admission]:
    """Take lines in, a few hundred in a transaction; returns what became of each. A dry run changes nothing."""
    outcomes: list[Admission] = []
    for group in groups(lines, size=max(len(lines), 1) if dry_run else _BATCH):
        with writing(engine) as tx, tx.begin_nested() as all_of_them:
            outcomes += [take_in(tx, line, defaults=defaults, consent=consent, now=now) for line in group]
            if dry_run:
                all_of_them.rollback()
        on_progress(len(group))
    return outcomes


def _leave_out(tx: sa.Connection, line: Line, *, is_known: bool, now: dt.datetime) -> Admission:
    """Suppress an address that is dead or whose owner complained; whoever left may come back by themselves."""
    outcome = _LEFT_OUT[line.standing]
    if line.standing in _SUPPRESSED and not is_known:
        suppressions.suppress(tx, line.address, reason=line.standing.value, detail="import", now=now)
    return outcome


_LEFT_OUT = {
    Standing.UNSUBSCRIBED: Admission.LEFT_THERE,
    Standing.UNCONFIRMED: Admission.UNCONFIRMED_THERE,
    Standing.BOUNCED: Admission.BOUNCED_THERE,
    Standing.COMPLAINED: Admission.COMPLAINED_THERE,
}
_SUPPRESSED = (Standing.BOUNCED, Standing.COMPLAINED)


def _pause(tx: sa.Connection, line: Line, now: dt.datetime) -> None:
    reader = subscribers.by_address(tx, line.address)
    if reader and (reader.state, reader.paused_until) != (SubscriberState.PAUSED, line.paused_until):
        lifecycle.pause(tx, reader.id, until=line.paused_until, now=now)


def _records(path: Path) -> Iterator[tuple[int, object]]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text: byte {error.start} cannot be read. Save it as UTF-8.") from None
    yield from _csv(text, path) if path.suffix.lower() == ".csv" else _json(text)


def _csv(text: str, path: Path) -> Iterator[tuple[int, object]]:
    lines = [line for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)?", text) if line]
    columns = _columns(next(csv.reader(lines[:1]), []), path.name)
    at = 1
    while at < len(lines):
        end = _end_of_record(lines, at, columns)
        if end is None:
            yield at + 1, BadInput('has a quote (") that is not closed')
            at += 1
            continue
        if any(line.strip() for line in lines[at:end]):
            yield at + 1, _cells(lines[at:end], columns)
        at = end


def _columns(names: Sequence[str], file: str) -> list[str]:
    """Return a table's columns by our fields' names. Raises `BadInput` where one is there twice, or no address."""
    plain = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in names]
    columns = ["address" if name in _ADDRESS_COLUMNS else name for name in plain]
    for number, column in enumerate(columns):
        if column and column in columns[:number]:
            first = names[columns.index(column)].strip()
            both = f"“{first}” and “{names[number].strip()}” both hold it"
            raise BadInput(f"{file} has two columns for {column}: {both}. Remove or rename one.")
    if "address" not in columns:
        raise BadInput(f"{file} has no column “address” (or “email”) in its first line.")
    return columns


def _end_of_record(lines: Sequence[str], start: int, columns: Sequence[str]) -> int | None:
    """Return where the next record begins; `None` where a quote of this one is never closed.

    A line that is a record by itself is no part of a cell that has not ended.
    """
    for end in range(start + 1, min(start + _MAX_CELL_LINES, len(lines)) + 1):
        if not _is_open(lines[start:end]):
            return end
        if end < len(lines) and _is_record(lines[end], columns):
            return None
    return None


def _is_open(lines: Sequence[str]) -> bool:
    """Return whether these lines end within quotes: then a further line is a part of their last cell."""
    further = "a line of its own"
    try:
        return [row for row in csv.reader([*lines, further]) if row][-1] != [further]
    except csv.Error:
        return True


def _is_record(line: str, columns: Sequence[str]) -> bool:
    cells = [] if _is_open([line]) else next(csv.reader([line]), [])
    return len(cells) == len(columns) and "@" in cells[columns.index("address")]


def _cells(lines: Sequence[str], columns: Sequence[str]) -> object:
    cells = next(csv.reader(lines), [])
    if len(cells) > len(columns):
        return BadInput(f"has {len(cells)} cells, but there are {len(columns)} columns")
    filled = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}
    # By its columns, also the empty ones, it is known whose table this is.
    return filled if program_of(columns) is None else dict(zip(columns, cells, strict=False))


def _json(text: str) -> Iterator[tuple[int, object]]:
    """Read a list of objects, by itself or within an object as programs answer; or else an object a line."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return _json_lines(text)
    listed = _listed(whole)
    return _json_lines(text) if listed is None else iter(enumerate(map(_named, listed), 1))


def _listed(whole: object) -> list[object] | None:
    """Return the list that is wrapped in at most two objects; `None` where there is none."""
    for _ in range(3):
        if isinstance(whole, list):
            return whole
        if not isinstance(whole, Mapping):
            return None
        whole = next((whole[name] for name in ("members", "subscribers", "results", "data") if name in whole), None)
    return None


def _named(record: object) -> object:
    """Return an object with its address under our own name for it."""
    if not isinstance(record, Mapping):
        return record
    return {"address" if str(name).lower() in _ADDRESS_COLUMNS else str(name): value for name, value in record.items()}


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except json.JSONDecodeError as error:
            yield number, BadInput(f"is not valid JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield number, BadInput("is nested too deeply")


def _line(number: int, fields: object) -> Line:
    if isinstance(fields, BadInput):
        raise fields
    if not isinstance(fields, Mapping):
        raise BadInput("is not an object with fields such as address and topics")
    if program := program_of(fields):
        there = Line(number, normal_address(str(fields.get("address") or "")), changes(our_fields(fields)))
        return replace(there, standing=standing_of(program, fields), program=program.name)
    unknown = sorted(str(name) for name in fields if name not in FIELDS and name not in _OTHERS)
    if unknown:
        named = ", ".join(f"“{name}”" for name in unknown)
        raise BadInput(
            f"has an unknown field: {named}. Leave out whoever has unsubscribed, and then the fields we have no use "
            f"for; the known ones are {', '.join((*_OTHERS, *FIELDS))}"
        )
    address = fields.get("address")
    if not isinstance(address, str):
        raise BadInput("has no address")
    return Line(number, normal_address(address), changes(fields), _paused(fields.get("paused")))


def _paused(value: object) -> dt.date | bool | None:
    if value is None or isinstance(value, bool):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        return _yes("paused", value)


def changes(fields: Mapping[str, Any]) -> PreferenceChanges:
    """Read what fields state of somebody's preferences. Raises `BadInput` with a sentence naming the field."""
    return PreferenceChanges(_rhythm(fields), _amount(fields), _style(fields), _interests(fields))


def _rhythm(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "zone" in fields:
        values["zone"] = _zone(fields["zone"])
    if "hour" in fields:
        values["hour"] = _number(fields, "hour", 0, 23)
    if "days" in fields:
        try:
            values["days"] = parse_days(str(fields["days"]))
        except ValueError as error:
            raise BadInput(str(error)) from None
    return values


def _amount(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("max_papers", "least"):
        if name in fields:
            values[name] = _number(fields, name, 1, values.get("max_papers", MAX_PAPERS))
    if "about" in fields:
        values["about"] = None if fields["about"] is None else _number(fields, "about", 1, MAX_PAPERS)
    if "relevance" in fields:
        values["relevance"] = None if fields["relevance"] is None else _relevance(fields["relevance"])
    if "explore" in fields:
        values["explore"] = _yes("explore", fields["explore"])
    if "on_empty" in fields:
        values["on_empty"] = _one_of(OnEmpty, "on_empty", fields["on_empty"])
    return values


def _style(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "text_only" in fields:
        values["text_only"] = _yes("text_only", fields["text_only"])
    if "abstracts" in fields:
        values["abstracts"] = _one_of(Abstracts, "abstracts", fields["abstracts"])
    if "language" in fields:
        values["language"] = _language(fields["language"])
    if "figures" in fields:
        values["figures"] = _yes("figures", fields["figures"])
    return values


def _language(value: object) -> str:
    """Return a language tag, or nothing where that is stated: the service's own language."""
    tag = "" if value is None else str(value).strip()
    if tag and not LANGUAGE_TAG.fullmatch(tag):
        raise BadInput(f"language “{tag}” is not a language tag such as en or pt-BR")
    return tag


def _one_of(choices: type[_Choice], name: str, value: object) -> _Choice:
    try:
        return choices(str(value).strip().lower())
    except ValueError:
        raise BadInput(f"{name} “{value}” must be one of {', '.join(choices)}") from None


def _interests(fields: Mapping[str, Any]) -> dict[tuple[InterestKind, Stance], tuple[Interest, ...]]:
    interests_by_kind = {FIELDS[name]: tuple(interests({name: fields[name]})) for name in FIELDS if name in fields}
    for other in _other_interests(fields.get(OTHER_INTERESTS, ())):
        which = (other.kind, other.stance)
        interests_by_kind[which] = (*interests_by_kind.get(which, ()), other)
    return interests_by_kind


def _other_interests(value: object) -> Iterator[Interest]:
    if not isinstance(value, list | tuple):
        raise BadInput(f"{OTHER_INTERESTS} must be a list of objects with kind, stance and text")
    for entry in value:
        try:
            kind, stance, text = InterestKind(entry["kind"]), Stance(entry["stance"]), str(entry["text"])
        except (KeyError, TypeError, ValueError):
            raise BadInput(f"{OTHER_INTERESTS} must be a list of objects with kind, stance and text") from None
        yield interest(kind, text, stance)


def interest(kind: InterestKind, text: str, stance: Stance = Stance.WANT) -> Interest:
    """Return an interest; a paper is kept under the one form of its id.

    Raises `BadInput` where nothing is left of the text, or a category of arXiv does not exist, and `BadPaperId`.
    """
    text = one_line(text)
    if not text:
        raise BadInput(f"the {kind} is empty")
    return _known(Interest(kind, str(PaperId.parse(text)) if kind is InterestKind.PAPER else text, stance))


def _known(interest: Interest) -> Interest:
    """Return an interest. Raises `BadInput` where it names a category of arXiv that does not exist."""
    unknown = unknown_category(interest.text) if interest.kind is InterestKind.CATEGORY else ""
    if unknown:
        nearest = nearest_category(unknown)
        raise BadInput(f"there is no category {unknown}{f'; did you mean {nearest}?' if nearest else ''}")
    return interest


def _relevance(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise BadInput(f"relevance “{value}” must be a probability, at least 0 and below 1")
    return number


def _yes(name: str, value: object) -> bool:
    answers = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).strip().lower() not in answers:
        raise BadInput(f"{name} “{value}” must be yes or no")
    return answers[str(value).strip().lower()]


def interests(fields: Mapping[str, Any]) -> Iterator[Interest]:
    """Read the interests that fields state; a paper is kept under the one form of its id.

    Raises `BadInput` where a category of arXiv does not exist.
    """
    for name, (kind, stance) in FIELDS.items():
        for text in _texts(name, fields.get(name, ())):
            yield interest(kind, text, stance)


def _texts(name: str, value: object) -> Iterator[str]:
    entries: object = value.split(";") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple):
        raise BadInput(f"{name} must be a list of strings")
    for entry in entries:
        if not isinstance(entry, str):
            raise BadInput(f"{name} must be a list of strings, and “{entry}” is not one")
        if text := one_line(entry):
            yield text


def _zone(name: object) -> str:
    if not knows_zone(str(name)):
        raise BadInput(f"zone “{name}” is not a time zone; use a name such as Europe/Berlin")
    return str(name)


def _number(fields: Mapping[str, Any], name: str, least: int, most: int) -> int:
    try:
        number = int(fields[name])
    except (TypeError, ValueError, OverflowError):
        number = least - 1
    if not least <= number <= most:
        raise BadInput(f"{name} “{fields[name]}” must be a number from {least} to {most}")
    return number
