"""Import: subscribers from a file, JSON or a table, read leniently line by line and taken in.

Exports of other newsletter programs are recognised by their columns (`elsewhere`), also as one JSON list. Whoever has
left there, or could not be reached, is not mailed from here, and nobody is asked to confirm again.

    file | lines, each with what it states | what is known, changed by that | kept

The fields are the same in both: address, topics, phrases, categories, authors, institutions, papers, avoid, exclude,
other_interests, zone, hour, days, max_papers, about, least, relevance, explore, on_empty, text_only, abstracts,
language, figures, paused. Only `address` is needed, and what a line does not state stays as it is. In a table several
entries of one field are separated by semicolons, and the address may stand under any name people give it (`table`).
"""

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
from dailypapers.subscriptions import lifecycle, sign_up, table
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.elsewhere import Standing, our_fields, program_of, standing_of

_Choice = TypeVar("_Choice", bound=StrEnum)

#: Interests of a kind and stance that has no field of its own: objects with kind, stance and text, in JSON only.
OTHER_INTERESTS = "other_interests"
_OTHERS = (
    "address", "zone", "hour", "days", "max_papers", "about", "least", "relevance", "explore", "on_empty", "text_only",
    "abstracts", "language", "figures", "paused", OTHER_INTERESTS,
)  # fmt: skip
#: What files are called that hold a table; all others hold JSON.
_TABLES = (".csv", ".tsv", ".txt")
#: How files begin that are in UTF-16, and those that are zipped, as workbooks are.
_UTF_16, _ZIPPED = (b"\xff\xfe", b"\xfe\xff"), b"PK\x03\x04"
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
    text = _text(path)
    if path.suffix.lower() not in _TABLES:
        yield from _json(text)
        return
    for number, cells in table.records(text, path.name):
        yield number, cells if isinstance(cells, BadInput) else _filled(cells)


def _filled(cells: Mapping[str, str]) -> Mapping[str, str]:
    """Return the cells that hold something; of another program's table all, for it is known by its columns."""
    return cells if program_of(cells) else {name: cell for name, cell in cells.items() if name and cell.strip()}


def _text(path: Path) -> str:
    """Return what a file says: in UTF-8, or in UTF-16 where it begins so, as what Excel calls Unicode text does."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    if content.startswith(_ZIPPED):
        raise BadInput(f"{path} is a workbook or an archive. Save the sheet as CSV, in UTF-8.")
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text: byte {error.start} cannot be read. Save it as UTF-8.") from None


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
    return {
        "address" if str(name).lower() in table.ADDRESS_COLUMNS else str(name): value for name, value in record.items()
    }


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, _named(json.loads(line))
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
        there = Line(number, _address(str(fields.get("address") or "")), changes(our_fields(fields)))
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
    return Line(number, _address(address), changes(fields), _paused(fields.get("paused")))


def _address(text: str) -> str:
    """Return an address as it is kept, also out of “Name <address>”, as mail programs copy it."""
    named = re.fullmatch(r"[^<>]*<([^<>]+)>\s*", text)
    return normal_address(named[1] if named else text)


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
