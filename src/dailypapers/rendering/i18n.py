"""The language of mails and pages: its sentences from gettext catalogs, its dates, numbers and lists from CLDR.

Accept-Language | best_of | a language | translator: its catalog, LANGUAGE/LC_MESSAGES/dailypapers.po or .mo
"""

import gettext
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from dailypapers.domain.i18n import LANGUAGE_TAG, Pattern
from dailypapers.errors import BadSettings
from dailypapers.rendering.text import isolating

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


def gap(locale: Locale) -> str:
    """Return what a language puts between two sentences: Chinese and Japanese have room in the full stop itself."""
    return "" if locale.language in _FULL_WIDTH else " "


def colon(locale: Locale) -> str:
    """Return what a language puts between a word and what it is the name of."""
    return "：" if locale.language in _FULL_WIDTH else ": "


#: Languages whose marks are as wide as their signs.
_FULL_WIDTH = frozenset(("ja", "yue", "zh"))


def locale_of(language: str) -> Locale:
    """Return the locale of a language tag such as `en` or `pt-BR` (RFC 5646). Raises `BadSettings` for unknown ones."""
    if not LANGUAGE_TAG.fullmatch(language):
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


def has_catalog(language: str, folders: Sequence[Path]) -> bool:
    """Tell whether sentences can be said in a language: it is English, or one of the folders has its catalog."""
    return _is_english(language) or _catalog(language, folders) is not None


def best_of(wanted: str, offered: Sequence[str]) -> str:
    """Return the language offered that an Accept-Language header prefers (RFC 9110 12.5.4), or the first one."""
    ranked = sorted(filter(None, map(_preference, wanted.split(",")[:_MOST_WANTED])), key=lambda pair: -pair[1])
    by_tag = {language.replace("-", "_"): language for language in offered}
    best = negotiate_locale([tag.replace("-", "_") for tag, quality in ranked if quality > 0], [*by_tag])
    return by_tag[best] if best else offered[0]


#: Browsers list a handful.
_MOST_WANTED = 20


def _preference(item: str) -> tuple[str, float] | None:
    tag, _, parameter = (part.strip() for part in item.partition(";"))
    try:
        return (tag, float(parameter.removeprefix("q=") or 1)) if tag else None
    except ValueError:
        return None


def language_name(language: str) -> str:
    """Return a language's name for itself: “Deutsch”."""
    locale = locale_of(language)
    name = locale.get_language_name(locale) or language
    return name[:1].upper() + name[1:]


def _translations(language: str, folders: Sequence[Path]) -> gettext.NullTranslations:
    catalog = _catalog(language, folders)
    if catalog is not None:
        return _read(catalog)
    if _is_english(language):
        return gettext.NullTranslations()
    where = " or ".join(map(str, folders))
    raise BadSettings(f"service.language: there is no catalog for {language} in {where}.")


def _is_english(language: str) -> bool:
    return language.replace("_", "-").partition("-")[0] == "en"


def _catalog(language: str, folders: Sequence[Path]) -> Path | None:
    """Return a language's catalog below the first folder that has one; a compiled one goes first."""
    tag = language.replace("-", "_")
    names = dict.fromkeys((tag, tag.partition("_")[0]))
    files = (
        folder / name / "LC_MESSAGES" / f"dailypapers.{kind}"
        for folder in folders
        for name in names
        for kind in ("mo", "po")
    )
    return next((file for file in files if file.is_file()), None)


@lru_cache(maxsize=32)
def _read(catalog: Path) -> gettext.GNUTranslations:
    """Read a catalog; one that translators work on is compiled here. Raises `BadSettings` for one that is damaged."""
    try:
        if catalog.suffix == ".mo":
            return gettext.GNUTranslations(io.BytesIO(catalog.read_bytes()))
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(catalog.read_bytes()), abort_invalid=True))
        return gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    except (OSError, ValueError, PoFileError) as error:
        raise BadSettings(f"service.language: the catalog {catalog} cannot be read: {error}.") from error


class _RightToLeft(gettext.NullTranslations):
    """Translations whose values, most of them names and titles from left to right, do not turn what is around them."""

    def __init__(self, other: gettext.NullTranslations) -> None:
        super().__init__()
        self._other = other

    def gettext(self, message: str) -> str:
        return isolating(self._other.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return isolating(self._other.ngettext(msgid1, msgid2, n))
