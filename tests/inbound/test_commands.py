"""Replies as commands: which words are one, and which day is meant."""

import datetime as dt
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from tests.messages import CATALOGS

from dailypapers.inbound.commands import MOST_COMMANDS, Action, Command, commands_of

TODAY = dt.date(2026, 11, 30)  # A Monday.


def commands(text: str) -> list[tuple[object, ...]]:
    return [(each.action.value, *each.numbers) for each in commands_of(text, today=TODAY)]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("more like 3", [("more", 3)]),
        ("More like #3 and 5, less 2.", [("more", 3, 5), ("less", 2)]),
        ("“more like 3”", [("more", 3)]),
        ("„more like 3“", [("more", 3)]),
        ("「more like 3」", [("more", 3)]),
        ("- save 2-4", [("save", 2, 3, 4)]),
        ("Hi!\n\nmore like 3\nSAVE 4 please\nThanks, Jane\nSent from my phone", [("more", 3), ("save", 4)]),
        ("please unsubscribe me", [("unsubscribe",)]),
        ("stop", [("unsubscribe",)]),
        ("topics; help", [("topics",), ("help",)]),
        ("more", [("more",)]),
        ("resume", [("resume",)]),
        ("help\nhelp", [("help",)]),
        ("I might unsubscribe if there is no more like 3", []),
        ("Re: More like children: a study", []),
        ("more like ³", []),
        ("", []),
        ("unsubscribe " * 50, []),
    ],
)
def test_a_line_is_a_command_only_as_a_whole(text: str, asked: list[tuple[object, ...]]) -> None:
    assert commands(text) == asked


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("until May", (2027, 5, 1)),
        ("until december", (2026, 12, 1)),
        ("until 3 May", (2027, 5, 3)),
        ("until May 3rd, 2028", (2028, 5, 3)),
        ("till 2027-05-03", (2027, 5, 3)),
        ("until May 2028", (2028, 5, 1)),
        ("until 29 Feb", (2028, 2, 29)),
        ("until Monday", (2026, 12, 7)),
        ("until next week", (2026, 12, 7)),
        ("until next month", (2026, 12, 1)),
        ("until tomorrow", (2026, 12, 1)),
        ("for two weeks", (2026, 12, 14)),
        ("for 10 days", (2026, 12, 10)),
        ("for 9999 years", (2054, 4, 17)),
    ],
)
def test_a_pause_ends_on_the_next_day_of_that_name(words: str, until: tuple[int, int, int]) -> None:
    pause = Command(Action.PAUSE, until=dt.date(*until))
    assert commands_of(f"Pause {words}, topics", today=TODAY) == (pause, Command(Action.TOPICS))


@pytest.mark.parametrize(
    "words", ["until 03/05/2027", "until the cows come home", "until 31 June", "for 0 days", "until"]
)
def test_a_day_that_cannot_be_told_is_unclear_and_not_guessed(words: str) -> None:
    assert commands_of(f"pause {words}", today=TODAY) == (Command(Action.PAUSE, is_unclear=True),)


def test_a_reply_of_nothing_but_commands_is_read_up_to_a_bound() -> None:
    text = "\n".join(f"save {number}" for number in range(1, 500))
    assert len(commands_of(text, today=TODAY)) == MOST_COMMANDS
    (command,) = commands_of("save 1-9999", today=TODAY)
    assert len(command.numbers) == 50


def test_letters_and_accents_that_came_apart_are_one() -> None:
    taken_apart, whole = (commands_of(f"pausieren bis {march}", today=TODAY) for march in ("Ma\u0308rz", "M\u00e4rz"))
    assert taken_apart == whole
    assert whole[0].until == dt.date(2027, 3, 1)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("mehr wie 3", [("more", 3)]),
        ("Mehr wie 3 und 5, weniger wie 2, bitte.", [("more", 3, 5), ("less", 2)]),
        ("„weniger wie 2“", [("less", 2)]),
        ("speichern 4", [("save", 4)]),
        ("bitte die 3 speichern", [("save", 3)]),
        ("Hilfe", [("help",)]),
        ("Themen", [("topics",)]),
        ("fortsetzen", [("resume",)]),
        ("Bitte abbestellen", [("unsubscribe",)]),
        ("Ich würde das gern abbestellen", []),
        ("3 more", []),
        ("Mehr dazu morgen", []),
        ("更多类似 3", [("more", 3)]),
        ("更多类似第3篇和第5篇，减少类似2", [("more", 3, 5), ("less", 2)]),
        ("收藏4", [("save", 4)]),
        ("“收藏 4”", [("save", 4)]),
        ("请帮助", [("help",)]),
        ("退订", [("unsubscribe",)]),
        ("继续", [("resume",)]),
        ("主题", [("topics",)]),
        ("我可能会退订", []),
    ],
)
def test_german_and_chinese_are_understood_whatever_the_reader_has_chosen(text: str, asked: list[object]) -> None:
    assert commands(text) == asked


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Pause bis Mai", (2027, 5, 1)),
        ("Pause bis zum 3. Mai 2028", (2028, 5, 3)),
        ("pausieren bis 29. Februar", (2028, 2, 29)),
        ("Pause bis Montag", (2026, 12, 7)),
        ("Pause bis nächsten Mittwoch", (2026, 12, 2)),
        ("Pause für zwei Wochen", (2026, 12, 14)),
        ("Pause bis morgen", (2026, 12, 1)),
        ("暂停到五月", (2027, 5, 1)),
        ("暂停到 5月3日", (2027, 5, 3)),
        ("暂停至2028年5月3号", (2028, 5, 3)),
        ("暂停两周", (2026, 12, 14)),
        ("暂停 10 天", (2026, 12, 10)),
        ("暂停到下周", (2026, 12, 7)),
        ("暂停到周三", (2026, 12, 2)),
        ("暂停到2027-05-03", (2027, 5, 3)),
        ("暂停到十三月", None),
        ("Pause bis Mairegen", None),
    ],
)
def test_pauses_end_on_the_same_day_in_german_and_chinese(text: str, until: tuple[int, int, int] | None) -> None:
    day = dt.date(*until) if until else None
    assert commands_of(text, today=TODAY) == (Command(Action.PAUSE, until=day, is_unclear=until is None),)


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.parts[-3])
def test_what_answers_and_digests_tell_people_to_write_is_understood_in_each_language(catalog: Path) -> None:
    with catalog.open("rb") as file:
        known = read_po(file)
    sentences = [
        str(message.string)
        for message in known
        if "“more like 3”" in str(message.id) or "“pause until 3 May”" in str(message.id)
    ]
    assert len(sentences) >= 4
    for sentence in sentences:
        for told in re.findall(r"[„“](.+?)[“”]", sentence):
            assert commands_of(told, today=TODAY), told
