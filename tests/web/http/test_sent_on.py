"""After a form, a page says what was done; what nobody else may read goes there sealed, for a quarter of an hour."""

import datetime as dt

import pytest
from fastapi import Request

from dailypapers.web.http.sent_on import SEALED_FOR, sealed, sent_on, unsealed, word

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SECRET = b"secret"


def request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def test_the_browser_is_led_on_with_what_is_to_be_said() -> None:
    answer = sent_on("/here", done="saved", nothing="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/here?done=saved")
    assert sent_on("/here").headers["location"] == "/here"


@pytest.mark.parametrize(("query", "said"), [("done=saved", "saved"), ("done=evil", ""), ("", ""), ("done=", "")])
def test_only_known_words_are_said(query: str, said: str) -> None:
    assert word(request(query), {"saved"}) == said


def test_what_is_sealed_cannot_be_read_by_others_and_not_for_ever() -> None:
    text = sealed(SECRET, {"address": "alice@example.org"}, now=NOW)
    assert "alice" not in text
    assert unsealed(SECRET, text, now=NOW + SEALED_FOR) == {"address": "alice@example.org"}
    assert unsealed(SECRET, text, now=NOW + SEALED_FOR + dt.timedelta(seconds=1)) == {}
    assert unsealed(b"another", text, now=NOW) == {}


@pytest.mark.parametrize("text", ["", "nonsense", "1:", "1:AAAA", "1:\u00e9", "1:" + "A" * 5000])
def test_what_nobody_sealed_says_nothing(text: str) -> None:
    assert unsealed(SECRET, text, now=NOW) == {}
