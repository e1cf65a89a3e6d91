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

from dailypapers.domain.author_list import names_in, names_on_lines
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
_LESS_SURE = (
    "url", "ee", "bdsk-url-1", "bdsk-url-2", "link", "howpublished", "adsurl", "journal", "volume", "number", "note",
    "annote", "extra",
)  # fmt: skip
#: Fields for arXiv's id alone: Mendeley's, and what people make of it.
_ARXIV_FIELDS = ("arxivid", "arxiv", "arxiv_id")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: A number, or the name of a string.
_NAME = re.compile(r"[^\s#\"{}]+")
_AND_OR_BRACE = re.compile(r"[{}]|\s(?i:and)\s")
#: Tags of a title that an exporter has escaped, as Zotero does: they mark, they are not shown.
_ESCAPED_TAG = re.compile(
    r"\{?\$?\\?(?:textless|<)(?:\{\}|\s)?\$?\}?(/?)(i|b|em|sub|sup|scp|sc|strong|u|inf)"
    r"\{?\$?\\?(?:textgreater|>)(?:\{\}|\s)?\$?\}?",
    re.IGNORECASE,
)
#: Mendeley escapes TeX's own signs in what was TeX before: {\$}{\backslash}alpha{\$}.
_ESCAPED_TEX = re.compile(r"\{\\(backslash|[${}_])\}|\{\\(\^)\{\}\}")
_HAS_ESCAPED_FORMULA = re.compile(r"\{\\\$\}[^$]{0,200}\{\\(?:_|\^\{\})\}[^$]{0,200}\{\\\$\}")
#: “Lee, Jr., Ann” has two commas, more stand between names: “Lee, A., Roy, B.”; as one does in “A. Lee, B. Roy”.
_MOST_COMMAS = 2
_NAMES_IN_LIST = re.compile(r"(?:[^\W\d_]\.[\s-]?)+[^\W\d_]{2,}[^,]{0,40},\s(?:[^\W\d_]\.[\s-]?)+[^\W\d_]{2,}")
_OTHERS = frozenset({"others", "et al", "et al."})
_ET_AL = re.compile(r",?\s+\{?et\.?\s+al\.?\}?$", re.IGNORECASE)
#: Nobody needs more authors to tell a paper.
_MOST_AUTHORS = 3
#: Maximum characters of one value: an abstract is shorter.
_MOST_VALUE = 20_000
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_INCOMPLETE = N_("this BibTeX entry is incomplete; a brace or a comma may be missing.")
_SHORT = N_("the title of the entry “{name}” is too short to find the paper by. Please add its arXiv ID or DOI.")
_NAMELESS = N_("the entry “{name}” has no arXiv ID, no DOI, and no title with an author.")
#: biblatex's own form of a name: family=Berg, given=Rianne, prefix=van den.
_NAME_PART = re.compile(
    r"(?:^|,)\s*(family|given|prefix|suffix)\s*=\s*(?:\{([^{}]*)\}|\"([^\"]*)\"|([^,]*))", re.IGNORECASE
)
#: What breaks an entry and is plainly meant otherwise: commas too many, one that is missing at a line's end.
_COMMAS = re.compile(r"(?<![,\s])\s*,(?:\s*,)++(?=\s*(?:[A-Za-z][\w-]{0,40}\s*=|[})]))")
_NO_COMMA = re.compile(r"(?<=[}\"\d])[ \t]*\n(?=[ \t]*[A-Za-z][\w-]{1,30}[ \t]*=[ \t]*[{\"\d])")
#: What exporters write for characters that LaTeX takes for its own, in DOIs and addresses too.
_ESCAPED = re.compile(
    r"\{?\\(?:text(less|greater|underscore|bar|asciitilde|asciicircum|backslash|dollar|quotesingle)(?![A-Za-z])(?:\{\}|\s)?"
    r"|([%&$#_~]))\}?"
)
_CHARACTERS = {
    "less": "<", "greater": ">", "underscore": "_", "bar": "|", "asciitilde": "~", "asciicircum": "^",
    "backslash": "\\", "braceleft": "{", "braceright": "}", "dollar": "$", "quotesingle": "'",
}  # fmt: skip
#: They stand for themselves in a field's text, and are put aside while its TeX is read.
_NAMED = re.compile(
    r"\{?\\text(less|greater|underscore|bar|asciitilde|asciicircum|backslash|braceleft|braceright|dollar|quotesingle)"
    r"(?![A-Za-z])(?:\{\}|\s)?\}?"
)
#: Where they wait: private use, which no text has.
_PLACE = 0xF0000
_PLACES = {name: chr(_PLACE + number) for number, name in enumerate(_CHARACTERS)}
_BACK = str.maketrans({place: _CHARACTERS[name] for name, place in _PLACES.items()})


