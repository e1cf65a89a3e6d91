"""RIS as reference managers and publishers export it: a tag, two spaces, a hyphen, a value; “ER” ends a record.

EndNote's own lines, “%T” and a title, are put into those. Our own reader: of the format's hundred tags five say which
paper is meant, and nothing else is to be kept.
"""

import re
from collections.abc import Iterator

from dailypapers.domain.reference import Reference
from dailypapers.references.ids import ids_in
from dailypapers.sources.parsing.cleaning import clean

#: How a record begins.
FIRST_RECORD = re.compile(r"^\ufeff?TY {1,2}- ?\w", re.MULTILINE)
#: Two spaces, as the format wants them: one alone stands before many a hyphen.
_TAG = re.compile(r"(?<=.)(?=[A-Z][A-Z0-9]  -(?: |$|TY))", re.DOTALL)
_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*))?$")
_TITLES, _AUTHORS, _YEARS = ("TI", "T1", "CT"), ("AU", "A1"), ("PY", "Y1", "DA")
#: Where an id stands, the surest first.
_IDS = ("DO", "UR", "L1", "L2", "M1", "M3", "AN", "C7", "N1", "JO", "JF", "JA", "T2")
#: EndNote's tags with RIS's: https://support.clarivate.com, “Reference types and tagged import format”.
_ENDNOTE = re.compile(r"^\ufeff?%([0TADRUJM8])\s", re.MULTILINE)
_OF_ENDNOTE = {"0": "TY", "T": "TI", "A": "AU", "D": "PY", "8": "DA", "R": "DO", "U": "UR", "J": "JO", "M": "AN"}
#: How a file of EndNote's begins.
FIRST_OF_ENDNOTE = re.compile(r"^\ufeff?%0\s\w", re.MULTILINE)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_MOST_AUTHORS, _MOST_TEXT = 3, 3_000


def in_lines(text: str) -> str:
    """Return RIS that has lost its line ends, each tag on a line of its own."""
    return "\n".join(line.rstrip() for line in _TAG.sub("\n", text).split("\n"))


def from_endnote(text: str) -> str:
    """Return RIS in place of EndNote's tagged lines, line by line; other lines stay."""
    return _ENDNOTE.sub(lambda match: f"{_OF_ENDNOTE[match[1]]}  - ", text)


def records(text: str, first_line: int) -> Iterator[Reference | tuple[int, str]]:
    """Give the papers of the records in a text, and what stands between records with the number of its line.

    A record that names no paper is given as such a line, its title.
    """
    fields: dict[str, list[str]] | None = None
    start = first_line
    for number, line in enumerate(text.split("\n"), first_line):
        match = _LINE.match(line.rstrip())
        if match and match[1] in {"TY", "ER"}:
            yield from _record(fields, start)
            fields, start = ({} if match[1] == "TY" else None), number
        elif fields is None:
            yield number, line
        elif match:
            fields.setdefault(match[1], []).append((match[2] or "").strip()[:_MOST_TEXT])
    yield from _record(fields, start)


def _record(fields: dict[str, list[str]] | None, line: int) -> Iterator[Reference | tuple[int, str]]:
    if fields is None:
        return
    ids = dict.fromkeys(paper for tag in _IDS for value in fields.get(tag, ()) for paper in ids_in(value))
    reference = Reference(
        ids=tuple(ids)[:1],
        title=clean(_first(fields, _TITLES)),
        authors=tuple(filter(None, (clean(name) for tag in _AUTHORS for name in fields.get(tag, ()))))[:_MOST_AUTHORS],
        year=int(year[1]) if (year := _YEAR.search(_first(fields, _YEARS))) else None,
        line=line,
    )
    if reference.names():
        yield reference
    else:
        yield line, reference.title or "a record without a title"


def _first(fields: dict[str, list[str]], tags: tuple[str, ...]) -> str:
    return next((value for tag in tags for value in fields.get(tag, ()) if value), "")
