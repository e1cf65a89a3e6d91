"""Hints: what may be wrong with a topic as somebody wrote it, seen from the papers there are.

    a topic's words | those no paper holds: misspelt, or unknown | those most papers hold | more than a paper holds

Knows no reader; what cannot be used at all, `profile` says.
"""

import re
from collections.abc import Iterator, Sequence

from dailypapers.domain.digest import Hint
from dailypapers.domain.i18n import N_, LazyString
from dailypapers.ranking.corpus.frequencies import columns_of
from dailypapers.ranking.features import Features
from dailypapers.ranking.relevance import FEW_WORDS, LONG
from dailypapers.ranking.text.topics import unframed
from dailypapers.ranking.text.words import parts, spans, units

#: A word that so few earlier papers hold may be a mistake of theirs.
_MISTAKES = 2
#: A single word of fewer letters is taken for another one only if this is held by so many: short ones are near to
#: others by chance.
_COMMON_ENOUGH, _LONG_WORD = 20, 8
#: A topic whose words more than this share of papers hold says little.
_VAGUE_FROM = 0.2
#: Nobody wants more corrections than this at a time, and they take time.
_MOST_UNKNOWN = 3
UNKNOWN = N_(
    "No paper in our library contains “{words}”. If it is spelled correctly, you will get papers on it as they "
    "appear. Nearly all papers are in English."
)
VAGUE = N_("{percent}% of all papers contain “{topic}”. A more specific topic brings better papers.")
LONG_TOPIC = N_("Few papers contain all words of “{topic}”. Two to four specific words find more.")
_LETTERS = re.compile(r"[^\W\d_]+")


def hints(features: Features, topics: Sequence[str]) -> tuple[Hint, ...]:
    """Return what may be wrong with these topics, for those where something is."""
    return tuple(hint for topic in topics for hint in _hints(features, topic))


def misspelt(features: Features, topic: str) -> Hint | None:
    """Return what a topic probably means that is misspelt, `None` for any other; found out once for each topic."""
    if topic not in features.misspelt:
        unknown = list(_unknown(features, topic))
        corrected = _instead(features, topic, unknown) if 0 < len(unknown) <= _MOST_UNKNOWN else ""
        features.misspelt[topic] = corrected
    return Hint(topic, features.misspelt[topic]) if features.misspelt[topic] else None


def _hints(features: Features, topic: str) -> Iterator[Hint]:
    if corrected := misspelt(features, topic):
        yield corrected
    elif never := [word for word in _unknown_words(features, topic) if _is_on_no_paper(features, word)]:
        yield Hint(topic, note=LazyString(UNKNOWN, words=", ".join(never)[:60]))
    elif (share := _commonness(features, topic)) > _VAGUE_FROM:
        yield Hint(topic, note=LazyString(VAGUE, topic=topic[:60], percent=round(100 * share)))
    elif features.dense is None and FEW_WORDS < len(units(unframed(topic))) <= LONG:
        # An encoder finds what a sentence means, and likeness what an abstract does.
        yield Hint(topic, note=LazyString(LONG_TOPIC, topic=topic[:60]))


def _unknown(features: Features, topic: str) -> Iterator[tuple[int, int]]:
    """Yield where in a topic words stand that hardly any paper holds, by themselves or as one with a neighbor."""
    rare_words = {unit[0] for unit in units(topic) if not features.hold_more(_MISTAKES, columns_of(unit))}
    for start, end in spans(topic):
        for match in _LETTERS.finditer(topic, start, end):
            if all(part.form in rare_words for part in parts(match[0])):
                yield match.span()


def _unknown_words(features: Features, topic: str) -> list[str]:
    return [topic[start:end] for start, end in _unknown(features, topic)]


def _is_on_no_paper(features: Features, word: str) -> bool:
    """Tell so of a word where there are papers enough for that to mean something."""
    columns = columns_of([part.form for part in parts(word)])
    return features.background.is_trained and not features.together([columns])


def _instead(features: Features, topic: str, unknown: Sequence[tuple[int, int]]) -> str:
    """Return the topic without its misspellings; empty where a word has none, or what comes out is on no paper."""
    instead, end = "", 0
    for start, after in unknown:
        near = features.vocabulary.nearest(topic[start:after])
        if not near:
            return ""
        instead += topic[end:start] + (near.capitalize() if topic[start].isupper() else near)
        end = after
    instead += topic[end:]
    unit_columns = [columns_of(unit) for unit in units(instead)]
    is_short = len(unit_columns) == 1 and len(instead) < _LONG_WORD
    least = _COMMON_ENOUGH if is_short and features.background.is_trained else 1
    return instead if features.together(unit_columns) >= least else ""


def _commonness(features: Features, topic: str) -> float:
    """Return the share of earlier papers that hold all words of a topic; 0 where too few are known to tell."""
    unit_columns, background = [columns_of(unit) for unit in units(topic)], features.background
    return background.together(unit_columns) / background.papers if unit_columns and background.is_trained else 0.0
