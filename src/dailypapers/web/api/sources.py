"""Sources: how each of them, and of its categories, stands."""

from typing import Any

from dailypapers.domain.api_key import Scope
from dailypapers.domain.freshness import Standing
from dailypapers.domain.source import State, source_name
from dailypapers.intake import status
from dailypapers.web.api import shapes
from dailypapers.web.api.operation import Answer, Call, Operation
from dailypapers.web.api.wire import moment

_SOURCE = shapes.answered(
    "Source",
    {
        "source": shapes.TEXT,
        "name": shapes.TEXT,
        "category": shapes.or_null(shapes.TEXT),
        "state": shapes.one_of(State),
        "day": shapes.DAY,
        "new": shapes.COUNT,
        "usual": shapes.or_null(shapes.NUMBER),
        "fetched_at": shapes.or_null(shapes.MOMENT),
        "new_at": shapes.or_null(shapes.MOMENT),
        "out_since": shapes.or_null(shapes.DAY),
        "needs_attention": shapes.YES,
        "detail": shapes.TEXT,
    },
)
_EXAMPLE = {
    "source": "arxiv",
    "name": "arXiv",
    "category": None,
    "state": "fresh",
    "day": "2026-04-20",
    "new": 412,
    "usual": 398.0,
    "fetched_at": "2026-04-20T04:20:00Z",
    "new_at": "2026-04-20T04:20:00Z",
    "out_since": None,
    "needs_attention": False,
    "detail": "",
}


def _list(call: Call) -> Answer:
    listed = status.standings(call.tx, now=call.now)
    return Answer({"items": [_shown(each) for each in listed], "next": None})


def _shown(each: Standing) -> dict[str, Any]:
    return {
        "source": each.source,
        "name": source_name(each.source),
        "category": each.category or None,
        "state": each.last.state.value,
        "day": each.last.day.isoformat(),
        "new": each.last.new,
        "usual": each.usual,
        "fetched_at": moment(each.last.fetched_at),
        "new_at": moment(each.new_at),
        "out_since": each.out_since.isoformat() if each.out_since else None,
        "needs_attention": each.needs_attention,
        "detail": status.sentence(each),
    }


OPERATIONS = (
    Operation(
        "listSources", "GET", "/sources", "List sources", _list, scope=Scope.SOURCES_READ,
        description=(
            "How each source stands, followed by its categories: what came on its last day, against what is usual. All "
            "of them: there is one page."
        ),
        replies={200: shapes.page_reply("Sources", _SOURCE, _EXAMPLE)},
    ),
)  # fmt: skip
