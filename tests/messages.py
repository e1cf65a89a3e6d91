"""Gathers what is to be translated: `python -m tests.messages` writes locale/dailypapers.pot, and brings the catalogues
of all languages up to date: what is new stands in them without a translation, and what is gone is gone."""

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages import extract
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from dailypapers.domain.category import TREE

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "locale" / "dailypapers.pot"
CATALOGS = sorted((ROOT / "locale").glob("*/LC_MESSAGES/dailypapers.po"))
_METHODS = [
    ("src/dailypapers/**.py", "tests.messages:extract_python"),
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
            known = catalog.get(message[0], context) if isinstance(message, tuple) else None
            if known is not None and known.pluralizable and known.id != message:
                raise ValueError(f"{file}: a catalogue cannot tell {message} from {known.id}")
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


def extract_python(
    file: BinaryIO, keywords: Mapping[str, Any], comment_tags: Sequence[str], options: Any
) -> Iterator[Any]:
    """Extract as Babel does, but do not parse the nine files in ten that hold no keyword."""
    source = file.read()
    if any(f"{keyword}(".encode() in source for keyword in keywords):
        file.seek(0)
        yield from extract.extract_python(file, keywords, comment_tags, options)


def _methods(folder: str) -> list[tuple[str, str]]:
    return [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in _METHODS if pattern.startswith(folder)]


def template() -> str:
    """The template of all catalogues: the same source gives the same text."""
    return _HEADER + _written(gathered())


def updated(path: Path) -> str:
    """A language's catalogue with the messages of the source, below its own header."""
    text = path.read_text("utf-8")
    known = read_po(io.BytesIO(text.encode("utf-8")), locale=path.parts[-3])
    catalog = Catalog(locale=path.parts[-3], charset="utf-8")
    for message in gathered():
        if message.id:
            said = known.get(message.id, message.context)
            is_same = said is not None and said.pluralizable == message.pluralizable
            flags, string = (said.flags, said.string) if said and is_same else (message.flags, None)
            catalog.add(message.id, string, message.locations, flags, context=message.context)
    return text.partition("\n\n")[0] + "\n\n" + _written(catalog)


def _written(catalog: Catalog) -> str:
    written = io.BytesIO()
    write_po(written, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return written.getvalue().decode("utf-8")


if __name__ == "__main__":
    TEMPLATE.write_text(template(), "utf-8")
    for each in CATALOGS:
        each.write_text(updated(each), "utf-8")
