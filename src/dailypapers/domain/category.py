"""arXiv's categories: https://arxiv.org/category_taxonomy. Other sources have words of their own.

The names are in `taxonomy.toml` beside this file.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

from dailypapers.domain.i18n import LazyString

_TAXONOMY = tomllib.loads(files("dailypapers.domain").joinpath("taxonomy.toml").read_text("utf-8"))
_ARXIV: Mapping[str, Mapping[str, Any]] = _TAXONOMY["arxiv"]
_SUBJECTS: Mapping[str, Sequence[str]] = _TAXONOMY["subjects"]
#: Archives with their classes, as arXiv writes them.
ARCHIVES = {name: tuple(f"{name}.{code}" for code in archive.get("classes", ())) for name, archive in _ARXIV.items()}
_CODES = tuple(code for archive, codes in ARCHIVES.items() for code in (archive, *codes))
_KNOWN = {code.casefold() for code in _CODES}
#: Two names of one category: https://arxiv.org/category_taxonomy. The key is the name the feeds know best.
ALIASES = {
    "cs.NA": "math.NA",
    "eess.SY": "cs.SY",
    "math.IT": "cs.IT",
    "math.MP": "math-ph",
    "q-fin.EC": "econ.GN",
    "stat.TH": "math.ST",
}
_OTHER_NAME = {one.casefold(): other.casefold() for pair in ALIASES.items() for one, other in (pair, reversed(pair))}
#: "cs.LG − cs.CY": what comes after a minus sign or a backslash is taken away; and after a hyphen, if there is a space
#: or another archive's class, as codes have hyphens of their own.
_MINUS = re.compile(rf"\s+[-−–]\s*|\s*[−–]\s*|\s*\\\s*|-\s*(?=(?:{'|'.join(ARCHIVES)})\.)", re.IGNORECASE)


def codes_of(text: str) -> tuple[str, ...]:
    """The codes a category interest names, lower case: the wanted one, then those that are taken away from it."""
    return tuple(code.casefold().removesuffix(".*") for code in _MINUS.split(text.strip()))


def unknown_category(text: str) -> str:
    """The first code that is written like arXiv's and is none of them; empty where all are known or others' words."""
    written = (code.removesuffix(".*") for code in _MINUS.split(text.strip()))
    return next((code for code in written if "." in code and code.casefold() not in _KNOWN), "")


def nearest_category(code: str) -> str:
    """Return which of arXiv's categories a code was most probably meant to be; empty where none is like it."""
    codes = {known.casefold(): known for known in _CODES}
    return next((codes[known] for known in get_close_matches(code.casefold(), codes, n=1)), "")


def unknown_subject(server: str, subject: str) -> str:
    """Say in a sentence that bioRxiv or medRxiv (`server`, in lower case) has no such subject; empty where it has."""
    name, others = next((name, subjects) for name, subjects in _SUBJECTS.items() if name.lower() == server)
    known = {plain_subject(each): each.lower() for each in others}
    if plain_subject(subject) in known:
        return ""
    has_it = next(
        (other for other, subjects in _SUBJECTS.items() if plain_subject(subject) in map(plain_subject, subjects)), ""
    )
    nearest = next((known[each] for each in get_close_matches(plain_subject(subject), known, n=1)), "")
    hint = f"; {has_it} has" if has_it else f"; did you mean {nearest}?" if nearest else ""
    return f"{name} has no category “{subject}”{hint}{'' if hint.endswith('?') else '.'}"


def plain_subject(subject: str) -> str:
    """Write a subject in one way: “cancer-biology”, “HIV/AIDS”, “Infectious Diseases (except HIV/AIDS)”."""
    return " ".join(re.sub(r"\([^()]*\)|[^a-z()]+", " ", subject.lower()).split())


def groups_of(category: str) -> frozenset[str]:
    """Return all codes whose readers get a category's papers, lower case: its own, its alias, and their archives."""
    code = category.casefold()
    names = {code, _OTHER_NAME.get(code, code)}
    return frozenset(names | {name.partition(".")[0] for name in names})


def is_cross_list(categories: Sequence[str], followed: Iterable[str]) -> bool:
    """Whether a paper of these categories, its primary one first, is a cross-list for who follows others.

    `followed` are the texts of category interests. arXiv says new or cross of each of its lists; a reader of several
    gets a paper once, as new where they follow its primary category or the archive that is in.
    """
    primary = groups_of(categories[0]) if categories else frozenset()
    return not any(codes_of(text)[0] in primary for text in followed)


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
