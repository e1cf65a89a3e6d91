"""The template environment: strict, escaping, sandboxed, and every string ready for translation."""

import gettext
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dailypapers.errors import BadSettings
from dailypapers.rendering.text import extract, one_line, safe_url, wrapped


def environment(templates: Path, override: Path | None = None) -> jinja2.Environment:
    """An environment over the shipped templates; a file of the same name in `override` wins.

    HTML is escaped, in `.txt` nothing is; a name that is not there is an error, not an empty place. Raises
    `BadSettings` where `override` is no folder.
    """
    if override and not override.is_dir():
        raise BadSettings(f"service.templates: there is no folder {override}.")
    folders = [folder for folder in (override, templates) if folder]
    made = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    translations = gettext.NullTranslations()
    made.install_gettext_callables(translations.gettext, translations.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {"extract": extract, "one_line": one_line, "safe_url": safe_url, "wrapped": wrapped}
    return made
