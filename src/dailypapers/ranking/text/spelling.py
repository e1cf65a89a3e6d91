"""Spelling: what somebody who mistyped a word may have meant, as search engines suggest it.

    words of earlier papers, the most common first | the nearest one by edit distance

Knows English as papers write it, from the papers alone; which words are unknown, the caller says.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
import numpy.typing as npt

from dailypapers.domain.text import unaccented

#: Shorter words are mostly names and acronyms, which are near to others by chance.
LEAST_LETTERS = 5
#: From so many letters on, two edits are allowed.
_LONG = 8
#: Fewer papers may all have made the same mistake.
LEAST_PAPERS = 5
#: Letters that are written for each other by mistake: neighbors on a keyboard, vowels, and what sounds alike. Of two
#: other letters one is not a slip of the other: “lending” is no “leading”.
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = ("aeiouy", "ckqsxz", "fpv", "dtz", "bp", "mn", "gj", "lr", "uvw")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(rf"(?<![^\W\d_])[a-z]{{{LEAST_LETTERS},}}(?![^\W\d_])")


@dataclass(frozen=True)
class Vocabulary:
    """Words as papers write them, in lower case and without accents, the most common first."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str], *, least: int = LEAST_PAPERS) -> "Vocabulary":
        """Return the words that at least so many of these texts hold."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(_WORD.findall(unaccented(text))))
        common = [(-many, word) for word, many in counts.items() if many >= least]
        return cls(tuple(word for _, word in sorted(common)))

    @cached_property
    def _by_initial(self) -> Mapping[str, "_Words"]:
        """Words by their first letter, which hardly anybody mistypes."""
        by_initial: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            by_initial[word[0]].append(word)
        return {initial: _Words(words, _letters(words)) for initial, words in by_initial.items()}

    def nearest(self, written: str) -> str:
        """Return the word that this one may be a misspelling of; empty where none is near, or it is one itself."""
        word = unaccented(written)
        most = 0 if len(word) < LEAST_LETTERS else 1 if len(word) < _LONG else 2
        near = ""
        words = self._by_initial.get(word[:1])
        for other in words.near(word, most) if words and most else ():
            if (edits := distance(word, other, most=most)) <= most:
                if not edits:
                    return ""
                near, most = other, edits - 1
        return near


@dataclass(frozen=True, slots=True)
class _Words:
    """Words, and how often each holds each letter."""

    words: Sequence[str]
    letters: npt.NDArray[np.int8]

    def near(self, word: str, most: int) -> Iterator[str]:
        """Yield the words that may be so many edits away, of which each adds, takes or replaces a letter, or swaps two.

        Letters are counted for all words at a time; to find the edits of two words takes a thousand times as long.
        """
        apart = np.abs(self.letters - _letters([word])).sum(axis=1, dtype=np.int64)
        return (self.words[place] for place in np.flatnonzero(apart <= 2 * most).tolist())


def _letters(words: Sequence[str]) -> npt.NDArray[np.int8]:
    """Return words × letters from a to z: how often each is there, up to 100 times."""
    counts = [[min(word.count(letter), 100) for letter in _ALPHABET] for word in words]
    return np.array(counts, np.int8)


def distance(one: str, other: str, *, most: int) -> int:
    """Return how many letters to add, leave out, replace or swap with their neighbor make one word of the other.

    That is the optimal string alignment distance, in which a letter replaced by one that nobody takes for it counts as
    two; above `most` it is `most` + 1.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        last, before, row = before, row, [place]
        for column, its in enumerate(other, 1):
            edits = min(before[column] + 1, row[-1] + 1, before[column - 1] + _replaced(letter, its))
            if last and column > 1 and letter == other[column - 2] and its == one[place - 2]:
                edits = min(edits, last[column - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _replaced(letter: str, other: str) -> int:
    if letter == other:
        return 0
    return 1 if (letter, other) in _SLIPS else 2


def _slips() -> frozenset[tuple[str, str]]:
    """Pairs of letters that are written for each other, both ways."""
    place = {letter: (row, column) for row, letters in enumerate(_KEYBOARD) for column, letter in enumerate(letters)}
    pairs = {pair for letters in _ALIKE for pair in permutations(letters, 2)}
    for one, (row, column) in place.items():
        near = {(row, column - 1), (row, column + 1), (row - 1, column), (row - 1, column + 1)}
        pairs |= {pair for other in place if place[other] in near for pair in ((one, other), (other, one))}
    return frozenset(pairs)


_SLIPS = _slips()
