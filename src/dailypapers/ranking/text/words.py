"""Words: how text becomes tokens, the same for papers and for topics.

A hyphenated word counts as its parts, so that "state-space" meets "state space". Plural and singular are one word.
Words that are everywhere say nothing.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from dailypapers.domain.text import unaccented

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_MIN_PLURAL = 4
#: Words every abstract has; they match everything and explain nothing.
_PAPER_WORDS = frozenset(
    {
        *("abstract", "approach", "article", "based", "existing", "experiment", "furthermore", "however", "introduce"),
        *("method", "moreover", "new", "novel", "paper", "present", "propose", "proposed", "recent", "result", "show"),
        *("study", "task", "use", "used", "using", "via", "work"),
    }
)
STOP_WORDS = frozenset(ENGLISH_STOP_WORDS) | _PAPER_WORDS


def words(text: str) -> Iterator[tuple[str, bool]]:
    """Every word of a text in order, stop words too, and whether it follows on the one before without punctuation."""
    end = 0
    for match in _WORD.finditer(text):
        yield match[0], text[end : match.start()].isspace()
        end = match.end()


def fold(word: str) -> str:
    """The form a word is compared in: lower case, singular, without accents (É is E, and ₂ is 2)."""
    plain = unaccented(word)
    if len(plain) >= _MIN_PLURAL and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        return plain[:-1]
    return plain


def plain_words(text: str) -> list[str]:
    """The compared words of a text with hyphenated ones parted, stop words left in: for phrases."""
    return [word for surface in _WORD.findall(text) for word in _plain(surface)]


@lru_cache(maxsize=200_000)
def _plain(word: str) -> tuple[str, ...]:
    return tuple(fold(part) for part in word.split("-"))


def parts(word: str) -> list[str]:
    """The compared words a written word counts as: a hyphenated one its parts, unless it is a saying.

    "state-space" is about states and spaces; "state-of-the-art" is not.
    """
    found = [fold(part) for part in word.split("-")]
    return [] if len(found) > 1 and STOP_WORDS.intersection(found) else found


def terms(text: str) -> list[str]:
    """The terms of a text: its words without stop words, and pairs of neighbours among those that are left.

    A pair bridges the stop words and the punctuation between its words: on readers' likes (docs/benchmarks.md) that
    is worth .015 nDCG@10 over pairs that must touch.
    """
    told = [word for surface in _WORD.findall(text) for word in telling(surface)]
    return told + [f"{word} {neighbour}" for word, neighbour in pairwise(told)]


@lru_cache(maxsize=200_000)
def telling(word: str) -> tuple[str, ...]:
    """What a written word counts as, less what tells nothing; kept, since few words make most of any text."""
    return tuple(part for part in counted(word) if part not in STOP_WORDS and _tells(part))


def counted(word: str) -> list[str]:
    """What a written word counts as: its parts, or a saying as a whole."""
    return parts(word) or [fold(word)]


def _tells(word: str) -> bool:
    """A single Latin letter or digit tells nothing; a single Chinese character does."""
    return len(word) > 1 or not word.isascii()
