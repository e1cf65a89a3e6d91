"""Acronyms and what they stand for: what a corpus shows together a few times and unambiguously.

    texts | definitions | counted by paper | the unambiguous ones | what a topic may be called besides

"LLM" and "large language models" then meet, whichever of the two a topic says and a paper holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from dailypapers.ranking.text.acronyms import Definition, definitions, short_keys
from dailypapers.ranking.text.words import content_words, pair_terms

Key = TypeVar("Key", str, tuple[str, ...])
#: In so many papers an acronym is defined at least, and in such a share of them as this.
LEAST, SHARE = 3, 0.7
#: An acronym is a word as well where the word in lower case is in more than such a share of as many papers: US, MAP.
_IN_LOWER_CASE = 0.5
#: Maximum acronyms that are learned; twenty thousand papers have fewer than a thousand.
_MOST = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Acronym:
    """A short form in the singular and what it stands for, as most papers write them."""

    short: str
    long: str

    def is_contradicted_by(self, other: "Acronym") -> bool:
        """Tell whether another one is the same short form of something else."""
        one, another = ("".join(content_words(each.long)) for each in (self, other))
        return short_keys(self.short) == short_keys(other.short) and one != another


@dataclass(frozen=True, slots=True)
class Synonym:
    """What a part of a text may be called besides: terms that a paper holds all, in place of the part's words."""

    acronym: Acronym
    #: The words of the text that it stands for, as they are compared.
    instead_of: frozenset[str]
    terms: tuple[str, ...]
    #: The words themselves, in their order.
    words: tuple[str, ...]
    #: How a reason names what the text says.
    named: str


@dataclass(frozen=True)
class Acronyms:
    """Some acronyms; those of a corpus have one meaning each."""

    entries: tuple[Acronym, ...] = ()

    @cached_property
    def _by_short(self) -> Mapping[str, tuple[Acronym, ...]]:
        return _grouped((key, entry) for entry in self.entries for key in short_keys(entry.short))

    @cached_property
    def _by_long(self) -> Mapping[tuple[str, ...], tuple[Acronym, ...]]:
        return _grouped((tuple(content_words(entry.long)), entry) for entry in self.entries)

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(key) for key in self._by_long}))

    def synonyms(self, text: str) -> tuple[Synonym, ...]:
        """Return what parts of a text may be called besides: of acronyms the long form, and the other way round."""
        if not self.entries:
            return ()
        words = content_words(text)
        return tuple(dict.fromkeys((*self._spelled_out(words), *self._shortened(words))))

    def _spelled_out(self, words: list[str]) -> Iterator[Synonym]:
        for word in words:
            for entry in self._by_short.get(word, ()):
                long = tuple(content_words(entry.long))
                terms = tuple(pair_terms(entry.long)) or long
                yield Synonym(entry, frozenset({word}), terms, long, entry.short)

    def _shortened(self, words: list[str]) -> Iterator[Synonym]:
        for length in self._lengths:
            for start in range(len(words) - length + 1):
                part = tuple(words[start : start + length])
                for entry in self._by_long.get(part, ()):
                    for key in short_keys(entry.short):
                        yield Synonym(entry, frozenset(part), (key,), (key,), entry.long)

    def expanded(self, text: str) -> str:
        """Return a text with what its parts may be called besides, to be searched for."""
        besides = {
            synonym.acronym.long if synonym.named == synonym.acronym.short else synonym.acronym.short: None
            for synonym in self.synonyms(text)
        }
        return " . ".join((text, *besides))


def _grouped(pairs: Iterable[tuple[Key, Acronym]]) -> Mapping[Key, tuple[Acronym, ...]]:
    grouped: dict[Key, list[Acronym]] = defaultdict(list)
    for key, entry in pairs:
        grouped[key].append(entry)
    return {key: tuple(entries) for key, entries in grouped.items()}


def defined(text: str) -> frozenset[Acronym]:
    """Return the acronyms that a text itself defines."""
    return frozenset(Acronym(*definition) for definition in definitions(text))


def learn(texts: Iterable[str]) -> Acronyms:
    """Learn from texts, in any order: acronyms that at least `LEAST` of them define, and `SHARE` of them alike."""
    all_texts = list(texts)
    written: dict[tuple[str, str], Counter[Definition]] = defaultdict(Counter)
    defined: Counter[str] = Counter()
    for text in all_texts:
        definition_by_key = {(short_keys(each.short)[0], "".join(each.long_key)): each for each in definitions(text)}
        for key, definition in definition_by_key.items():
            written[key][definition] += 1
        defined.update({short for short, _ in definition_by_key})
    papers = {key: sum(forms.values()) for key, forms in written.items()}
    clear = {key: many for key, many in papers.items() if many >= LEAST and many >= SHARE * defined[key[0]]}
    in_lower_case: Counter[str] = Counter()
    shorts = {short for short, _ in clear}
    for text in all_texts:
        in_lower_case.update(shorts.intersection(text.split()))
    keys = [key for key, many in clear.items() if in_lower_case[key[0]] <= _IN_LOWER_CASE * many]
    keys = sorted(sorted(keys, key=lambda key: (-papers[key], key))[:_MOST])
    return Acronyms(tuple(_usual(written[key]) for key in keys))


def _usual(forms: Counter[Definition]) -> Acronym:
    """Return the form most papers write, in lower case where any of them does."""
    in_small = [form for form in forms if form.long.islower()] or list(forms)
    usual = min(in_small, key=lambda form: (-forms[form], form))
    return Acronym(usual.short, usual.long)
