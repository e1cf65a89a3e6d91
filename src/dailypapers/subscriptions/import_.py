"""Subscribers in a file: JSON Lines or CSV, the same fields in both, read leniently line by line and written back.

    address, topics, phrases, categories, authors, papers, avoid, exclude, zone, hour, days, max_papers, about,
    least, relevance, explore

In CSV, several entries of one field are parted by semicolons. Only `address` is needed.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import PaperId
from dailypapers.domain.preferences import FIELDS, MAX_PAPERS, Preferences
from dailypapers.domain.source import Skipped
from dailypapers.domain.subscriber import Amount, Rhythm, Subscriber, days_in_words, parse_days
from dailypapers.errors import BadInput
from dailypapers.subscriptions.address import normal_address

_OTHERS = ("address", "zone", "hour", "days", "max_papers", "about", "least", "relevance", "explore")


@dataclass(frozen=True, slots=True)
class Line:
    """One subscriber of a file and the line they stand on."""

    number: int
    address: str
    wishes: Preferences


def read(path: Path, *, defaults: Preferences) -> tuple[list[Line], list[Skipped]]:
    """Read every line that can be read; the others come back with their number and why.

    Raises `BadInput` where the file itself cannot be read.
    """
    lines: list[Line] = []
    skipped: list[Skipped] = []
    for number, fields in _records(path):
        try:
            lines.append(Line(number, *_subscriber(fields, defaults)))
        except (BadInput, ValueError) as error:
            skipped.append(Skipped(f"{path.name} line {number}", str(error)))
    return lines, skipped


def _records(path: Path) -> Iterator[tuple[int, object]]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text: byte {error.start} cannot be read. Save it as UTF-8.") from None
    yield from _csv(text, path) if path.suffix.lower() == ".csv" else _json_lines(text)


def _csv(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    if "address" not in (reader.fieldnames or ()):
        raise BadInput(f"{path.name} has no column “address” in its first line.")
    for row in reader:
        yield reader.line_num, {name: value for name, value in row.items() if value}


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except json.JSONDecodeError as error:
            yield number, BadInput(f"is no JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield number, BadInput("is nested too deeply")


def _subscriber(fields: object, defaults: Preferences) -> tuple[str, Preferences]:
    if isinstance(fields, BadInput):
        raise fields
    if not isinstance(fields, Mapping):
        raise BadInput("is no object with fields such as address and topics")
    unknown = sorted(str(name) for name in fields if name not in FIELDS and name not in _OTHERS)
    if unknown:
        raise BadInput(f"has an unknown field “{unknown[0]}”; known are {', '.join((*_OTHERS, *FIELDS))}")
    address = fields.get("address")
    if not isinstance(address, str):
        raise BadInput("has no address")
    return normal_address(address), wishes(fields, defaults=defaults)


def wishes(fields: Mapping[str, Any], *, defaults: Preferences) -> Preferences:
    """Read what somebody asks for from fields; what is not there is as in `defaults`.

    Raises `BadInput` or `ValueError` with a sentence naming the field.
    """
    rhythm = Rhythm(
        zone=_zone(fields.get("zone", defaults.rhythm.zone)),
        hour=_number(fields, "hour", defaults.rhythm.hour, 0, 23),
        days=parse_days(str(fields["days"])) if "days" in fields else defaults.rhythm.days,
    )
    return Preferences(rhythm, _amount(fields, defaults.amount), tuple(interests(fields)))


def _amount(fields: Mapping[str, Any], default: Amount) -> Amount:
    most = _number(fields, "max_papers", default.max_papers, 1, MAX_PAPERS)
    return Amount(
        max_papers=most,
        about=_number(fields, "about", 0, 1, MAX_PAPERS) if "about" in fields else default.about,
        least=_number(fields, "least", default.least, 1, most),
        relevance=_relevance(fields["relevance"]) if "relevance" in fields else default.relevance,
        explore=_yes(fields["explore"]) if "explore" in fields else default.explore,
    )


def _relevance(value: object) -> float:
    try:
        wanted = float(str(value))
    except ValueError:
        wanted = -1.0
    if not 0 <= wanted < 1:
        raise BadInput(f"relevance “{value}” must be a probability, at least 0 and below 1")
    return wanted


def _yes(value: object) -> bool:
    said = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).lower() not in said:
        raise BadInput(f"explore “{value}” must be yes or no")
    return said[str(value).lower()]


def interests(fields: Mapping[str, Any]) -> Iterator[Interest]:
    """Read the interests that fields state; a paper is kept under the one form of its id."""
    for name, (kind, stance) in FIELDS.items():
        for text in _texts(name, fields.get(name, ())):
            yield Interest(kind, str(PaperId.parse(text)) if kind is InterestKind.PAPER else text, stance)


def _texts(name: str, value: object) -> Iterator[str]:
    entries: object = value.split(";") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple):
        raise BadInput(f"{name} must be a list of texts")
    for entry in entries:
        if not isinstance(entry, str):
            raise BadInput(f"{name} must be a list of texts, and “{entry}” is none")
        if text := " ".join(entry.split()):
            yield text


def _zone(name: object) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"zone “{name}” is no time zone; use a name such as Europe/Berlin") from None


def _number(fields: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    try:
        number = int(fields.get(name, default))
    except (TypeError, ValueError):
        number = least - 1
    if not least <= number <= most:
        raise BadInput(f"{name} “{fields[name]}” must be a number from {least} to {most}")
    return number


def fields_of(subscriber: Subscriber, stated: Sequence[Interest]) -> dict[str, Any]:
    """A subscriber as fields that `read` reads back."""
    fields: dict[str, Any] = {"address": subscriber.address}
    for name, (kind, stance) in FIELDS.items():
        texts = [interest.text for interest in stated if (interest.kind, interest.stance) == (kind, stance)]
        if texts:
            fields[name] = texts
    rhythm = subscriber.rhythm
    return {
        **fields,
        "zone": rhythm.zone,
        "hour": rhythm.hour,
        "days": days_in_words(rhythm.days),
        "max_papers": subscriber.amount.max_papers,
        **_unusual(subscriber.amount),
    }


def _unusual(amount: Amount) -> dict[str, Any]:
    """What of an amount is not as with everybody."""
    usual = Amount(amount.max_papers)
    names = ("about", "least", "relevance", "explore")
    return {name: getattr(amount, name) for name in names if getattr(amount, name) != getattr(usual, name)}
