"""A paper in a sentence, and who wrote it: the abstract's authors, or a language model that is named."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SummaryBy(StrEnum):
    """Who wrote a summary."""

    ABSTRACT = "abstract"
    """The authors, as one sentence of their abstract."""
    AUTHORS = "authors"
    """The authors, for this purpose."""
    MODEL = "model"
    """A language model: it may be wrong, and is always marked."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A paper in a sentence or two."""

    text: str
    by: SummaryBy = SummaryBy.ABSTRACT
    #: Of a model: its name, or whose service it is; and the day it was asked on.
    model: str = ""
    day: dt.date | None = None


def in_language(summaries: Mapping[str, Summary], language: str) -> Summary | None:
    """Return the summary in a language, of those in several; where none is named, the first.

    Another language than the one that is named is nobody's: `None`, so that an extract stands in.
    """
    return summaries.get(language) if language else next(iter(summaries.values()), None)


@dataclass(frozen=True, slots=True)
class Spent:
    """What asking a model took: tokens in and out, and seconds."""

    tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens + other.tokens, self.seconds + other.seconds)


@dataclass(frozen=True, slots=True)
class Budget:
    """What asking a model may take on a day; the answer that goes beyond it is the last."""

    tokens: int = 200_000
    seconds: float = 120.0
    #: In the currency of the price; 0: no limit.
    money: float = 0.0
    price_per_million_tokens: float = 0.0

    def cost(self, spent: Spent) -> float:
        """Return what the tokens cost."""
        return spent.tokens * self.price_per_million_tokens / 1_000_000

    def used_up(self, spent: Spent) -> str:
        """Return which limit was reached, in a few words; empty where none was."""
        if self.money and self.cost(spent) >= self.money:
            return f"{self.money:,.2f} for tokens"
        if spent.tokens >= self.tokens:
            return f"{self.tokens:,} tokens"
        return f"{self.seconds:,.0f} seconds" if spent.seconds >= self.seconds else ""
