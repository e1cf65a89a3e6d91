"""Editions and their papers."""

import datetime as dt
from typing import Any

from dailypapers.domain.api_key import Scope
from dailypapers.domain.edition import Edition
from dailypapers.domain.paper import Paper
from dailypapers.domain.source import State, source_name
from dailypapers.store import editions, papers
from dailypapers.store.papers import Listed
from dailypapers.web.api import shapes
from dailypapers.web.api.operation import Answer, Call, Operation, Reply
from dailypapers.web.api.problem import Kind, Problem
from dailypapers.web.api.wire import moment

_BARE = {"day": shapes.DAY, "closed_at": shapes.MOMENT, "papers": shapes.COUNT}
_STATUS = shapes.answered(
    "EditionSource",
    {
        "source": shapes.TEXT,
        "name": shapes.TEXT,
        "state": shapes.one_of(State),
        "items": shapes.COUNT,
        "new": shapes.COUNT,
        "skipped": shapes.COUNT,
        "note": shapes.TEXT,
        "fetched_at": shapes.MOMENT,
    },
)
_EDITION = shapes.answered("Edition", _BARE)
_WITH_SOURCES = shapes.answered("EditionWithSources", {**_BARE, "sources": shapes.list_of(_STATUS)})
#: What is shown of a paper wherever one is.
PAPER_FIELDS = {
    "id": shapes.TEXT,
    "title": shapes.TEXT,
    "abstract": shapes.TEXT,
    "authors": shapes.list_of(shapes.TEXT),
    "categories": shapes.list_of(shapes.TEXT),
    "url": shapes.TEXT,
    "code_url": shapes.TEXT,
    "published": shapes.or_null(shapes.DAY),
}
_COUNTED = shapes.or_null(shapes.COUNT)
_PAPER = shapes.answered(
    "ListedPaper",
    {
        **PAPER_FIELDS,
        "sources": shapes.list_of(shapes.TEXT),
        "upvotes": _COUNTED,
        "comments": _COUNTED,
        "stars": _COUNTED,
        "votes": {"type": "integer"},
    },
)
PAPER_EXAMPLE = {
    "id": "arxiv:2408.01234",
    "title": "Deeper Graph Neural Networks",
    "abstract": "We train graph neural networks of a hundred layers.",
    "authors": ["Ada Lovelace", "Kurt Gödel"],
    "categories": ["cs.LG"],
    "url": "https://arxiv.org/abs/2408.01234",
    "code_url": "",
    "published": "2026-04-20",
}
_EXAMPLE = {"day": "2026-04-20", "closed_at": "2026-04-20T04:30:00Z", "papers": 412}
_STATUS_EXAMPLE = {
    "source": "arxiv",
    "name": "arXiv",
    "state": "fresh",
    "items": 430,
    "new": 412,
    "skipped": 0,
    "note": "",
    "fetched_at": "2026-04-20T04:20:00Z",
}


def shown_paper(paper: Paper) -> dict[str, Any]:
    """Return a paper as the API shows it."""
    return {
        "id": str(paper.id),
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "url": paper.url,
        "code_url": paper.code_url,
        "published": paper.published.isoformat() if paper.published else None,
    }


def require_edition(call: Call, day: str, kind: Kind = Kind.NOT_FOUND) -> Edition:
    """Return the edition of a day. Raises a `Problem` where there is none."""
    edition = editions.of_day(call.tx, dt.date.fromisoformat(day))
    if edition is None:
        raise Problem(kind, f"There is no edition of {day}.")
    return edition


def _shown(edition: Edition) -> dict[str, Any]:
    return {"day": edition.day.isoformat(), "closed_at": moment(edition.closed_at), "papers": edition.papers}


def _list(call: Call) -> Answer:
    after = call.after()
    before = dt.date.fromisoformat(after) if after else None
    listed = editions.page(call.tx, limit=call.limit + 1, before=before)
    return call.page([_shown(each) for each in listed], lambda: listed[call.limit - 1].day)


def _show(call: Call) -> Answer:
    edition = require_edition(call, call.path["day"])
    sources = [
        {
            "source": each.source,
            "name": source_name(each.source),
            "state": each.state.value,
            "items": each.items,
            "new": each.new,
            "skipped": each.skipped,
            "note": each.note,
            "fetched_at": moment(each.fetched_at),
        }
        for each in edition.sources
    ]
    return Answer({**_shown(edition), "sources": sources})


def _papers(call: Call) -> Answer:
    edition = require_edition(call, call.path["day"])
    after_id = call.after_number() or 0
    listed = papers.page_of_edition(call.tx, edition.id, limit=call.limit + 1, after_id=after_id)
    return call.page([_listed(each) for each in listed], lambda: listed[call.limit - 1].paper_id)


def _listed(each: Listed) -> dict[str, Any]:
    counts = {"upvotes": each.signals.upvotes, "comments": each.signals.comments, "stars": each.signals.stars}
    return {**shown_paper(each.paper), "sources": list(each.sources), **counts, "votes": each.signals.votes}


_DAY = shapes.in_path("day", "The edition's day.", "2026-04-20", shapes.DAY)
OPERATIONS = (
    Operation(
        "listEditions", "GET", "/editions", "List editions", _list, scope=Scope.EDITIONS_READ,
        description="Newest first.", parameters=shapes.PAGING,
        replies={200: shapes.page_reply("Editions", _EDITION, _EXAMPLE)},
    ),
    Operation(
        "showEdition", "GET", "/editions/{day}", "Show an edition", _show, scope=Scope.EDITIONS_READ,
        description="With what came of each source that day.", parameters=(_DAY,), has_version=True,
        replies={200: Reply("The edition.", _WITH_SOURCES, {**_EXAMPLE, "sources": [_STATUS_EXAMPLE]})},
    ),
    Operation(
        "listPapers", "GET", "/editions/{day}/papers", "List an edition's papers", _papers, scope=Scope.EDITIONS_READ,
        description=(
            "With who announced each, and how many people voted for it where somebody counts that; `votes` are those "
            "of our own readers."
        ),
        parameters=(_DAY, *shapes.PAGING),
        replies={
            200: shapes.page_reply(
                "ListedPapers",
                _PAPER,
                {**PAPER_EXAMPLE, "sources": ["arxiv"], "upvotes": 12, "comments": None, "stars": None, "votes": 2},
            )
        },
    ),
)  # fmt: skip
