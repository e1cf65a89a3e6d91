"""What somebody has already is not sent again (RFC 9110, 13)."""

import datetime as dt

from fastapi import Request
from tests.conftest import NOW

from dailypapers.web.http.conditional import conditional

LATER = NOW + dt.timedelta(seconds=1)


def request(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": pairs})


def status(modified: dt.datetime | None = NOW, **headers: str) -> int:
    return conditional(
        request(**headers), b"content", "text/plain", cache_control="no-cache", modified=modified
    ).status_code


def test_the_first_answer_has_its_validators() -> None:
    answer = conditional(request(), b"content", "text/plain", cache_control="no-cache", modified=NOW)
    assert (answer.status_code, answer.body) == (200, b"content")
    assert answer.headers["last-modified"] == "Mon, 20 Apr 2026 08:00:00 GMT"
    assert answer.headers["cache-control"] == "no-cache"
    assert status(if_none_match=answer.headers["etag"]) == 304


def test_tags_are_compared_weakly_and_in_lists() -> None:
    tag = conditional(request(), b"content", "text/plain", cache_control="no-cache").headers["etag"]
    assert status(if_none_match=f'"other", W/{tag}') == 304
    assert status(if_none_match="*") == 304
    assert status(if_none_match='"other"') == 200


def test_a_moment_counts_only_where_there_is_no_tag() -> None:
    moment = "Mon, 20 Apr 2026 08:00:00 GMT"
    assert status(if_modified_since=moment) == 304
    assert status(LATER, if_modified_since=moment) == 200
    assert status(if_none_match='"other"', if_modified_since=moment) == 200
    assert status(None, if_modified_since=moment) == 200


def test_a_moment_that_is_none_is_ignored() -> None:
    assert [status(if_modified_since=text) for text in ("", "yesterday", "99999")] == [200, 200, 200]
