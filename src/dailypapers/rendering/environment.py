"""The template environment: strict, escaping, sandboxed, and every string ready for translation."""

import gettext
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dailypapers.errors import BadSettings
from dailypapers.rendering.dates import day_of_month, long_date, month_name, plain_date, short_date
from dailypapers.rendering.html import inlined
from dailypapers.rendering.text import extract, one_line, parted, safe_url, shortened, source_name, wrapped

_SHEET = re.compile(r"\{% include '([^']+\.css)' %\}")


def environment(templates: Path, override: Path | None = None) -> jinja2.Environment:
    """An environment over the shipped templates; a file of the same name in `override` wins.

    HTML is escaped, in `.txt` nothing is; a name that is not there is an error, not an empty place. A mail's HTML
    comes with its styles inlined. Raises `BadSettings` where `override` is no folder.
    """
    if override and not override.is_dir():
        raise BadSettings(f"service.templates: there is no folder {override}.")
    made = ImmutableSandboxedEnvironment(
        loader=_Templates([folder for folder in (override, templates) if folder]),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    translations = gettext.NullTranslations()
    made.install_gettext_callables(translations.gettext, translations.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"lang": "en", "dir": "ltr", "start": "left"}
    made.filters |= {"extract": extract, "one_line": one_line, "safe_url": safe_url, "wrapped": wrapped}
    made.filters |= {"parted": parted, "shortened": shortened, "source_name": source_name}
    made.filters |= {"month_name": month_name, "day_of_month": day_of_month}
    made.filters |= {"long_date": long_date, "plain_date": plain_date, "short_date": short_date}
    return made


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
