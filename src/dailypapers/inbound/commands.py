"""What somebody asks for in a reply to a digest: “more like 3”, “less 2”, “save 4”, “pause until May”, “help”.

    lines | words, in English | commands

A line is a command only as a whole: “I might unsubscribe” is not one. Pure; knows days, and nothing of papers.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dailypapers.inbound.command_words import in_english

#: Commands of one reply, and papers of one command; more were not typed by hand.
MOST_COMMANDS = 20
_MOST_NUMBERS = 50
#: Characters of a line: a longer one is prose.
_LONGEST_LINE = 200
_WORD = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d+(?:st|nd|rd|th)?\b|[^\W\d]+(?:['’][^\W\d]+)*|[#?–-]|\S", re.IGNORECASE)
#: What may stand in a command and changes nothing.
_FILLERS = frozenset(
    {
        *(".", ",", ";", "!", ":", "&", "+", "#", "*", "(", ")", "-", "–", "•"),
        # Quotation marks of any language: mails name commands in theirs, and people copy them.
        *('"', "“", "”", "„", "'", "‘", "’", "‚", "«", "»", "‹", "›", "「", "」", "『", "』"),
        *("and", "also", "please", "pls", "then", "thanks", "thank", "you", "me", "my", "the", "paper", "papers"),
        *("number", "numbers", "no", "nr", "digest", "digests", "mails", "emails", "email", "mail", "subscription"),
    }
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SHORTEST_NAME = 3
#: More than anybody may pause for, and still a date.
_LONGEST_DAYS = 10_000


class Action(StrEnum):
    """What a command does."""

    MORE = "more"
    LESS = "less"
    SAVE = "save"
    PAUSE = "pause"
    RESUME = "resume"
    TOPICS = "topics"
    UNSUBSCRIBE = "unsubscribe"
    HELP = "help"


_VERBS = {
    "more": Action.MORE, "like": Action.MORE,
    "less": Action.LESS, "fewer": Action.LESS, "dislike": Action.LESS,
    "save": Action.SAVE, "keep": Action.SAVE, "bookmark": Action.SAVE,
    "pause": Action.PAUSE, "resume": Action.RESUME, "unpause": Action.RESUME, "continue": Action.RESUME,
    "topics": Action.TOPICS, "topic": Action.TOPICS, "preferences": Action.TOPICS,
    "unsubscribe": Action.UNSUBSCRIBE, "stop": Action.UNSUBSCRIBE, "leave": Action.UNSUBSCRIBE,
    "help": Action.HELP, "?": Action.HELP, "commands": Action.HELP,
}  # fmt: skip
_ABOUT_PAPERS = frozenset({Action.MORE, Action.LESS, Action.SAVE})


@dataclass(frozen=True, slots=True)
class Command:
    """One thing somebody asks for."""

    action: Action
    numbers: tuple[int, ...] = ()
    """The papers it is about, as the digest numbers them; none where somebody forgot them."""
    until: dt.date | None = None
    """The first day on which they want mail again."""
    is_unclear: bool = False
    """Whether a day was named that cannot be told."""


def commands_of(text: str, *, today: dt.date) -> tuple[Command, ...]:
    """Return the commands in what somebody wrote, in their order and each once; `today` is theirs."""
    # Some mail programs take letters and their accents apart: “bis März”.
    lines = unicodedata.normalize("NFC", text).splitlines()
    commands = (command for line in lines for command in _of_line(line, today))
    return tuple(dict.fromkeys(commands))[:MOST_COMMANDS]


def _of_line(line: str, today: dt.date) -> list[Command]:
    """Return a line's commands; none where anything in it is not part of one."""
    if len(line) > _LONGEST_LINE:
        return []
    words, commands = [word.lower() for word in _WORD.findall(in_english(line))], list[Command]()
    while words:
        if words[0] in _FILLERS:
            del words[0]
        elif words[0].isdecimal() and (command := _numbers_first(words)):
            commands.append(command)
        elif words[0] in _VERBS:
            commands.append(_taken(words, today))
        else:
            return []
    return commands


def _taken(words: list[str], today: dt.date) -> Command:
    """Take one command off the words."""
    action = _VERBS[words.pop(0)]
    if action in _ABOUT_PAPERS:
        while words and (words[0] in {"like", "of", "this", "these"} or words[0] in _FILLERS):
            del words[0]
        return Command(action, tuple(dict.fromkeys(_numbers(words)))[:_MOST_NUMBERS])
    if action is Action.PAUSE:
        return _pause(words, today)
    return Command(action)


