"""Sentences for readers that stand in code: marked where they are written, translated where they are shown."""

from typing import Protocol, Self

#: A marked sentence, or a pair of them: for one, and for any other number.
Pattern = str | tuple[str, str]


class Translator(Protocol):
    """Puts a marked sentence into a language; of a pair, the one for so many."""

    def __call__(self, pattern: Pattern, count: int = 1, /) -> str:
        """The sentence, its places still to be filled."""
        ...


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it, which extraction looks for
    """The same sentence, which from now on is gathered for translators."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - named after `N_`
    """The same for one and for many; both are gathered as one message with its plural."""
    return one, many


def untranslated(pattern: Pattern, count: int = 1, /) -> str:
    """The sentence as it was written."""
    return pattern if isinstance(pattern, str) else pattern[count != 1]


_THOUSAND = N_("1,000")


def number(count: int, say: Translator = untranslated) -> str:
    """A count, its thousands parted as the language parts them."""
    digits = f"{count:,}"
    return digits.replace(",", say(_THOUSAND)[1:-3]) if "," in digits else digits


class Translatable(Protocol):
    """What can be put into words, in the language that `say` puts marked sentences into."""

    def sentence(self, say: Translator = untranslated) -> str:
        """The words."""
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
        shown = {name: str(value) for name, value in values.items()}
        made = super().__new__(cls, _filled(pattern, count, shown, untranslated))
        made.pattern, made.many, made.values = pattern, count, shown
        return made

    def sentence(self, say: Translator = untranslated) -> str:
        """The sentence in that language."""
        return _filled(self.pattern, self.many, self.values, say)


def _filled(pattern: Pattern, count: int, values: dict[str, str], say: Translator) -> str:
    return say(pattern, count).format(count=number(count, say), **values)
