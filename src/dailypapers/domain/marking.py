"""Sentences for readers that stand in code: marked where they are written, translated where they are shown."""

from collections.abc import Callable
from typing import Protocol, Self

Say = Callable[[str], str]


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it, which extraction looks for
    """The same sentence, which from now on is gathered for translators."""
    return message


class Sayable(Protocol):
    """What can be put into words, in the language that `say` puts marked sentences into."""

    def sentence(self, say: Say = str) -> str:
        """The words."""
        ...


class Said(str):
    """A sentence in English that can be said in another language too: its pattern is translated, then filled."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, str]

    def __new__(cls, pattern: str, **values: object) -> Self:
        """Fill a pattern marked by `N_`."""
        made = super().__new__(cls, pattern.format(**values))
        made.pattern, made.values = pattern, {name: str(value) for name, value in values.items()}
        return made

    def sentence(self, say: Say = str) -> str:
        """The sentence in that language."""
        return say(self.pattern).format(**self.values)
