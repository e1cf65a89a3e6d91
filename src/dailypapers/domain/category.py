"""arXiv's categories: https://arxiv.org/category_taxonomy. Other sources have words of their own.

The names are in `taxonomy.toml` beside this file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from dailypapers.domain.i18n import LazyString

_TAXONOMY = tomllib.loads(files("dailypapers.domain").joinpath("taxonomy.toml").read_text("utf-8"))
_ARXIV: Mapping[str, Mapping[str, Any]] = _TAXONOMY["arxiv"]
_SUBJECTS: Mapping[str, Sequence[str]] = _TAXONOMY["subjects"]
#: Archives with their classes, as arXiv writes them.
ARCHIVES = {name: tuple(f"{name}.{code}" for code in archive.get("classes", ())) for name, archive in _ARXIV.items()}
_KNOWN = {code.casefold() for archive, codes in ARCHIVES.items() for code in (archive, *codes)}
#: "cs.LG − cs.CY": what comes after a minus sign or a backslash is taken away; and after a hyphen, if there is a space
#: or another archive's class, as codes have hyphens of their own.
_MINUS = re.compile(rf"\s+[-−–]\s*|\s*[−–]\s*|\s*\\\s*|-\s*(?=(?:{'|'.join(ARCHIVES)})\.)", re.IGNORECASE)


def codes_of(text: str) -> tuple[str, ...]:
    """The codes a category interest names, lower case: the wanted one, then those that are taken away from it."""
    return tuple(code.casefold().removesuffix(".*") for code in _MINUS.split(text.strip()))


def unknown_category(text: str) -> str:
    """The first code that is written like arXiv's and is none of them; empty where all are known or others' words."""
    return next((code for code in codes_of(text) if "." in code and code not in _KNOWN), "")


def is_arxiv_category(code: str) -> bool:
    """Whether arXiv has a list of this name: an archive, one of its classes, or several joined by plus signs."""
    return all(part.casefold() in _KNOWN for part in code.split("+"))


@dataclass(frozen=True, slots=True)
class Branch:
    """Categories that belong together: what they are called, and each one's code with its name."""

    name: LazyString
    #: The code that stands for all of them; empty where there is none.
    code: str
    leaves: tuple[tuple[str, LazyString], ...]


def _branches() -> Iterator[Branch]:
    alone = []
    for archive, codes in ARCHIVES.items():
        name = LazyString(_ARXIV[archive]["name"])
        if codes:
            names = map(LazyString, _ARXIV[archive]["classes"].values())
            yield Branch(name, archive, tuple(zip(codes, names, strict=True)))
        else:
            alone.append((archive, name))
    yield Branch(LazyString("Other physics and mathematics"), "", tuple(alone))
    for source, subjects in _SUBJECTS.items():
        yield Branch(LazyString(source), "", tuple((subject, LazyString(subject)) for subject in subjects))


#: All categories with their names, as people look for them: arXiv's by archive, then other sources' subjects.
#: `tests/messages.py` gathers the names from here.
TREE = tuple(sorted(_branches(), key=lambda branch: (not branch.code, branch.name)))
