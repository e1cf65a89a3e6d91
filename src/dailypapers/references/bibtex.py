"""BibTeX as people have it: many programs' dialects, broken in places. Only the broken entry is lost.

Knows bibtexparser, which reads in one pass without recursion; what it must not be given is bounded here.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import ParserStateException
from bibtexparser.model import Block, Entry, ExplicitComment, ImplicitComment, ParsingFailedBlock, Preamble, String

from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.paper import PaperId
from dailypapers.domain.reference import Reference, in_line
from dailypapers.domain.source import Skipped
from dailypapers.references.ids import ids_in
from dailypapers.sources.parsing.cleaning import clean

# The parser warns of every broken entry and quotes it; we tell the reader instead of the log.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

#: Where BibTeX begins: at the start of a line, so that nobody's mail address is taken for it.
FIRST_BLOCK = re.compile(r"^[ \t]*@[A-Za-z]{1,40}[ \t]*[{(]", re.MULTILINE)
_ENTRY = re.compile(r"^[ \t]*@(?!(?i:comment|string|preamble)\b)[A-Za-z]{1,40}[ \t]*[{(]", re.MULTILINE)
_MARK = re.compile(r"@\w*[ \t]*[{(]")
#: The parser takes 20 µs for each block that it gives up, so that a megabyte of them would take seconds.
_MOST_MARKS = 5_000
#: No field that is of use is longer, and no title or name.
_MOST_TEXT, _MOST_WORDS = 3_000, 300
#: Where programs put a paper's address or arXiv's id when they have no field for it, the surest first.
_LESS_SURE = ("url", "howpublished", "adsurl", "journal", "volume", "number", "note", "annote")
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_INCOMPLETE = N_("this BibTeX entry is incomplete; a brace or a comma may be missing.")
_NAMELESS = N_("the entry “{name}” has no arXiv ID, no DOI, and no title with an author.")
_OWN_ESCAPES = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
}


def bounded(text: str, most: int) -> tuple[str, int]:
    """The text up to the last entry that is read, and how many entries come behind it."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    ends = [*starts[most : most + 1], *(match.start() for match in islice(_MARK.finditer(text), _MOST_MARKS, None))][:2]
    end = min(ends, default=len(text))
    return text[:end], sum(start >= end for start in starts)


def blocks(text: str, first_line: int) -> Iterator[Reference | Skipped | tuple[int, str]]:
    """Everything that stands in the text: references, what is broken, and prose in between with its line's number."""
    try:
        parsed = parse_string(text).blocks
    except ParserStateException:
        yield first_line, text
        return
    for block in parsed:
        yield from _read(block, first_line + (block.start_line or 0))


def _read(block: Block, line: int) -> Iterator[Reference | Skipped | tuple[int, str]]:
    if isinstance(block, ImplicitComment):
        yield line, block.comment
    elif isinstance(block, ParsingFailedBlock):
        yield from _rescued(block, line)
    elif isinstance(block, Entry):
        yield _reference(block, line)
    elif not isinstance(block, String | Preamble | ExplicitComment):
        yield line, block.raw or ""


def _rescued(block: ParsingFailedBlock, line: int) -> Iterator[Reference | Skipped]:
    """Read a doubled entry or field all the same, and of a broken entry the id, if one can be seen."""
    inner = block.ignore_error_block
    if isinstance(inner, Entry):
        yield _reference(inner, line)
    elif found := tuple(dict.fromkeys(islice(ids_in(block.raw or ""), 1))):
        yield Reference(found, line=line)
    elif _ENTRY.match(block.raw or ""):
        yield Skipped(in_line(line), LazyString(_INCOMPLETE))


def _reference(entry: Entry, line: int) -> Reference | Skipped:
    fields = {field.key.lower(): str(field.value) for field in reversed(entry.fields)}
    found = Reference(
        ids=tuple(_ids(fields)),
        title=plain(fields.get("title", "")),
        authors=_authors(fields.get("author", "")),
        year=_year(fields.get("year", "") or fields.get("date", "")),
        line=line,
    )
    if found.names():
        return found
    name = plain(entry.key)[:40]
    return Skipped(in_line(line), LazyString(_NAMELESS, name=name))


def _ids(fields: Mapping[str, str]) -> Iterator[PaperId]:
    """Give the ids of an entry, each once: those of the fields made for it, or else the first found in another."""
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").lower()
    sure = [fields.get("doi", "")]
    if "arxiv" in archive:
        sure.insert(0, fields.get("eprint", ""))
    found = dict.fromkeys(paper for text in sure for paper in ids_in(_unescaped(text)))
    if not found:
        texts = (_unescaped(fields.get(name, "")) for name in _LESS_SURE)
        found = dict.fromkeys(islice((paper for text in texts for paper in ids_in(text)), 1))
    yield from found


def _unescaped(text: str) -> str:
    return re.sub(r"\\([%&$#_~])", r"\1", text[:_MOST_TEXT])


def plain(text: str) -> str:
    """A field's TeX as plain Unicode, without the braces that only keep capitals."""
    text = text[:_MOST_WORDS]
    for escape, meant in _OWN_ESCAPES.items():
        text = text.replace(escape, meant)
    return " ".join(clean(text).replace("{", "").replace("}", "").split())


def _authors(text: str) -> tuple[str, ...]:
    """Only the first ones: nobody needs more to tell a paper."""
    names = " ".join(text[:_MOST_TEXT].split()).split(" and ")
    return tuple(name for name in map(plain, names[:3]) if name and name != "others")


def _year(text: str) -> int | None:
    found = _YEAR.search(text[:100])
    return int(found[1]) if found else None