def bounded(text: str, most: int) -> tuple[str, int]:
    """The text up to the last entry that is read, and how many entries come behind it."""
    starts = [match.start() for match in _ENTRY.finditer(text)]
    ends = [*starts[most : most + 1], *(match.start() for match in islice(_MARK.finditer(text), _MOST_MARKS, None))][:2]
    end = min(ends, default=len(text))
    return text[:end], sum(start >= end for start in starts)


def blocks(text: str, first_line: int) -> Iterator[Reference | Skipped | tuple[int, str]]:
    """Everything that stands in the text: references, what is broken, and prose in between with its line's number."""
    text = _NO_COMMA.sub(",\n", _COMMAS.sub(lambda match: "," + "\n" * match[0].count("\n"), text))
    try:
        parsed = parse_string(text, parse_stack=[]).blocks
    except ParserStateException:
        yield first_line, text
        return
    strings: dict[str, str] = {month: month for month in _MONTHS}
    for block in parsed:
        if isinstance(block, String):
            strings[block.key.casefold()] = value_of(str(block.value), strings)
        yield from _read(block, first_line + (block.start_line or 0), strings)


def value_of(written: str, strings: Mapping[str, str]) -> str:
    """Return a field's value: what stands in braces or quotation marks, with strings in place, joined at each #.

    What is not written by these rules is given as it stands.
    """
    text = written.strip()[:_MOST_VALUE]
    parts: list[str] = []
    while text:
        part, text = _first_part(text)
        if part is None:
            return written.strip().strip('{}"')
        is_name = part[:1] not in '{"'
        parts.append(strings.get(part.casefold(), part) if is_name else part[1:-1])
        text = text.lstrip()
        if text and not text.startswith("#"):
            return written.strip().strip('{}"')
        text = text[1:].lstrip()
    return "".join(parts)[:_MOST_VALUE]


def _first_part(text: str) -> tuple[str | None, str]:
    """Part a value's first part from the rest; `None` where a brace or a quotation mark is not closed."""
    if text[0] not in '{"':
        match = _NAME.match(text)
        return (match[0], text[match.end() :]) if match else (None, "")
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if place and depth == 0 and character == ("}" if text[0] == "{" else '"'):
            return text[: place + 1], text[place + 1 :]
    return None, ""


def _read(block: Block, line: int, strings: Mapping[str, str]) -> Iterator[Reference | Skipped | tuple[int, str]]:
    if isinstance(block, ImplicitComment):
        yield line, block.comment
    elif isinstance(block, ParsingFailedBlock):
        yield from _rescued(block, line, strings)
    elif isinstance(block, Entry):
        yield _reference(block, line, strings)
    elif not isinstance(block, String | Preamble | ExplicitComment):
        yield line, block.raw or ""


def _rescued(block: ParsingFailedBlock, line: int, strings: Mapping[str, str]) -> Iterator[Reference | Skipped]:
    """Read a doubled entry or field all the same, and of a broken entry the id, if one can be seen."""
    inner = block.ignore_error_block
    if isinstance(inner, Entry):
        yield _reference(inner, line, strings)
    elif ids := tuple(dict.fromkeys(islice(ids_in(block.raw or ""), 1))):
        yield Reference(ids, line=line)
    elif _ENTRY.match(block.raw or ""):
        yield Skipped(in_line(line), LazyString(_INCOMPLETE))


