"""Institutions: where authors work, and when two ways of writing one name are taken for the same.

Case, accents, punctuation, small words and mostly the order of words do not count: “University of Oxford” is “Oxford
University”, and “ETH Zürich” is “ETH Zurich”. An acronym counts where it is written as one: “MIT” is met by “MIT” and
by “Massachusetts Institute of Technology (MIT)”, and the long name alone is not known to be the same.
"""

import re
from collections.abc import Iterable, Iterator

from dailypapers.domain.text import unaccented

#: Words that names are written with and without.
_SMALL = frozenset(("a", "and", "at", "de", "der", "des", "di", "du", "for", "für", "in", "la", "of", "the", "und"))
#: Places of which both orders are names of a university, and of two: the University of Washington is in Seattle,
#: Washington University in St. Louis.
_OF_TWO = frozenset({"california", "miami", "ottawa", "pacific", "washington", "york"})
#: What parts a postal address, and an acronym from what it stands for.
_PARTS = re.compile(r"[,;()|\n]")
#: Parts of all addresses of a paper that are looked at; more is a list of a thousand members.
_MOST_PARTS = 2_000


def institution_key(name: str) -> str:
    """Return what is equal for the ways of writing one institution; empty where nothing is left of a name."""
    words = [word for word in re.findall(r"\w+", unaccented(name)) if word not in _SMALL]
    if set(words) - {"university"} <= _OF_TWO:
        return " ".join(words)
    return " ".join(sorted(words))


def institutions_in(addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each part of some addresses, and the part as it is written."""
    count = 0
    for address in addresses:
        for part in (each.strip() for each in _PARTS.split(address)):
            if count >= _MOST_PARTS:
                return
            count += 1
            if key := institution_key(part):
                yield key, part
