"""Answers are put into the commented settings at their place, and the file stays valid with its comments."""

import tomllib

import pytest

from dailypapers.setting_text import with_answers
from dailypapers.settings import DEFAULT_FILE, shipped

COMMENTED = (shipped("config") / DEFAULT_FILE).read_text("utf-8")


def test_answers_stand_at_their_place_with_their_comment() -> None:
    text = with_answers(
        COMMENTED,
        {("mail", "host"): 'a "quoted" host', ("mail", "port"): 587, ("operator", "email"): "me@example.org"},
        [{"kind": "arxiv", "categories": ("cs.LG",)}],
    )
    read = tomllib.loads(text)
    assert {name: read["mail"][name] for name in ("host", "port")} == {"host": 'a "quoted" host', "port": 587}
    assert (read["operator"], read["sources"]) == (
        {"email": "me@example.org"},
        [{"kind": "arxiv", "categories": ["cs.LG"]}],
    )
    assert len(text.splitlines()) == len(COMMENTED.splitlines()) + 4
    assert "# the SMTP server that sends our emails" in text


def test_without_answers_nothing_changes_and_an_unknown_setting_is_an_error() -> None:
    assert with_answers(COMMENTED, {}) == COMMENTED
    with pytest.raises(KeyError):
        with_answers(COMMENTED, {("mail", "nothing"): "x"})
