"""The description names everything that the API does, with examples that are as it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.api_key import Scope
from dailypapers.web.api.check import faults
from dailypapers.web.api.openapi import description, kinds_of
from dailypapers.web.api.operation import Operation
from dailypapers.web.api.table import OPERATIONS

DESCRIPTION = description("https://papers.example.org/", OPERATIONS)


GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "api.md"


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_json_and_every_reference_leads_somewhere() -> None:
    text = json.dumps(DESCRIPTION)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names == set(DESCRIPTION["components"]["schemas"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_example_is_as_the_description_says(operation: Operation) -> None:
    if operation.body is not None:
        assert list(faults(operation.body, operation.body_example)) == []
    for reply in operation.replies.values():
        if reply.schema and operation.name != "describe":
            assert list(faults(reply.schema, reply.example)) == []
    for parameter in operation.parameters:
        if parameter.name != "cursor":
            assert list(faults(parameter.schema, parameter.example)) == []


def test_every_operation_says_what_it_takes_and_what_can_go_wrong() -> None:
    for name, operation in operations():
        assert operation["summary"], name
        assert {"200", "201", "204"} & set(operation["responses"]), name
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            if int(status) >= 400:
                assert response["content"]["application/problem+json"]["examples"], (name, status)


def test_every_scope_is_good_for_something() -> None:
    used = {operation.scope for operation in OPERATIONS if operation.scope}
    assert used | {Scope.SUBSCRIBERS_ADMIT} == set(Scope)


def test_what_changes_something_takes_a_scope_that_writes() -> None:
    for operation in OPERATIONS:
        assert not operation.writes or str(operation.scope).endswith(":write"), operation.name
        assert operation.writes or not str(operation.scope).endswith(":write"), operation.name


def test_what_can_go_wrong_is_in_the_order_of_statuses() -> None:
    statuses = [kind.status for kind in kinds_of(OPERATIONS[1])]
    assert statuses == sorted(statuses)


def test_the_guide_shows_a_body_that_is_taken() -> None:
    shown = re.search(r"-d '(.*?)'", GUIDE.read_text("utf-8"), re.DOTALL)
    assert shown is not None
    assert list(faults(OPERATIONS[1].body or {}, json.loads(shown[1]))) == []


def test_every_schema_is_one_by_the_standard_s_own_word() -> None:
    for schema in DESCRIPTION["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)
TAKEN = [operation for operation in OPERATIONS if operation.body]


@given(st.data())
def test_a_body_is_refused_where_the_standard_s_own_checker_refuses_it(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(TAKEN))
    schema, body = dict(operation.body or {}), json.loads(json.dumps(operation.body_example))
    place = body
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in place.values() if isinstance(value, dict)]
        place = inner[0] if inner else place
    known = [*place, *schema["properties"], "other"]
    place[data.draw(st.sampled_from(known))] = data.draw(VALUES)
    is_valid = jsonschema_rs.Draft202012Validator(schema).is_valid(body)
    # A day is checked by us; by the standard a format is but a remark.
    ours = [fault for fault in faults(schema, body) if "day such as" not in fault.detail]
    assert (ours == []) == is_valid, ours
