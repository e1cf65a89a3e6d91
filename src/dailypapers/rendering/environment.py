"""The template environment: strict, escaping, sandboxed, and every string ready for translation."""

import gettext
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeAlias

import jinja2
from babel import Locale
from jinja2.bccache import Bucket
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from dailypapers.domain.digest import is_by_upvotes
from dailypapers.domain.i18n import LazyString, Translatable, Translator, untranslated
from dailypapers.domain.person import given_first
from dailypapers.domain.source import source_name
from dailypapers.domain.text import direction, isolated
from dailypapers.errors import BadSettings
from dailypapers.rendering.dates import day_of_month, long_date, month_name, plain_date, short_date, weekday_name
from dailypapers.rendering.html import inlined
from dailypapers.rendering.i18n import CatalogTranslator, colon, comma, gap, translator
from dailypapers.rendering.slots import waiting
from dailypapers.rendering.summary import summary_of
from dailypapers.rendering.text import (
    extract,
    one_line,
    parted,
    safe_url,
    shortened,
    wrapped,
)

#: What templates are rendered with; others name it by this, so that Jinja has one home.
Templates: TypeAlias = jinja2.Environment

_SHEET = re.compile(r"\{% include '([^']+\.css)' %\}")
_PARENT = re.compile(r"\{% extends '(email/[^']+)' %\}")
_BLOCK = re.compile(r"\{% block (\w+) %\}(.*?)\{% endblock %\}", re.DOTALL)


def environment(
    templates: Path,
    override: Path | None = None,
    *,
    language: str = "en",
    locale: Sequence[Path] = (),
    takes_replies: bool = False,
    figures: str = "",
) -> jinja2.Environment:
    """Return an environment over the shipped templates; a file of the same name in `override` wins.

    HTML is escaped, `.txt` is not; a name that is not there is an error, not an empty place. A mail's HTML
    comes with its styles inlined. Sentences are in `language`, by its catalog below the first folder of `locale` that
    has one; English needs none. `takes_replies` tells templates whether somebody reads replies to a digest, `figures`
    what the addresses of papers' figures begin with (nothing: none are shown). Raises `BadSettings` where a folder is
    missing or the language has no catalog.
    """
    if override and not override.is_dir():
        raise BadSettings(f"service.templates: the folder {override} does not exist.")
    env = _Environment(
        loader=_Templates([folder for folder in (override, templates) if folder]),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        bytecode_cache=_compiled(language, tuple(locale)),
    )
    translate = translator(language, locale)
    env.extend(translate=translate)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translate.translations.gettext, translate.translations.ngettext, newstyle=True
    )
    sentences = _sentence_functions(translate.translations)
    env.extend(sentences=frozenset(sentences.values()))
    env.globals |= {
        **sentences,
        **_direction(translate.locale, language),
        "takes_replies": takes_replies,
        "figures": figures,
    }
    _add_filters(env, translate)
    return env


def _sentence_functions(translations: gettext.NullTranslations) -> dict[str, Callable[..., str]]:
    """Return what templates say sentences with, as Jinja's extension has it, without its detours."""

    @jinja2.pass_eval_context
    def say(context: EvalContext, message: str, **values: Any) -> str:
        return filled_in(context, translations.gettext(message), values)

    @jinja2.pass_eval_context
    def say_counted(context: EvalContext, singular: str, plural: str, num: int, **values: Any) -> str:
        return filled_in(context, translations.ngettext(singular, plural, num), {"num": num, **values})

    def filled_in(context: EvalContext, pattern: str, values: Mapping[str, Any]) -> str:
        if not context.autoescape:
            return pattern % values
        safe = {name: value if isinstance(value, int) else escape(value) for name, value in values.items()}
        return Markup(pattern % safe)  # noqa: S704 - from a catalog, and all that is filled in is escaped

    return {"_": say, "gettext": say, "ngettext": say_counted}