def _numbers_first(words: list[str]) -> Command | None:
    """Take a command off the words whose verb comes last, as in German: “3 speichern”. “3 more” may mean any three."""
    rest = list(words)
    numbers = tuple(dict.fromkeys(_numbers(rest)))[:_MOST_NUMBERS]
    if not rest or _VERBS.get(rest[0]) is not Action.SAVE:
        return None
    words[:] = rest[1:]
    return Command(Action.SAVE, numbers)


def _numbers(words: list[str]) -> Iterator[int]:
    """Take numbers off the words: “3”, “3 and 5”, “3, 5”, “2-4”."""
    last = 0
    while words:
        if words[0].isdecimal():
            last = int(words.pop(0)[:4])
            yield last
        elif words[0] in {"-", "–", "to"} and last and len(words) > 1 and words[1].isdecimal():
            del words[0]
            yield from range(last + 1, min(int(words[0][:4]), last + _MOST_NUMBERS))
        elif words[0] in _FILLERS:
            del words[0]
        else:
            return


def _pause(words: list[str], today: dt.date) -> Command:
    while words and words[0] in _FILLERS:
        del words[0]
    if not words or words[0] not in {"until", "till", "til", "to", "for"}:
        return Command(Action.PAUSE)
    preposition = words.pop(0)
    end = next((n for n, word in enumerate(words) if word in _VERBS or word in {"and", ";"}), len(words))
    about = [word for word in words[:end] if word not in _FILLERS]
    del words[:end]
    until = _after(about, today) if preposition == "for" else _day(about, today)
    return Command(Action.PAUSE, until=until, is_unclear=until is None)


def _after(words: Sequence[str], today: dt.date) -> dt.date | None:
    """Return the day after a time: “2 weeks”, “a month”."""
    match words:
        case [count, unit] if (days := _UNITS.get(unit.removesuffix("s"))) and (count.isdecimal() or count in _COUNTS):
            number = int(count[:4]) if count.isdecimal() else _COUNTS[count]
            return today + dt.timedelta(days=min(number * days, _LONGEST_DAYS)) if number else None
    return None


def _day(words: Sequence[str], today: dt.date) -> dt.date | None:
    """Return the next day of this name: “2027-05-03”, “3 May”, “May 3rd, 2027”, “May”, “Monday”, “next week”."""
    bare = [re.sub(r"(?<=\d)(st|nd|rd|th)$", "", word) for word in words if word not in {"of", "on", "the"}]
    match bare:
        case ["tomorrow"]:
            return today + dt.timedelta(days=1)
        case ["next", "week"]:
            return _next_weekday(0, today)
        case ["next", "month"]:
            return (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        case [iso] if "-" in iso and iso[0].isdecimal():
            return _date(*map(int, iso.split("-")))
    name = bare[1:] if bare[:1] == ["next"] else bare
    weekday = _place(name[0], _WEEKDAYS) if len(name) == 1 else None
    return _next_weekday(weekday, today) if weekday is not None else _in_month(name, today)


def _in_month(words: Sequence[str], today: dt.date) -> dt.date | None:
    """Return the next first day of a month, or the one that is named, of the year that is named."""
    months = [month for word in words if (month := _place(word, _MONTHS)) is not None]
    numbers = [int(word) for word in words if word.isascii() and word.isdecimal()]
    if len(months) != 1 or len(numbers) != len(words) - 1:
        return None
    match numbers:
        case []:
            return _next_date(months[0] + 1, 1, today)
        case [year] if year >= today.year:
            return _date(year, months[0] + 1, 1)
        case [day]:
            return _next_date(months[0] + 1, day, today)
        case [day, year]:
            return _date(year, months[0] + 1, day)
    return None


def _next_date(month: int, day: int, today: dt.date) -> dt.date | None:
    """Return the next time that a month has this day; 29 February may take some years."""
    candidates = (_date(today.year + ahead, month, day) for ahead in range(9))
    return next((each for each in candidates if each and each > today), None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _next_weekday(weekday: int, today: dt.date) -> dt.date:
    return today + dt.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _place(name: str, names: Sequence[str]) -> int | None:
    """Return the place of a name that may be cut short to three letters or more."""
    if len(name) < _SHORTEST_NAME:
        return None
    return next((n for n, whole in enumerate(names) if whole.startswith(name)), None)
