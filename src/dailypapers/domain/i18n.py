"""Sentences for readers that stand in code: marked where they are written, translated where they are shown."""

import re
from collections.abc import Iterable
from typing import Protocol, Self

#: A language tag (RFC 5646) such as “en”, “pt-BR” or “zh_Hans”.
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
#: A marked sentence, or a pair of them: for one, and for any other number.
Pattern = str | tuple[str, str]


class Translator(Protocol):
    """Puts marked sentences, numbers and lists into a language."""

    def __call__(self, pattern: Pattern, count: int = 1, /) -> str:
        """Return the sentence, its places still to be filled; of a pair, the one for this count."""
        ...

    def number(self, count: int) -> str:
        """Return a whole number as the language groups its digits."""
        ...

    def enumeration(self, items: Iterable[str]) -> str:
        """Return a list as the language separates its items."""
        ...


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it, which extraction looks for
    """Return the same sentence, which from now on is gathered for translators."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - named after `N_`
    """Return the same for one and for many; both are gathered as one message with its plural."""
    return one, many


class _Untranslated:
    """The sentences as they were written, in English."""

    def __call__(self, pattern: Pattern, count: int = 1, /) -> str:
        return pattern if isinstance(pattern, str) else pattern[count != 1]

    def number(self, count: int) -> str:
        return f"{count:,}"

    def enumeration(self, items: Iterable[str]) -> str:
        return ", ".join(items)


untranslated: Translator = _Untranslated()


class Translatable(Protocol):
    """What can be put into words, in the language of a translator."""

    def sentence(self, translate: Translator = untranslated) -> str:
        """Return the words."""
        ...


class LazyString(str):
    """A sentence in English that can be said in another language too: its pattern is translated, then filled.

    Of a pair of patterns `count` decides, and is a value as well.
    """

    __slots__ = ("many", "pattern", "values")
    pattern: Pattern
    many: int
    values: dict[str, str]

    def __new__(cls, pattern: Pattern, *, count: int = 1, **values: object) -> Self:
        """Fill a pattern marked by `N_` or `NN_`."""
        texts = {name: str(value) for name, value in values.items()}
        lazy = super().__new__(cls, _filled(pattern, count, texts, untranslated))
        lazy.pattern, lazy.many, lazy.values = pattern, count, texts
        return lazy

    def sentence(self, translate: Translator = untranslated) -> str:
        """Return the sentence in that language."""
        return _filled(self.pattern, self.many, self.values, translate)


def _filled(pattern: Pattern, count: int, values: dict[str, str], translate: Translator) -> str:
    return translate(pattern, count).format(count=translate.number(count), **values)
