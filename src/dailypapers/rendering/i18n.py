"""The language of mails and pages: its sentences from gettext catalogs, its dates, numbers and lists from CLDR."""

import gettext
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from dailypapers.domain.i18n import Pattern
from dailypapers.errors import BadSettings
from dailypapers.rendering.text import isolating

_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
#: English for readers all over the world writes the day before the month, as nearly all of them do.
_WORLD_ENGLISH = "en_001"


@dataclass(frozen=True, slots=True)
class CatalogTranslator:
    """A `domain.i18n.Translator` over one language's catalog and locale; gives plain text, not markup."""

    translations: gettext.NullTranslations
    locale: Locale

    def __call__(self, pattern: Pattern, count: int = 1, /) -> str:
        """Return the sentence in the language, its places still to be filled."""
        if isinstance(pattern, str):
            return self.translations.gettext(pattern)
        return self.translations.ngettext(*pattern, count)

    def number(self, count: int) -> str:
        """Return a whole number as the language groups its digits."""
        return _decimal(count, self.locale)

    def enumeration(self, items: Iterable[str]) -> str:
        """Return a list as the language separates its items: “a, b, c”."""
        return comma(self.locale).join(items)


@lru_cache(maxsize=4096)
def _decimal(count: int, locale: Locale) -> str:
    return format_decimal(count, locale=locale)


@lru_cache(maxsize=64)
def comma(locale: Locale) -> str:
    """Return what a language puts between the items of a list."""
    patterns = locale.list_patterns
    middle: str = {**patterns["standard"], **patterns.get("unit", {})}["middle"]
    return middle.removeprefix("{0}").removesuffix("{1}")


def locale_of(language: str) -> Locale:
    """Return the locale of a language tag such as `en` or `pt-BR` (RFC 5646). Raises `BadSettings` for unknown ones."""
    if not _LANGUAGE.fullmatch(language):
        raise BadSettings(f"service.language: {language!r} is not a language tag such as en or pt-BR.")
    try:
        return Locale.parse(_WORLD_ENGLISH if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise BadSettings(f"service.language: {language!r} is not a known language.") from None


def translator(language: str, folders: Sequence[Path]) -> CatalogTranslator:
    """Return the translator of a language, by its catalog below the first of the folders that has one.

    English needs no catalog. Raises `BadSettings` where a folder is missing, or the language is unknown or has no
    catalog.
    """
    for folder in folders:
        if not folder.is_dir():
            raise BadSettings(f"service.locale: the folder {folder} does not exist.")
    locale = locale_of(language)
    translations = _translations(language, folders)
    if locale.text_direction == "rtl":
        translations = _RightToLeft(translations)
    return CatalogTranslator(translations, locale)


def _translations(language: str, folders: Sequence[Path]) -> gettext.NullTranslations:
    for folder in folders:
        if catalog := gettext.find("dailypapers", str(folder), [language.replace("-", "_")]):
            with Path(catalog).open("rb") as file:
                return gettext.GNUTranslations(file)
    if re.split("[-_]", language)[0] == "en":
        return gettext.NullTranslations()
    where = " or ".join(map(str, folders))
    raise BadSettings(f"service.language: there is no catalog for {language} in {where}.")


class _RightToLeft(gettext.NullTranslations):
    """Translations whose values, most of them names and titles from left to right, do not turn what is around them."""

    def __init__(self, other: gettext.NullTranslations) -> None:
        super().__init__()
        self._other = other

    def gettext(self, message: str) -> str:
        return isolating(self._other.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return isolating(self._other.ngettext(msgid1, msgid2, n))
