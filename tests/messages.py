"""Gathers what is to be translated; `python -m tests.messages` writes it into locale/dailypapers.pot."""

import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from dailypapers.domain.category import TREE

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "locale" / "dailypapers.pot"
_METHODS = [
    ("src/dailypapers/**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("templates/**.txt", "jinja2.ext:babel_extract"),
]
_JINJA = {"newstyle_gettext": "true", "trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
_OPTIONS = {"**.html": _JINJA | {"silent": "false"}, "**.txt": _JINJA | {"silent": "false"}}
_HEADER = """\
# The sentences readers of dailypapers see. Made by `make messages`.
# Distributed under the licence of dailypapers.
msgid ""
msgstr ""
"Project-Id-Version: dailypapers\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def gathered() -> Catalog:
    """Every message in the source, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for folder in ("src", "templates"):
        for file, _line, message, _comments, context in _extracted(folder):
            catalog.add(message, locations=[(f"{folder}/{file}", 0)], context=context)
    names = (name for branch in TREE for name in (branch.name, *(leaf for _, leaf in branch.leaves)))
    for name in names:
        catalog.add(str(name), locations=[("src/dailypapers/domain/category.py", 0)])
    return catalog


@cache
def _extracted(folder: str) -> tuple[Any, ...]:
    """Read each file once: several tests make catalogs of their own."""
    return tuple(extract_from_dir(ROOT / folder, _methods(folder), _OPTIONS, keywords=_KEYWORDS))


_KEYWORDS = {"_": None, "N_": None, "gettext": None, "NN_": (1, 2), "ngettext": (1, 2)}


def _methods(folder: str) -> list[tuple[str, str]]:
    return [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in _METHODS if pattern.startswith(folder)]


def template() -> str:
    """The template of all catalogues: the same source gives the same text."""
    written = io.BytesIO()
    write_po(written, gathered(), width=100, omit_header=True, sort_output=True, include_lineno=False)
    return _HEADER + written.getvalue().decode("utf-8")


if __name__ == "__main__":
    TEMPLATE.write_text(template(), "utf-8")
