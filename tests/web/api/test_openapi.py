"""The description names everything that the API does, with examples that are as it says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dailypapers.domain.api_key import Scope
from dailypapers.web.api.check import faults
from dailypapers.web.api.openapi import description, kinds_of
from dailypapers.web.api.operation import Operation
from dailypapers.web.api.table import OPERATIONS

DESCRIPTION = description("https://papers.example.org/", OPERATIONS)


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
