"""How values of the API look, in JSON Schema: the pieces that the nouns share."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from dailypapers.web.api.check import Schema
from dailypapers.web.api.operation import LONGEST_PAGE, USUAL_PAGE, Parameter, Reply

#: Text on one line, as people and programs send it: without control characters.
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
_LARGEST_ID = 2**63 - 1
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID}
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXT: Schema = {"type": "string"}
YES: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
ADDRESS: Schema = {"type": "string", "format": "email", "minLength": 3, "maxLength": 254}


def line(most: int) -> Schema:
    """Return a line of text that is sent to us, of up to so many characters."""
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": _PRINTABLE}


def one_of(values: Iterable[StrEnum]) -> Schema:
    """Return a choice."""
    return {"type": "string", "enum": [value.value for value in values]}


def or_null(schema: Schema) -> Schema:
    """Return the same, or null."""
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **values}


def list_of(schema: Schema, *, most: int | None = None) -> Schema:
    """Return a list."""
    return {"type": "array", "items": schema, **({"maxItems": most} if most else {})}


def answered(title: str, fields: Mapping[str, Schema]) -> Schema:
    """Return an object as it is answered: with all its fields, and perhaps, one day, with more."""
    return {"title": title, "type": "object", "properties": dict(fields), "required": list(fields)}


def taken(title: str, fields: Mapping[str, Schema], *, required: Iterable[str] = ()) -> Schema:
    """Return an object as it is taken: fields that are not known are refused."""
    needed = {"required": list(required)} if required else {}
    return {"title": title, "type": "object", "properties": dict(fields), "additionalProperties": False, **needed}


def page_reply(title: str, schema: Schema, example: Any) -> Reply:
    """Return the answer of an operation that lists things."""
    fields = {"items": list_of(schema), "next": or_null({"type": "string", "format": "uri"})}
    return Reply("A page of the list.", answered(title, fields), {"items": [example], "next": None})


PAGING = (
    Parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": USUAL_PAGE},
        "Entries of a page.",
        20,
    ),
    Parameter(
        "cursor",
        {"type": "string", "minLength": 1, "maxLength": 2000},
        "Where the page begins, as the address of the next page says it. It works with the same filters only.",
        None,
    ),
)


def in_path(name: str, description: str, example: Any, schema: Schema = ID) -> Parameter:
    """Return a part of the path."""
    return Parameter(name, schema, description, example, "path")
