"""The template environment: strict, escaping, sandboxed, and every string ready for translation."""

import gettext
import re
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

import jinja2
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dailypapers.domain.i18n import LazyString, Pattern, Translatable, Translator, number, untranslated
from dailypapers.domain.text import isolated
from dailypapers.errors import BadSettings
from dailypapers.rendering.dates import day_of_month, long_date, month_name, plain_date, short_date
from dailypapers.rendering.html import inlined
from dailypapers.rendering.text import (
    extract,
    isolating,
    one_line,
    parted,
    safe_url,
    shortened,
    source_name,
    wrapped,
)

#: What templates are rendered with; others name it by this, so that Jinja has one home.
Templates: TypeAlias = jinja2.Environment

_SHEET = re.compile(r"\{% include '([^']+\.css)' %\}")


#: Languages written from right to left, by their first subtag (RFC 5646).
_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def environment(
    templates: Path, override: Path | None = None, *, language: str = "en", locale: Sequence[Path] = ()
) -> jinja2.Environment:
    """An environment over the shipped templates; a file of the same name in `override` wins.

    HTML is escaped, in `.txt` nothing is; a name that is not there is an error, not an empty place. A mail's HTML
    comes with its styles inlined. Sentences are in `language`, by its catalogue below the first folder of `locale` that
    has one; English needs none. Raises `BadSettings` where a folder is missing or the language has no catalogue.
    """
    if override and not override.is_dir():
        raise BadSettings(f"service.templates: there is no folder {override}.")
    made = _Environment(
        loader=_Templates([folder for folder in (override, templates) if folder]),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.globals |= _direction(language)
    made.filters["isolated"] = str
    translations = _translations(language, locale)
    if made.globals["dir"] == "rtl":
        translations = _RightToLeft(translations)
        made.filters["isolated"] = isolated
    made.install_gettext_callables(translations.gettext, translations.ngettext, newstyle=True)  # type: ignore[attr-defined]
    said = _saying(translations)
    made.extend(said=said)
    made.filters |= {"extract": extract, "one_line": one_line, "safe_url": safe_url, "wrapped": wrapped}
    made.filters |= {"in_words": partial(in_words, say=said), "number": partial(number, say=said)}
    made.filters |= {"parted": parted, "shortened": shortened, "source_name": source_name}
    dates = (long_date, plain_date, short_date, month_name, day_of_month)
    made.filters |= {write.__name__: partial(write, say=said) for write in dates}
    return made


def in_words(thing: Translatable | str, say: Translator = untranslated) -> str:
    """A reason or another sentence from the code, in the language of `say`; other words stay what they are."""
    return thing.sentence(say) if isinstance(thing, LazyString) or not isinstance(thing, str) else thing


def saying(templates: jinja2.Environment) -> Translator:
    """What puts sentences marked as `domain.marking` has it into the templates' language; plain text, not markup."""
    said: Translator = templates.said  # type: ignore[attr-defined]  # environment() has put it there
    return said


class _RightToLeft(gettext.NullTranslations):
    """Translations whose values, most of them names and titles from left to right, do not turn what is around them."""

    def __init__(self, other: gettext.NullTranslations) -> None:
        super().__init__()
        self._other = other

    def gettext(self, message: str) -> str:
        return isolating(self._other.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return isolating(self._other.ngettext(msgid1, msgid2, n))


def _saying(translations: gettext.NullTranslations) -> Translator:
    def say(pattern: Pattern, count: int = 1, /) -> str:
        if isinstance(pattern, str):
            return translations.gettext(pattern)
        return translations.ngettext(*pattern, count)

    return say


def _translations(language: str, locale: Sequence[Path]) -> gettext.NullTranslations:
    for folder in locale:
        if not folder.is_dir():
            raise BadSettings(f"service.locale: there is no folder {folder}.")
    if not _LANGUAGE.fullmatch(language):
        raise BadSettings(f"service.language: {language!r} is no language such as en or pt-BR.")
    if language == "en":
        return gettext.NullTranslations()
    for folder in locale:
        if found := gettext.find("dailypapers", str(folder), [language.replace("-", "_")]):
            with Path(found).open("rb") as file:
                return gettext.GNUTranslations(file)
    where = " or ".join(map(str, locale))
    raise BadSettings(f"service.language: there is no catalogue for {language} in {where}.")


def _direction(language: str) -> dict[str, str]:
    if re.split("[-_]", language)[0] in _RIGHT_TO_LEFT:
        return {"lang": language.replace("_", "-"), "dir": "rtl", "start": "right", "back": "→", "forth": "←"}
    return {"lang": language.replace("_", "-"), "dir": "ltr", "start": "left", "back": "←", "forth": "→"}


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, which looks at every name that is read; a mail reads five hundred, nearly all of plain values."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What is named. Of a record only names with an underscore are unsafe, and those the sandbox still decides."""
        kind: Any = type(obj)
        if attribute[:1] != "_" and _is_record(kind):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        return super().getattr(obj, attribute)


@cache
def _is_record(kind: type) -> bool:
    return is_dataclass(kind) or kind is LoopContext


class _Templates(jinja2.FileSystemLoader):
    """Files in folders; a mail's HTML with its style sheet has the styles inlined when it is loaded, once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(folders)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, fresh = super().get_source(environment, template)
        if template.startswith("email/") and "<style>" in source:
            whole = _SHEET.sub(lambda match: self.get_source(environment, match[1])[0], source)
            source = inlined(whole, path)
        return source, path, fresh
