"""Words: how text becomes tokens, the same for papers, topics, phrases, searches and reasons.

    text | written words | parts of hyphenated ones | folded | without stop words | terms

A term is a word, or two neighbors written as one: "data set" holds the term "dataset" and so meets it. A single letter
or digit says nothing of its own, and is bound to its neighbor the same way: "T cells" holds "tcell", "Q-learning"
"qlearning", "GPT-4" and "GPT4" both "gpt4".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from operator import add, itemgetter
from typing import NamedTuple, TypeVar

from dailypapers.domain.text import unaccented
from dailypapers.ranking.text.inflection import as_ending, singular, uninflected
from dailypapers.ranking.text.stop_words import STOP_WORDS

#: Scripts that put no space between words: each of their characters is a word, and two neighbors are a term.
_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
_LETTER = rf"[^\W_{_UNSPACED}]"
#: Marks that belong to the letter before them, and what is inside words without being seen.
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03"
    "\u0d3b-\u0d4d\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84"
    "\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u200b-\u200d\u2060\ufeff]"
)
_HYPHENS, _APOSTROPHES = "-\u2010-\u2013\u2212\ufe63\uff0d", "'\u2018\u2019\u02bc\uff07"
_HYPHEN, _APOSTROPHE = f"[{_HYPHENS}]", f"[{_APOSTROPHES}]"
#: What goes on with a word: marks, the decimals of Qwen2.5, hyphens and apostrophes between letters.
_ON = rf"(?:{_MARK}+|\.(?<=\d\.)\d|[{_HYPHENS}{_APOSTROPHES}]{_LETTER})"
#: The signs of C++, C# and the A* of A* search, after a single letter.
_SIGNS = r"(?:[+\uff0b]{2}(?<!\w\w..)|[#\uff03\u266f*](?<!\w\w.))(?<!\d.)"
_CORE = rf"{_LETTER}+(?:{_ON}{_LETTER}*)*"
_WORD = re.compile(rf"{_CORE}(?:{_SIGNS}(?:{_HYPHEN}{_CORE})?)?|[{_UNSPACED}]{_MARK}*")
#: The same for texts of ASCII, which most are: a third faster.
_ASCII_CORE = r"[A-Za-z0-9]+(?:(?:[-'][A-Za-z0-9]|\.(?<=\d\.)\d)[A-Za-z0-9]*)*"
_ASCII_WORD = re.compile(rf"{_ASCII_CORE}(?:(?:\+\+(?<!\w\w..)|[#*](?<!\w\w.))(?<!\d.)(?:-{_ASCII_CORE})?)?")
#: Words as groups, so that splitting a text by them keeps them.
_APART, _ASCII_APART = re.compile(f"({_WORD.pattern})"), re.compile(f"({_ASCII_WORD.pattern})")
_SPLIT = re.compile(_HYPHEN)
_POSSESSIVE = re.compile(rf"{_APOSTROPHE}[sS\uff33\uff53]?$|(?<=^\d\d\d\d)[sS]$")
_LEFT_OUT = re.compile(rf"{_APOSTROPHE}|[\u00ad\u200b-\u200d\u2060\ufeff]")

#: What binds to its neighbor: a Latin letter or a digit, or a decimal.
_LONE = re.compile(r"\b[A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]\b(?!['\u2019\u02bc*#+]|\.\d)")
_ASCII_LONE = re.compile(r"\b[A-Za-z0-9]\b(?!['*#+]|\.\d)", re.ASCII)
_DECIMAL = re.compile(r"\b\d+(?:\.\d+)+\b")
#: Not the end of a possessive or a decimal.
_NOT_LONE = frozenset("'\u2018\u2019\u02bc.")
#: An "a" or "I" is an article or a person, but beside a hyphen or after one of these.
_ARTICLES = frozenset("aAiI\uff21\uff29\uff41\uff49")
_LETTERED = frozenset(
    {
        *("category", "class", "coenzyme", "collagen", "complex", "cyclin", "factor", "grade", "group", "hepatitis"),
        *("influenza", "phase", "photosystem", "protein", "stage", "topoisomerase", "type", "vitamin"),
    }
)
_BEFORE_IT = re.compile(rf"({_LETTER}(?:{_LETTER}|{_MARK}|\.\d)*)(?:\s|{_HYPHEN})$")
_BEHIND_IT = re.compile(rf"(?:\s|{_HYPHEN})({_LETTER}(?:{_LETTER}|{_MARK})*)")
#: A genus is a letter and a full stop: “E. coli”. What follows the end of a sentence begins with a capital.
_BEHIND_STOP = re.compile(r"\.\s?([a-z]{3,})")
_LONGEST_NEIGHBOR = 40

_GREEK_NAMES = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"),
    *("xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES, strict=True))
#: One or two Greek letters are symbols; more of them are a word of that language.
_SYMBOL = re.compile(r"(?<![α-ω])[α-ω]{1,2}(?![α-ω])")
_MICRO = re.compile(r"^(\d*)μ(?=(?:m|s|l|g|w|v|a|f|t|j|mol|sv)$)")


#: Names that science writes with an umlaut, and with two letters where there is none to be had.
_UMLAUTS = {
    name: re.sub("([aou])e", r"\1", name, count=1)
    for name in (
        *("buechi", "goedel", "groebner", "haeckel", "hoelder", "hueckel", "jaeger", "kaehler", "koehler", "koenig"),
        *("kuenneth", "loewdin", "loewenheim", "loewner", "luescher", "moebius", "moessbauer", "mueller"),
        *("naegeli", "roentgen", "schoenberg", "schroeder", "schroedinger", "wuerzburg"),
    )
}
#: A symbol that is more often written out.
_WRITTEN_OUT = {"chi2": "chi-square"}


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where every word of a text begins and ends."""
    return (match.span() for match in _pattern(text).finditer(text))


