"""Everything that the API does, in the order in which it is described; and the description."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from dailypapers.web.api import about, deliveries, editions, interests, sources, subscribers, suppressions
from dailypapers.web.api.openapi import description
from dailypapers.web.api.operation import Answer, Call, Operation, Reply


def _describe(call: Call) -> Answer:
    return Answer(_description(call.context.home))


@lru_cache(maxsize=4)
def _description(home: str) -> Mapping[str, Any]:
    """Return the description, made once: anybody may ask for it."""
    return description(home, OPERATIONS)


OPERATIONS: tuple[Operation, ...] = (
    *subscribers.OPERATIONS,
    *interests.OPERATIONS,
    *editions.OPERATIONS,
    *deliveries.OPERATIONS,
    *suppressions.OPERATIONS,
    *sources.OPERATIONS,
    *about.OPERATIONS,
    Operation(
        "describe", "GET", "/openapi.json", "Describe the API", _describe,
        description="This description (OpenAPI 3.1).",
        replies={200: Reply("The description.", {"type": "object"}, {"openapi": "3.1.0"})},
    ),
)  # fmt: skip
