"""What Crossref answers of updates, read: which paper, in what way; rubbish is left out, and no answer is an error."""

import json
from typing import Any

import pytest
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.errors import FetchFailed
from dailypapers.sources.crossref_notices import MOST_DOIS, Notice, notices_about, read_notices
from dailypapers.sources.http.client import Http


def answer(*works: dict[str, Any]) -> bytes:
    """An answer as Crossref writes it."""
    return json.dumps({"status": "ok", "message": {"total-results": len(works), "items": [*works]}}).encode()


def work(doi: str, **updates: str) -> dict[str, Any]:
    """A notice of this DOI, with the DOIs of what it is about by the kinds of update."""
    return {"DOI": doi, "update-to": [{"DOI": about, "type": kind} for kind, about in updates.items()]}


def test_each_update_is_a_notice() -> None:
    content = answer(
        work("10.1000/Retraction.1", retraction="10.1000/A"),
        work("10.1000/both", erratum="10.1000/a", expression_of_concern="10.1000/b"),
        {"DOI": "10.1000/odd", "update-to": [{"DOI": "10.1000/b", "type": "Expression of concern"}]},
    )
    assert list(read_notices(content)) == [
        Notice("10.1000/a", "retraction", "10.1000/retraction.1"),
        Notice("10.1000/a", "erratum", "10.1000/both"),
        Notice("10.1000/b", "expression_of_concern", "10.1000/both"),
        Notice("10.1000/b", "expression_of_concern", "10.1000/odd"),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"DOI": "10.1000/n"},
        {"DOI": "10.1000/n", "update-to": "x"},
        {"DOI": "10.1000/n", "update-to": [7, {"DOI": "nonsense", "type": "retraction"}]},
        {"DOI": "nonsense", "update-to": [{"DOI": "10.1000/a", "type": "retraction"}]},
        {"DOI": "10.1000/n", "update-to": [{"DOI": "10.1000/a", "type": "<script>"}]},
        {"DOI": "10.1000/n", "update-to": [{"DOI": "10.1000/a", "type": "x" * 1000}, {"DOI": "10.1000/a"}]},
        None,
    ],
    ids=str,
)
def test_what_is_no_notice_is_left_out(odd: Any) -> None:
    assert list(read_notices(answer(odd, work("10.1000/n", retraction="10.1000/a")))) == [
        Notice("10.1000/a", "retraction", "10.1000/n")
    ]


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'{"status": "failed"}', b'{"status":"ok","message":{}}'])
def test_what_is_no_answer_is_an_error(content: bytes) -> None:
    with pytest.raises(FetchFailed, match="Crossref"):
        list(read_notices(content))


async def test_only_what_was_asked_for_is_taken() -> None:
    asked: list[Asked] = []
    content = answer(work("10.1000/n", retraction="10.1000/a"), work("10.1000/n", retraction="10.1000/other"))
    with playing_sources({"/works": Answer(content)}, asked=asked) as url:
        async with Http(allow_private=True, pace=0, retries=0) as http:
            notices = await notices_about(http, ["10.1000/A", "10.1000/a,b", "10.1000/<c>"], base_url=f"{url}/")
            assert await notices_about(http, ["10.1000/a,b"], base_url=url) == ()
    assert notices == (Notice("10.1000/a", "retraction", "10.1000/n"),)
    (request,) = asked
    assert "filter=updates:10.1000/%3Cc%3E,updates:10.1000/a&" in request.path
    assert MOST_DOIS * 200 < 8_000
