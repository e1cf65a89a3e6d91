"""Phrases: which of some papers hold some words next to each other, however they are written.

"data set", "data-set" and "dataset" are one phrase, inflected or not. Two words may be written as one
unless one of them is a stop word: "is land" is no island.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from dailypapers.ranking.text.words import Part, joined, parts, words


class Phrasebook:
    """Some texts, to be asked which of them hold a phrase."""

    def __init__(self, texts: Sequence[str]) -> None:
        surfaces = [[surface for surface, _ in words(text)] for text in texts]
        self._lines = [_line(part.form for surface in each for part in parts(surface)) for each in surfaces]
        self._heads: dict[str, set[str]] = defaultdict(set)
        self._tails: dict[str, set[str]] = defaultdict(set)
        self._hyphenated: dict[str, set[str]] = defaultdict(set)
        for surface in {surface for each in surfaces for surface in each}:
            self._learn(parts(surface))

    def _learn(self, phrase_parts: Sequence[Part]) -> None:
        for part in phrase_parts:
            if not part.is_stop:
                self._heads[part.head].add(part.form)
                self._tails[part.tail].add(part.form)
        for one, other in pairwise(phrase_parts):
            self._hyphenated[joined(one, other)].add(f"{one.form} {other.form}")

    def holding(self, phrase: str) -> list[int]:
        """Return the places of the texts that hold a phrase; one without words is held by none."""
        lines = {_line(forms) for forms in self._ways(phrase)} - {_line([])}
        return [place for place, text in enumerate(self._lines) if any(line in text for line in lines)]

    def _ways(self, phrase: str) -> Iterator[list[str]]:
        """A phrase as it may be written in these texts: with two words as one, or one as two."""
        parts_in_order = [(part, n > 0) for surface, _ in words(phrase) for n, part in enumerate(parts(surface))]
        forms = [part.form for part, _ in parts_in_order]
        yield forms
        for n, ((one, _), (other, is_hyphenated)) in enumerate(pairwise(parts_in_order)):
            if is_hyphenated or not (one.is_stop or other.is_stop):
                yield [*forms[:n], joined(one, other), *forms[n + 2 :]]
        for n, form in enumerate(forms):
            for apart in self._apart(form):
                yield [*forms[:n], apart, *forms[n + 1 :]]

    def _apart(self, form: str) -> Iterator[str]:
        yield from self._hyphenated.get(form, ())
        for place in range(1, len(form)):
            head, tail = form[:place], form[place:]
            if not (head.isdigit() and tail.isdigit()):
                yield from _pairs(self._heads, self._tails, head, tail)


def _pairs(heads: Mapping[str, set[str]], tails: Mapping[str, set[str]], head: str, tail: str) -> Iterator[str]:
    for one in heads.get(head, ()):
        for other in tails.get(tail, ()):
            yield f"{one} {other}"


def _line(forms: Iterator[str] | Sequence[str]) -> str:
    return f" {' '.join(forms)} "