def _reference(entry: Entry, line: int, strings: Mapping[str, str]) -> Reference | Skipped:
    fields = {field.key.lower(): value_of(str(field.value), strings) for field in reversed(entry.fields)}
    reference = Reference(
        ids=tuple(_ids(fields)),
        title=plain(fields.get("title", "")),
        authors=_authors(fields.get("author", "")),
        year=_year(fields.get("year", "") or fields.get("date", "")),
        line=line,
    )
    if reference.names():
        return reference
    sentence = _SHORT if reference.title and reference.authors else _NAMELESS
    return Skipped(in_line(line), LazyString(sentence, name=plain(entry.key)[:40]))


def _ids(fields: Mapping[str, str]) -> Iterator[PaperId]:
    """Give the ids of an entry, each once: those of the fields made for it, or else the first found in another."""
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").lower()
    sure = [fields.get("doi", "")]
    if "arxiv" in archive:
        sure.insert(0, fields.get("eprint", ""))
    sure[:0] = [fields.get(name, "") for name in _ARXIV_FIELDS]
    ids = dict.fromkeys(paper for text in sure for paper in ids_in(_unescaped(text)))
    if not ids:
        texts = (_unescaped(fields.get(name, "")) for name in _LESS_SURE)
        ids = dict.fromkeys(islice((paper for text in texts for paper in ids_in(text)), 1))
    yield from ids


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _CHARACTERS.get(match[1], match[2] or ""), text[:_MOST_TEXT])


def plain(text: str) -> str:
    """A field's TeX as plain Unicode, without the braces that only keep capitals."""
    text = text[:_MOST_WORDS]
    if "{\\backslash}" in text or _HAS_ESCAPED_FORMULA.search(text):
        text = _ESCAPED_TEX.sub(lambda match: "\\" if match[1] == "backslash" else match[1] or match[2], text)
    if "\\text" in text or "$<$" in text:
        text = _NAMED.sub(lambda match: _PLACES[match[1]], _ESCAPED_TAG.sub(r"<\1\2>", text))
    return " ".join(clean(text).replace("{", "").replace("}", "").translate(_BACK).split())


def _authors(text: str) -> tuple[str, ...]:
    """Only the first ones: nobody needs more to tell a paper."""
    lines = text[:_MOST_TEXT].strip().splitlines()
    is_list = len(lines) > 1 and "=" not in text and all(line.count("{") == line.count("}") for line in lines)
    if is_list and (names_of_lines := names_on_lines(map(plain, lines))):
        return names_of_lines[:_MOST_AUTHORS]
    text = " ".join(text[:_MOST_TEXT].split())
    written = list(islice(_conjoined(text), _MOST_AUTHORS))
    names = (name for each in written for name in _names(each, is_alone=len(written) == 1))
    return tuple(islice((name for name in names if name and name not in _OTHERS), _MOST_AUTHORS))


def _names(written: str, *, is_alone: bool) -> tuple[str, ...]:
    """Give the one name that stands between two “and”, or those of a list that was put there against the rules."""
    if "=" in written:
        return (plain(_of_parts(written)),)
    name = plain(_ET_AL.sub("", written))
    is_list = (is_alone and ";" in written) or name.count(",") > _MOST_COMMAS or bool(_NAMES_IN_LIST.match(name))
    return names_in(name) if is_list and "{" not in written else (name,)


def _of_parts(name: str) -> str:
    """Put a name together that is given by its parts; every other one is given as it is."""
    if "family" not in name.lower():
        return name
    parts = {match[1].lower(): (match[2] or match[3] or match[4] or "").strip() for match in _NAME_PART.finditer(name)}
    family = " ".join(filter(None, (parts.get("prefix"), parts.get("family"))))
    return ", ".join(filter(None, (family, parts.get("given"), parts.get("suffix")))) or name


def _conjoined(text: str) -> Iterator[str]:
    """Take names apart at each “and” that no braces hold together."""
    start = depth = 0
    for match in _AND_OR_BRACE.finditer(text):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth <= 0:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _year(text: str) -> int | None:
    match = _YEAR.search(text[:100])
    return int(match[1]) if match else None
