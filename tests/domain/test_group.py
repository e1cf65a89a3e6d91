"""Groups: names that are no links, and who organises after an organiser."""

import datetime as dt
import unicodedata

import pytest

from dailypapers.domain.group import Member, Role, Terms, checked_name, checked_topics, successor
from dailypapers.errors import BadInput

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", ["A. B.", "Zoë O’Neill-Łukasz", "Graphs & friends (Tuesdays)", "読書会", ""])
def test_names_of_people_and_clubs_are_taken(name: str) -> None:
    assert checked_name(f"  {name} ") == name


@pytest.mark.parametrize("name", ["हिन्दी समूह", "กลุ่มอ่าน", "Zoe\u0308"])
def test_names_may_have_signs_of_vowels_and_are_composed(name: str) -> None:
    assert checked_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", ["win at evil.example", "https://x", "<b>", "a@b", "x" * 61, "a\x00b", "evil.co/x"])
def test_what_a_mail_program_would_make_a_link_of_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        checked_name(name)


def test_topics_are_lines_each_once() -> None:
    assert checked_topics("Scho\u0308n  bosons\nSch\u00f6n bosons") == ("Sch\u00f6n bosons",)
    assert checked_topics(" graphs \n\ncells\r\ngraphs") == ("graphs", "cells")
    with pytest.raises(BadInput):
        checked_topics(" \n ")


def test_the_longest_member_organises_after_the_last_organiser() -> None:
    def member(key: int, role: Role, minutes: int | None) -> Member:
        joined = NOW + dt.timedelta(minutes=minutes) if minutes is not None else None
        return Member(1, key, role, Terms(), NOW, joined)

    first = member(1, Role.ORGANISER, 0)
    others = [member(2, Role.MEMBER, 5), member(3, Role.MEMBER, 3), member(4, Role.MEMBER, None)]
    assert successor([first, *others], 1) == 3
    assert successor([first, *others], 2) is None
    assert successor([first, others[2]], 1) is None
