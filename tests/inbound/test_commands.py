"""Replies as commands: which words are one, and which day is meant."""

import datetime as dt

import pytest

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
