"""What is said of values that are not as their schema says, and of texts that are not JSON."""

from typing import Any

import pytest

from dailypapers.web.api.check import Fault, NotJson, faults, read

TEXT = {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z]+$"}


@pytest.mark.parametrize(
    ("schema", "value", "detail"),
    [
        (TEXT, "ab", None),
        (TEXT, "a", "needs 2 characters"),
        (TEXT, "abcd", "must not be longer than 3 characters"),
        (TEXT, "AB", "must match ^[a-z]+$"),
        (TEXT, "ab\n", "must match ^[a-z]+$"),
        (TEXT, 1, "must be a string"),
        ({"type": "string", "minLength": 1}, "", "must not be empty"),
        ({"type": "string"}, "a\x00", "must not hold U+0000 or half of a surrogate pair"),
        ({"type": "string", "format": "date"}, "2026-04-20", None),
        ({"type": "string", "format": "date"}, "20260420", "must be a day such as 2026-04-20"),
        ({"type": "integer", "minimum": 1, "maximum": 2}, 2.0, None),
        ({"type": "integer", "minimum": 1}, 0, "must be at least 1"),
        ({"type": "integer", "maximum": 2}, 3, "must be at most 2"),
        ({"type": "integer"}, True, "must be an integer"),
        ({"type": "integer"}, 1.5, "must be an integer"),
        ({"type": ["integer", "null"]}, None, None),
        ({"type": ["integer", "null"]}, "1", "must be an integer or null"),
        ({"type": "number", "exclusiveMaximum": 1}, 1, "must be below 1"),
        ({"type": "number", "exclusiveMaximum": 1}, float("inf"), "must be below 1"),
        ({"type": "string", "enum": ["a", "b"]}, "c", "must be one of a, b"),
        ({"type": "array", "maxItems": 1}, [1, 2], "must not have more than 1 entries"),
        ({"type": "object", "minProperties": 1, "properties": {"a": {}}}, {}, "must have at least one of a"),
    ],
)
def test_a_value_is_as_its_schema_says_or_what_is_wrong_is_said(
    schema: dict[str, Any], value: object, detail: str | None
) -> None:
    assert [fault.detail for fault in faults(schema, value)] == ([detail] if detail else [])


def test_what_is_wrong_within_is_pointed_at() -> None:
    schema = {
        "type": "object",
        "properties": {"list": {"type": "array", "items": {"type": "integer"}}},
        "required": ["name"],
    }
    assert list(faults(schema, {"list": [1, "2"], "a/b~": 1})) == [
        Fault("/name", "is missing"),
        Fault("/list/1", "must be an integer"),
        Fault("/a~1b~0", "is not a known field; those that are known are list"),
    ]


def test_json_is_read_as_it_is() -> None:
    assert read('{"a": [1, 2.5, "ü", null]}'.encode()) == {"a": [1, 2.5, "ü", None]}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 200_000, b'{"a":1,"a":2}', b"Infinity", b"9" * 5000])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    with pytest.raises(NotJson, match="The body"):
        read(content)
