"""Records as JSON answers hold them: every field may be missing, null or of another type than it was last year."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from dailypapers.errors import FetchFailed


def load(content: bytes, what: str) -> Any:
    """Read JSON. Raises `FetchFailed` where it is not valid; `what` names it in the sentence."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchFailed(f"{what} is not valid JSON") from error


def record(value: Any, *path: str) -> Mapping[str, Any]:
    """Follow a path of keys to a record; an empty one where it leads elsewhere."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Mapping[str, Any], key: str) -> str:
    """Return a text without space around it; empty where there is none. Numbers are written out."""
    field = value.get(key)
    if isinstance(field, int) and not isinstance(field, bool):
        return str(field)
    return field.strip() if isinstance(field, str) else ""


def items(value: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list; empty where there is none."""
    field = value.get(key)
    return field if isinstance(field, list) else []


def texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the texts of a list, those with something in them."""
    return tuple(each.strip() for each in items(value, key) if isinstance(each, str) and each.strip())


def number(value: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number, also one that is written as text; `None` where there is none."""
    written = text(value, key)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None  # noqa: PLR2004


def date(written: str) -> dt.date | None:
    """Read a date whose parts may lack their zeros (`2026-6-3`); `None` where it is none."""
    parts = written[:10].partition("T")[0].split("-")
    try:
        return dt.date(*map(int, parts)) if len(parts) == 3 else None  # noqa: PLR2004
    except ValueError:
        return None