def written(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text as they are written, and what stands before each."""
    split = (_ASCII_APART if text.isascii() else _APART).split(text)
    return split[1::2], split[:-1:2]


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _WORD


def _told(text: str) -> list["Part"]:
    return _parts_of(_pattern(text).findall(text))


def _parts_of(surfaces: list[str]) -> list["Part"]:
    return [*chain.from_iterable(map(_TELLING.__getitem__, surfaces))]


def words(text: str) -> Iterator[tuple[str, bool]]:
    """Every word of a text in order, stop words too, and whether it follows on the one before without punctuation."""
    end = 0
    for match in _pattern(text).finditer(text):
        yield match[0], match.start() > 0 and not text[end : match.start()].strip()
        end = match.end()


def fold(word: str) -> str:
    """Return the form a word is compared in: the base it is inflected from, in lower case, without accents.

    Full-width letters, ligatures, possessives and invisible characters do not count; a Greek letter is its name.
    Idempotent.
    """
    return uninflected(_plain(word))


def is_stop_word(word: str) -> bool:
    """Tell whether a word, however it is written, is everywhere and so says nothing."""
    plain = _plain(word)
    return plain in STOP_WORDS or singular(plain) in STOP_WORDS


def _plain(word: str) -> str:
    word = _LEFT_OUT.sub("", unaccented(_POSSESSIVE.sub("", word)))
    if word.isascii():
        return _UMLAUTS.get(word, word)
    return _SYMBOL.sub(lambda symbol: "".join(_GREEK[letter] for letter in symbol[0]), _MICRO.sub(r"\1u", word))


Result = TypeVar("Result")


class _Remembered(dict[str, Result]):
    """What a function makes of words: a plain table, which is looked up in a third of the time of `lru_cache`."""

    def __init__(self, make: Callable[[str], Result]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Result:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        parts_made = self[word] = self._make(word)
        return parts_made


#: Words remembered at most; a year of papers has fewer.
_MOST_REMEMBERED = 200_000


class Part(NamedTuple):
    """A part of a written word."""

    #: The form it is compared in, and how it begins and ends one that is made of it and its neighbor.
    form: str
    head: str
    tail: str
    is_stop: bool
    #: A single letter or digit, which says nothing of its own.
    is_lone: bool


_FORM, _HEAD, _TAIL = itemgetter(0), itemgetter(1), itemgetter(2)


def joined(one: Part, other: Part) -> str:
    """Return two neighbors written as one word, as that is compared."""
    return one.head + other.tail


@lru_cache(maxsize=200_000)
def parts(word: str) -> tuple[Part, ...]:
    """Return the parts of a written word: those of a hyphenated one are words of their own."""
    return tuple(_part(part) for part in _SPLIT.split(_WRITTEN_OUT.get(_plain(word), word)))


def _part(written: str) -> Part:
    plain = _plain(written)
    lone = (len(plain) == 1 and plain.isascii()) or (plain.replace(".", "").isdigit() and "." in plain)
    base = uninflected(plain)
    # Not by its base: who asks for "working memory", "tool calling" or "moving averages" means these words.
    is_stop = plain in STOP_WORDS or singular(plain) in STOP_WORDS
    return Part(base, singular(plain), as_ending(plain), is_stop, lone)


def plain_words(text: str) -> list[str]:
    """The compared words of a text with hyphenated ones parted, stop words left in."""
    return [part.form for surface in _pattern(text).findall(text) for part in parts(surface)]


def terms(text: str) -> list[str]:
    """The terms of a text: its words without stop words, pairs of neighbors among the rest, and what is bound.

    A pair bridges the stop words and the punctuation between its words: on readers' likes (docs/benchmarks.md) that
    is worth .015 nDCG@10 over pairs that must touch.
    """
    words_and_pairs, letters = terms_apart(text)
    return [*words_and_pairs, *letters]


def terms_apart(text: str) -> tuple[list[str], list[str]]:
    """Return the terms of a text, first those that are not bound, then those that are.

    In what a paper says of itself, letters are mostly variables.
    """
    surfaces = _pattern(text).findall(text)
    word_parts = _parts_of(surfaces)
    pairs = map(add, map(_HEAD, word_parts), map(_TAIL, word_parts[1:]))
    letters = [form for form, _, _ in letter_spans(text, surfaces)]
    return [*map(_FORM, word_parts), *pairs], letters + [form for form, _, _ in compounds(surfaces)]


def pair_terms(text: str) -> list[str]:
    """Each two neighbors among the words of a text that tell something, written as one."""
    telling_forms = _told(text)
    return [*map(add, map(_HEAD, telling_forms), map(_TAIL, telling_forms[1:]))]


def content_words(text: str) -> list[str]:
    """The words of a text that tell something, as they are compared."""
    return [*map(_FORM, _told(text))]


def singular_words(text: str) -> list[str]:
    """The words of a text that tell something, in the singular and otherwise as they are inflected."""
    return [*map(_HEAD, _told(text))]


def telling(word: str) -> tuple[Part, ...]:
    """Return what of a written word tells something: of a saying nothing, of any other its parts but stop words."""
    return _TELLING[word]


def telling_each(written_words: Iterable[str]) -> list[tuple[Part, ...]]:
    """Return `telling` of each of these words."""
    return [*map(_TELLING.__getitem__, written_words)]


def _tells(part: Part) -> bool:
    return not (part.is_stop or part.is_lone)


def _telling(word: str) -> tuple[Part, ...]:
    """What of a written word tells something: of a saying nothing, of any other its parts without stop words.

    "state-space" is about states and spaces, "chain-of-thought" about chains and thought, "graph-based" about graphs,
    and "few-shot", "in-the-wild" or "out-of-distribution" is one thing; "state-of-the-art" is about nothing.
    """
    word_parts = parts(word)
    meaning = tuple(filter(_tells, word_parts))
    if len(meaning) == len(word_parts):
        return meaning
    if all(part.is_stop for part in word_parts) or tuple(part.form for part in word_parts) in _SAYINGS:
        return ()
    if len(meaning) == 1 and any(part.is_stop for part in word_parts) and word_parts[-1].form != _BASED:
        return tuple(part for part in (_part("".join(_SPLIT.split(word))),) if not part.is_stop)
    return meaning


#: Stop words in front of another word, or behind it, are one word with it; but for this one.
_BASED = fold("based")
#: What is said of anything, as the parts are compared.
_SAYINGS = frozenset(
    tuple(map(fold, saying.split("-")))
    for saying in (
        *(
            "all-in-one",
            "best-in-class",
            "day-to-day",
            "easy-to-use",
            "end-to-end",
            "first-of-its-kind",
            "head-to-head",
        ),
        *("head-to-head", "off-the-shelf", "on-the-fly", "one-size-fits-all", "order-of-magnitude", "out-of-the-box"),
        *("proof-of-concept", "ready-to-use", "side-by-side", "state-of-the", "state-of-the-art", "step-by-step"),
        "up-to-date",
    )
)


#: Stop words that make another word of the one behind them: "few shot", "first order", "out of distribution". Written
#: with a hyphen they are one word with it.
_COMPOUNDING = frozenset(
    {
        *("all", "back", "bottom", "down", "eight", "few", "first", "five", "four", "front", "full", "last", "least"),
        *("many", "more", "most", "next", "nine", "no", "off", "one", "out", "over", "part", "side", "six", "ten"),
        *("three", "top", "two", "under", "whole"),
    }
)


#: Of these that only say how much or which: "more efficient transformers" are efficient ones.
_DEGREES = frozenset({"more", "most"})
#: These do before few words: "in vivo", "in-context learning", "on policy".
_COMPOUNDED = {
    "in": frozenset({"context", "ovo", "planta", "silico", "situ", "utero", "vitro", "vivo"}),
    "on": frozenset({"chip", "device", "policy"}),
}


def _compound(word: str) -> tuple[str, ...] | None:
    """Return what a word with a hyphen, which is one with its stop words, says besides; `None` of any other word.

    Of "few-shot" the part that tells something, of "two-time-scale" the stop word with the one behind it; and nothing
    of a word that makes another of the one behind it.
    """
    if word.casefold() in _COMPOUNDING or word.casefold() in _COMPOUNDED:
        return ()
    word_parts, told = parts(word), telling(word)
    meaning = tuple(filter(_tells, word_parts))
    if len(meaning) == len(word_parts) or not told:
        return None
    if told != meaning:
        return (meaning[0].form,)
    return (
        tuple(joined(one, other) for one, other in pairwise(word_parts) if one.form in _COMPOUNDING and _tells(other))
        or None
    )


def _may_bind(word: str) -> bool:
    """Tell whether a written word may be, or have in it, what `_bindings` finds; most texts have none, and are many."""
    word_parts = parts(word)
    if len(word_parts) == 1 and word in _ARTICLES:
        return False
    return any(part.is_lone for part in word_parts) or word.casefold().removesuffix("s") in _LETTERED


_TELLING, _BINDING, _COMPOUND = _Remembered(_telling), _Remembered(_may_bind), _Remembered(_compound)


def letter_spans(text: str, surfaces: Iterable[str]) -> list[tuple[str, int, int]]:
    """Return the single letters and digits of a text, each written as one with the word that it stands beside.

    Each with where in the text it begins and ends; `surfaces` are the text's words as they are written.
    """
    return [*_letter_spans(text)] if any(map(_BINDING.__getitem__, surfaces)) else []


def compounds(surfaces: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield what is written apart or with a hyphen by turns, the way it does not stand there.

    That is what a stop word makes of the word behind it, and that word where a hyphen has made them one: "few shot" as
    one word, of "few-shot" the word alone. Each with the first and the last of the written words that it is made of;
    "out of distribution" is one as well.
    """
    bound = [(n, forms) for n, forms in enumerate(map(_COMPOUND.__getitem__, surfaces)) if forms is not None]
    for n, forms in bound:
        if forms:
            yield from ((form, n, n) for form in forms)
        elif last := _end_of_compound(surfaces, n):
            of = "of" * (last - n - 1)
            yield parts(surfaces[n])[0].head + of + parts(surfaces[last])[0].tail, n, last


def _end_of_compound(surfaces: Sequence[str], first: int) -> int:
    """Return where the word ends that a stop word makes with what is behind it, 0 where it makes none."""
    last = first + 1 + (surfaces[first + 1 : first + 2] == ["of"])
    if last >= len(surfaces) or not _tells(parts(surfaces[last])[0]):
        return 0
    behind = _COMPOUNDED.get(surfaces[first].casefold())
    return last if behind is None or surfaces[last].casefold() in behind else 0


def hyphenated(topic: str) -> str:
    """Return a topic with hyphens in what is one word: "few shot learning" is "few-shot learning".

    A stop word and the one behind it are one before a noun, or as a whole topic; but what follows another stop word,
    such as "with few labels", is not.
    """
    matches = [*_pattern(topic).finditer(topic)]
    surfaces = [match[0] for match in matches]
    for first in reversed([n for n, forms in enumerate(map(_COMPOUND.__getitem__, surfaces)) if forms == ()]):
        if last := _end_of_modifier(topic, matches, surfaces, first):
            as_one_word = "-".join(surfaces[first : last + 1])
            topic = topic[: matches[first].start()] + as_one_word + topic[matches[last].end() :]
    return topic


def _end_of_modifier(topic: str, matches: Sequence[re.Match[str]], surfaces: Sequence[str], first: int) -> int:
    """Return where a compound ends that begins here and says more of the noun behind it, 0 where none does."""
    if surfaces[first].casefold() in _DEGREES:
        return 0
    last = _end_of_compound(surfaces, first)
    if not last or (first > 0 and not telling(surfaces[first - 1])):
        return 0
    noun = surfaces[last + 1 : last + 2]
    if (noun and not telling(noun[0])) or (not noun and first > 0):
        return 0
    together = matches[first : last + 1 + len(noun)]
    return last if all(topic[one.end() : other.start()].isspace() for one, other in pairwise(together)) else 0


def _letter_spans(text: str) -> Iterator[tuple[str, int, int]]:
    yield from (joined_form for found in _bindings(text) for joined_form in found)
    yield from _genera(text)


def _genera(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each genus and kind: a topic “E coli” meets “E. coli”, which itself asks for “coli” alone."""
    for match in (_ASCII_LONE if text.isascii() else _LONE).finditer(text):
        start, end = match.span()
        behind = _BEHIND_STOP.match(text, end) if match[0].isupper() and text[end : end + 1] == "." else None
        if behind and (not start or text[start - 1] not in _NOT_LONE) and not (part := parts(behind[1])[0]).is_stop:
            yield joined(_part(match[0]), part), start, behind.end(1)


def _bindings(text: str) -> Iterator[list[tuple[str, int, int]]]:
    """For each single letter or digit what it is bound to: a word before it, one behind it, or both."""
    for pattern in (_ASCII_LONE if text.isascii() else _LONE, _DECIMAL):
        for match in pattern.finditer(text):
            start, end = match.span()
            if text[start] in _ARTICLES and not _is_letter(text, start, end):
                continue
            if not start or text[start - 1] not in _NOT_LONE:
                yield list(_beside(text, start, end))


def _is_letter(text: str, start: int, end: int) -> bool:
    """Whether what may be an article or a person is the name of something."""
    if _SPLIT.match(text, end) or (start and _SPLIT.match(text, start - 1)):
        return True
    before = text[text.rfind(" ", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)].casefold()
    return before in _LETTERED or before.removesuffix("s") in _LETTERED


def _beside(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    lone = _part(text[start:end])
    before = _BEFORE_IT.search(text, max(start - _LONGEST_NEIGHBOR, 0), start)
    if before and not (part := parts(before[1])[-1]).is_stop and not part.is_lone:
        yield joined(part, lone), before.start(1), end
    behind = _BEHIND_IT.match(text, end, end + _LONGEST_NEIGHBOR)
    if not behind or (part := parts(behind[1])[0]).is_stop:
        return
    # A number tells of the word before it; what comes after is counted by it.
    if part.is_lone or not lone.form[0].isdigit() or not text[end].isspace():
        yield joined(lone, part), start, behind.end(1)


@lru_cache(maxsize=50_000)
def units(text: str) -> tuple[tuple[str, ...], ...]:
    """What a text asks for, unit by unit: the terms of which any one will do, the word itself first.

    "data set" asks for "data" and for "set", and a "dataset" is both; "T cells" asks for "cell" and for "tcell".
    """
    text = hyphenated(text)
    telling_forms, lone = _told(text), [tuple(form for form, _, _ in found) for found in _bindings(text)]
    pairs = ["", *(joined(one, other) for one, other in pairwise(telling_forms)), ""]
    units: dict[str, tuple[str, ...]] = {}
    for part, *around in zip(telling_forms, pairs, pairs[1:], strict=False):
        beside = [form for forms in lone for form in forms if form.startswith(part.head) or form.endswith(part.tail)]
        units.setdefault(part.form, tuple(dict.fromkeys(filter(None, (part.form, *around, *beside)))))
    return (*units.values(), *dict.fromkeys(filter(None, lone)))


def neighbors(text: str) -> list[tuple[str, ...]]:
    """The pairs of neighboring words a text asks for, each as the term it is in either order.

    "few-shot learning" asks for its words without the stop word as well: "few shot learning" holds these.
    """
    surfaces = _pattern(topic := hyphenated(text)).findall(topic)
    whole = _parts_of(surfaces)
    apart = [part for surface in surfaces for part in _apart(surface)]
    pairs = dict.fromkeys(
        (joined(one, other), joined(other, one), joined(*bare), joined(*reversed(bare)))
        for (one, other), bare in zip(pairwise(whole), pairwise(apart), strict=True)
        if one.form != other.form
    )
    return [tuple(dict.fromkeys(pair)) for pair in pairs]


def _apart(word: str) -> tuple[Part, ...]:
    """Return what of a written word tells something, of "few-shot" the word alone."""
    told = telling(word)
    return told if len(told) != 1 else tuple(filter(_tells, parts(word))) or told
