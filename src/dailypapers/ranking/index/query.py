"""Queries: what somebody types into the search field, taken apart.

    state space "long context" author:"Albert Gu" cat:cs.LG

Nothing is an error: what cannot be read as one of these is words.
"""

import re
from dataclasses import dataclass

from dailypapers.ranking.text.words import plain_words, terms

#: Nobody means more than these; what comes after them is not read.
MOST_LETTERS, MOST_WORDS = 2000, 60
_MOST_FILTERS = 8
_PIECE = re.compile(
    r"(?:(?P<author>author|au|by)|(?P<category>category|cat)):\s?(?P<value>[\"“”][^\"“”]*[\"“”]?|[^\s\"“”]+)"
    r"|[\"“”](?P<phrase>[^\"“”]*)[\"“”]"
    r"|(?P<word>[^\s\"“”]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """What a text asks for."""

    #: All its words, those of its phrases too, as one topic.
    topic: str = ""
    #: Words that must stand next to each other.
    phrases: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    #: Whether it was too long to be read to its end.
    cut: bool = False

    @property
    def filters(self) -> bool:
        """Whether it asks for papers by somebody or in some category."""
        return bool(self.authors or self.categories)

    @property
    def wordless(self) -> bool:
        """Whether it holds no word that tells papers apart, and names nobody and no category either."""
        return not (self.filters or terms(self.topic))

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing."""
        return not (self.topic or self.filters)


def parse(text: str) -> Query:
    """Read what somebody typed; quotation marks make a phrase, `author:` and `cat:` say whose and where."""
    words: list[str] = []
    phrases, authors, categories = [], [], []
    for piece in _PIECE.finditer(text[:MOST_LETTERS]):
        value = (piece["value"] or "").strip('"“” ').replace("_", " ")
        if piece["author"]:
            authors.append(value)
        elif piece["category"]:
            categories.append(value.casefold().removesuffix(".*"))
        elif piece["word"]:
            words.append(piece["word"])
        elif piece["phrase"].strip():
            words += piece["phrase"].split()
            if len(plain_words(piece["phrase"])) > 1:
                phrases.append(" ".join(piece["phrase"].split()))
    return Query(
        topic=" ".join(words[:MOST_WORDS]),
        phrases=tuple(dict.fromkeys(phrases))[:_MOST_FILTERS],
        authors=_filters(authors),
        categories=_filters(categories),
        cut=len(text) > MOST_LETTERS or len(words) > MOST_WORDS,
    )


def _filters(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:_MOST_FILTERS]