def _add_filters(env: jinja2.Environment, translate: CatalogTranslator) -> None:
    """Add what templates may write texts, numbers and dates with."""
    texts = (extract, one_line, safe_url, shortened, wrapped)
    env.filters |= {write.__name__: waiting(write) for write in texts}
    env.filters |= {"in_words": partial(in_words, translate=translate), "number": translate.number}
    env.filters |= {"enumeration": translate.enumeration}
    env.filters |= {
        "direction": direction,
        "given_first": given_first,
        "parted": parted,
        "source_name": source_name,
        "is_by_upvotes": is_by_upvotes,
        "summary_of": summary_of,
    }
    env.filters["isolated"] = waiting(isolated) if translate.locale.text_direction == "rtl" else str
    dates = (long_date, plain_date, short_date, month_name, day_of_month, weekday_name)
    env.filters |= {write.__name__: partial(write, locale=translate.locale) for write in dates}


def _direction(locale: Locale, language: str) -> dict[str, str]:
    """Return what templates need to know of the writing direction, and what stands between items and sentences."""
    shared = {"lang": language.replace("_", "-"), "comma": comma(locale), "gap": gap(locale), "colon": colon(locale)}
    if locale.text_direction == "rtl":
        return {**shared, "dir": "rtl", "start": "right", "back": "→", "forth": "←"}
    return {**shared, "dir": "ltr", "start": "left", "back": "←", "forth": "→"}


def in_words(thing: Translatable | str, translate: Translator = untranslated) -> str:
    """Return a reason or another sentence from the code in the language; other words stay what they are."""
    return thing.sentence(translate) if isinstance(thing, LazyString) or not isinstance(thing, str) else thing


def translator_of(templates: jinja2.Environment) -> CatalogTranslator:
    """Return what puts sentences marked by `N_` or `NN_` into the templates' language; plain text, not markup."""
    translate: CatalogTranslator = templates.translate  # type: ignore[attr-defined]  # environment() has put it there
    return translate


def language_of(templates: jinja2.Environment) -> str:
    """Return the tag of the language that templates are in."""
    return str(templates.globals["lang"])


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, which looks at every name that is read and all that is called.

    A mail reads five hundred names, nearly all of plain values, and calls a hundred macros and sentences.
    """

    def call(self, context: Context, called: Any, /, *args: Any, **values: Any) -> Any:
        """Call something. A template's own macros and our sentences are safe, and need the evaluation context alone."""
        kind = type(called)
        if kind is Macro or (kind is FunctionType and called in self.sentences):  # type: ignore[attr-defined]
            values.pop("_loop_vars", None)
            values.pop("_block_vars", None)
            return called(context.eval_ctx, *args, **values)
        return super().call(context, called, *args, **values)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute. Of a record only names with an underscore are unsafe; the sandbox decides."""
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


class _Compiled(jinja2.BytecodeCache):
    """Templates this process has compiled, by their files and what stood there; another environment takes them over."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what was compiled from the same source."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled(_language: str, _locale: tuple[Path, ...]) -> _Compiled:
    """Return what is compiled for a language: Jinja writes what filters make of constants into the code."""
    return _Compiled()


class _Templates(jinja2.FileSystemLoader):
    """Files in folders; a mail's HTML with its style sheet has the styles inlined when it is loaded, once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(folders)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, fresh = super().get_source(environment, template)
        if template.startswith("email/"):
            source = self._whole(environment, source)
        if template.startswith("email/") and "<style>" in source:
            whole = _SHEET.sub(lambda match: self.get_source(environment, match[1])[0], source)
            source = inlined(whole, path)
        return source, path, fresh

    def _whole(self, environment: jinja2.Environment, source: str) -> str:
        """Return a mail's template within the one it extends: styles can be inlined only where both are one text.

        What does more than to fill blocks, Jinja puts together later.
        """
        parent = _PARENT.match(source)
        blocks = dict(_BLOCK.findall(source))
        if not parent or "super()" in source or _BLOCK.sub("", source[parent.end() :]).strip():
            return source
        frame = self._whole(environment, super().get_source(environment, parent[1])[0])
        return _BLOCK.sub(lambda match: _block(str(match[1]), str(blocks.get(match[1], match[2]))), frame)


def _block(name: str, content: str) -> str:
    return f"{{% block {name} %}}{content}{{% endblock %}}"
