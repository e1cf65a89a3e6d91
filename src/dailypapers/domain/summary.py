"""A paper in a sentence, and who wrote it: the abstract's authors, or a language model that is named."""

import datetime as dt
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
