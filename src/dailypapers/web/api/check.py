"""Whether a JSON value is what a schema says: the part of JSON Schema that the API's description uses.

The very schemas of the description are checked against, so that it cannot say one thing and the program do another.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dailypapers.domain.text import is_storable

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value: where (a JSON pointer, RFC 6901) and, in a sentence, why."""

    pointer: str
    detail: str


class NotJson(ValueError):
    """A text that is not JSON, with why."""


def read(content: bytes) -> Any:
    """Return the value that a text holds. Raises `NotJson` for what is not JSON, or says a thing twice."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise NotJson(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    except RecursionError:
        raise NotJson("The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise NotJson(
            f"The body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except NotJson:
        raise
    # Python reads no number of thousands of digits.
    except ValueError:
        raise NotJson("The body holds a number that is too long.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise NotJson("The body has an object in which one name is there twice.")
    return fields


def _refuse(constant: str) -> None:
    raise NotJson(f"The body is not valid JSON: {constant} is not a number in JSON.")


def faults(schema: Schema, value: Any, pointer: str = "") -> Iterator[Fault]:
    """Yield what is wrong with a value by a schema, nothing where it is as it should be."""
    if "type" in schema and not _is_of(schema["type"], value):
        yield Fault(pointer, f"must be {_in_words(schema['type'])}")
    elif "enum" in schema and value not in schema["enum"]:
        yield Fault(pointer, f"must be one of {', '.join(map(str, schema['enum']))}")
    elif isinstance(value, str):
        yield from _of_text(schema, value, pointer)
    elif isinstance(value, list):
        yield from _of_list(schema, value, pointer)
    elif isinstance(value, dict):
        yield from _of_object(schema, value, pointer)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _of_number(schema, value, pointer)


def _is_of(types: str | list[str], value: Any) -> bool:
    return any(_IS[each](value) for each in ([types] if isinstance(types, str) else types))


_IS = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: not isinstance(value, bool) and (isinstance(value, int) or _is_whole(value)),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _is_whole(value: Any) -> bool:
    """Return whether it is a number such as 7.0, which JSON Schema takes for an integer."""
    return isinstance(value, float) and math.isfinite(value) and value.is_integer()


_WORDS = {
    "null": "null", "boolean": "true or false", "integer": "an integer", "number": "a number", "string": "a string",
    "array": "a list", "object": "an object",
}  # fmt: skip


def _in_words(types: str | list[str]) -> str:
    return " or ".join(_WORDS[each] for each in ([types] if isinstance(types, str) else types))


def _of_text(schema: Schema, text: str, pointer: str) -> Iterator[Fault]:
    most = schema.get("maxLength", math.inf)
    if not is_storable(text):
        yield Fault(pointer, "must not hold U+0000 or half of a surrogate pair")
    elif len(text) < schema.get("minLength", 0):
        yield Fault(
            pointer, "must not be empty" if schema["minLength"] == 1 else f"needs {schema['minLength']} characters"
        )
    elif len(text) > most:
        yield Fault(pointer, f"must not be longer than {most} characters")
    elif "pattern" in schema and not _pattern(schema["pattern"]).search(text):
        yield Fault(pointer, f"must match {schema['pattern']}")
    elif schema.get("format") == "date" and not _is_date(text):
        yield Fault(pointer, "must be a day such as 2026-04-20")


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    # At its end, $ of Python would let a line end pass, and that of ECMAScript does not.
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _of_list(schema: Schema, items: list[Any], pointer: str) -> Iterator[Fault]:
    most = schema.get("maxItems", math.inf)
    if len(items) > most:
        yield Fault(pointer, f"must not have more than {most} entries")
        return
    for number, item in enumerate(items):
        yield from faults(schema.get("items", {}), item, f"{pointer}/{number}")


def _of_object(schema: Schema, fields: dict[str, Any], pointer: str) -> Iterator[Fault]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in fields:
            yield Fault(f"{pointer}/{name}", "is missing")
    if len(fields) < schema.get("minProperties", 0):
        yield Fault(pointer, f"must have at least one of {', '.join(properties)}")
    for name, value in fields.items():
        where = f"{pointer}/{_escaped(name)}"
        if name in properties:
            yield from faults(properties[name], value, where)
        else:
            allowed = f"; those that are known are {', '.join(properties)}" if properties else ""
            yield Fault(where, f"is not a known field{allowed}")


def _escaped(name: str) -> str:
    """Return a name as a part of a pointer (RFC 6901, 4), as far as it can be written."""
    return name[:100].encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1")


def _of_number(schema: Schema, number: float, pointer: str) -> Iterator[Fault]:
    least, most, below = schema.get("minimum"), schema.get("maximum"), schema.get("exclusiveMaximum")
    if least is not None and number < least:
        yield Fault(pointer, f"must be at least {least}")
    elif most is not None and number > most:
        yield Fault(pointer, f"must be at most {most}")
    elif below is not None and number >= below:
        yield Fault(pointer, f"must be below {below}")
