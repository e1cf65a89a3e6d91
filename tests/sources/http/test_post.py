"""Posting: a checked address, no redirect, nothing too long, and never an exception."""

import asyncio

import pytest
from tests.posted import Answer, Request, listening

from dailypapers.domain.event import Posted
from dailypapers.sources.http.post import LONGEST, post


def posted(url: str, body: bytes = b"{}", *, allow_private: bool = True) -> Posted:
    return asyncio.run(post(url, body, {"X-Name": "value"}, allow_private=allow_private))


def test_a_body_is_posted_with_its_headers_and_its_answer_told() -> None:
    with listening(202) as listener:
        assert posted(listener.url, b"body") == Posted(202)
    (request,) = listener.requests
    assert (request.method, request.path, request.raw, request.headers["X-Name"]) == (
        "POST", "/hook?a=b", b"body", "value",
    )  # fmt: skip
    assert request.headers["Host"] == listener.url.split("/")[2]


def test_a_redirect_is_not_followed_and_a_wait_is_read() -> None:
    def answer(_: Request) -> Answer:
        return 429, {"Retry-After": "7"}

    with listening(302) as listener:
        assert posted(listener.url).status == 302
        assert len(listener.requests) == 1
    with listening(answer) as listener:
        assert posted(listener.url) == Posted(429, retry_after=7.0)


def test_a_private_address_is_posted_to_only_where_that_is_allowed() -> None:
    with listening() as listener:
        assert "private network" in posted(listener.url, allow_private=False).why
        assert "private network" in posted("http://[::ffff:127.0.0.1]:1/", allow_private=False).why
    assert listener.requests == []


@pytest.mark.parametrize("url", ["", "ftp://x.example/", "http:///", "http://127.0.0.1:x/", "http://127.0.0.1:1/"])
def test_what_cannot_be_posted_to_says_why_and_names_no_address(url: str) -> None:
    told = posted(url)
    assert told.status == 0
    assert told.why
    assert "127.0.0.1" not in told.why


def test_what_is_too_long_does_not_leave() -> None:
    with listening() as listener:
        assert posted(listener.url, b"x" * LONGEST).is_taken
        assert not posted(listener.url, b"x" * (LONGEST + 1)).is_taken
    assert len(listener.requests) == 1
