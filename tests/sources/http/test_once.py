"""Fetching once: a checked address, no redirect, a limit in size, and never an exception."""

import pytest
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.sources.http.once import LONGEST, fetch_once


def test_what_an_address_has_is_returned_if_it_answers_200_itself() -> None:
    away = Answer(status=302, headers={"Location": "/pem"})
    routes = {"/pem": Answer("certificate"), "/away": away, "/busy": Answer("later", status=503)}
    asked: list[Asked] = []
    with playing_sources(routes, asked=asked) as base:
        assert fetch_once(f"{base}/pem", allow_private=True) == b"certificate"
        assert fetch_once(f"{base}/away", allow_private=True) == b""
        assert fetch_once(f"{base}/busy", allow_private=True) == b""
    assert [request.path for request in asked] == ["/pem", "/away", "/busy"]


def test_a_private_address_is_not_asked_unless_that_is_allowed() -> None:
    asked: list[Asked] = []
    with playing_sources({"/pem": Answer("certificate")}, asked=asked) as base:
        assert fetch_once(f"{base}/pem") == b""
    assert asked == []


def test_what_is_too_long_is_not_taken() -> None:
    routes = {"/pem": Answer("x" * LONGEST), "/long": Answer("x" * (LONGEST + 1))}
    with playing_sources(routes) as base:
        assert len(fetch_once(f"{base}/pem", allow_private=True)) == LONGEST
        assert fetch_once(f"{base}/long", allow_private=True) == b""


@pytest.mark.parametrize("url", ["nothing", "", "file:///etc/passwd.pem", "https://127.0.0.1:1/x.pem", "http://[::1"])
def test_what_cannot_be_had_is_empty(url: str) -> None:
    assert fetch_once(url, allow_private=True) == b""
