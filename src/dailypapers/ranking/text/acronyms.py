"""Acronyms where a text defines them: “large language models (LLMs)”, “LLMs (large language models)”.

The long form begins where the initials of its words are the letters of the short one; or else, as Schwartz and Hearst
(2003) do it, where these letters stand in it in their order, read from the end, and the first of them begins a word.
Knows one text; what many texts say, `corpus.acronyms` knows.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dailypapers.ranking.text.words import content_words, parts

_SHORT = re.compile(r"[A-Za-z][A-Za-z0-9]{1,9}")
_IN_PARENTHESES = re.compile(r"\(([A-Za-z][^()]{1,100})\)")
_BEHIND_COMMA = re.compile(r"[,;]\s")
_CLAUSE_END = re.compile(r"[,;:!?()]|\.\s")
_WORD = re.compile(r"[^\s,;:.!?()\-\u2010-\u2015/]+")
#: Words that an acronym leaves out.
_SKIPPED = frozenset({"a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"})
#: Longer long forms have words that nobody abbreviates.
_MOST_CHARACTERS, _MOST_WORDS, _LEAST_CAPITALS = 120, 10, 2


class Definition(NamedTuple):
    """A short form, in the singular, and what it stands for, both as they are written."""

    short: str
    long: str

    @property
    def long_key(self) -> tuple[str, ...]:
        """The words of the long form as they are compared."""
        return tuple(content_words(self.long))


def short_keys(short: str) -> tuple[str, ...]:
    """Return a short form and its plural as they are compared; they are two where it is too short to be inflected."""
    return tuple(dict.fromkeys(parts(form)[0].form for form in (short, f"{short}s")))


def definitions(text: str) -> Iterator[Definition]:
    """Give every acronym that a text defines, in order."""
    if "(" not in text:
        return
    for match in _IN_PARENTHESES.finditer(text):
        inside = _BEHIND_COMMA.split(match[1], maxsplit=1)[0]
        if _SHORT.fullmatch(inside):
            short, long = _singular(inside), ""
            if _is_acronym(short):
                long = _before(text[max(match.start() - _MOST_CHARACTERS, 0) : match.start()], short)
        else:
            before = text[max(match.start() - 12, 0) : match.start()].split()
            short, long = _singular(before[-1]) if before else "", ""
            if _SHORT.fullmatch(short) and _is_acronym(short) and len(inside.split()) <= _MOST_WORDS:
                long = inside if _start(inside, short) == 0 else ""
        if long and short.casefold() not in (definition := Definition(short, long)).long_key and definition.long_key:
            yield definition


def _is_acronym(short: str) -> bool:
    return sum(map(str.isupper, short)) >= _LEAST_CAPITALS


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[-2:-1].isupper() else short


def _before(text: str, short: str) -> str:
    """Find the long form at the end of the clause that stands before a short one."""
    clause = _CLAUSE_END.split(text)[-1].rstrip()
    words = [*_WORD.finditer(clause)][-min(len(short) + 5, 2 * len(short), _MOST_WORDS) :]
    window = clause[words[0].start() :] if words else ""
    start = _start(window, short)
    return window[start:] if start is not None else ""


def _start(long: str, short: str) -> int | None:
    """Return where the long form of a short one begins, at the latest place there is; `None` where there is none."""
    start = _by_initials(long, short)
    start = _by_letters(long, short) if start is None else start
    # “self-supervised” is one word.
    while start and long[start - 1] == "-" and long[start - 2 : start - 1].isalnum():
        start -= 1
        while start and long[start - 1].isalnum():
            start -= 1
    return start


def _by_initials(long: str, short: str) -> int | None:
    letters, start = list(short.casefold()), None
    for word in reversed([*_WORD.finditer(long)]):
        if letters and word[0][0].casefold() == letters[-1]:
            letters.pop()
            start = word.start()
        elif not letters or word[0].casefold() not in _SKIPPED:
            break
    return None if letters else start


def _by_letters(long: str, short: str) -> int | None:
    lower, at = long.casefold(), len(long)
    for place in range(len(short) - 1, -1, -1):
        at = lower.rfind(short[place].casefold(), 0, at)
        while place == 0 and at > 0 and lower[at - 1].isalnum():
            at = lower.rfind(short[0].casefold(), 0, at)
        if at < 0:
            return None
    return at
