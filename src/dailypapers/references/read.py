"""What a reader pastes or uploads as example papers: ids, addresses, BibTeX and RIS, one per line or mixed in prose.

    bytes | as text | BibTeX or RIS, and prose around it | each paper once

The text is a stranger's: reading never raises, takes linear time, and says of what it leaves where it stood and why.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dailypapers.domain.i18n import N_, NN_, LazyString
from dailypapers.domain.paper import PaperId
from dailypapers.domain.reference import Reference, References, in_line
from dailypapers.domain.source import Skipped
from dailypapers.references import bibtex, ris
from dailypapers.references.ids import ids_in

#: A library of a thousand papers with their abstracts is as large.
MAX_SIZE = 1_000_000
MAX_PAPERS = 1_000
#: Nobody reads more sentences about what could not be read.
MAX_SKIPPED = 20
_SHOWN = 60
#: No id is shorter: a DOI has at least `10.1000/1`.
_SHORTEST_ID = 9
#: How an entry or a record begins behind something else, on the same line too.
_BEGINS = re.compile(r"(?<![^\s,;])(?:@[A-Za-z]{1,40}\s*\{|TY {1,2}- ?\w)")


@dataclass(frozen=True, slots=True)
class _UnreadLine:
    """A line that names no paper; what is said of it is made only where it is shown."""

    number: int
    text: str

    def skipped(self) -> Skipped:
        """Return where it stood and why it was left."""
        excerpt = " ".join(self.text[: 4 * _SHOWN].split())
        excerpt = f"{excerpt[: _SHOWN - 1]}…" if len(excerpt) > _SHOWN else excerpt
        return Skipped(in_line(self.number), LazyString(_NO_PAPER, text=excerpt))


_Item: TypeAlias = Reference | Skipped | _UnreadLine


def read(file: str | bytes) -> References:
    """Read the papers named in a text or a file (UTF-8, UTF-16 with its mark, or Latin-1). Never raises.

    At most a megabyte and 1,000 papers are taken; what is left is counted. Each paper comes once, in the order given.
    """
    text = _text(file) if isinstance(file, bytes) else file
    if "\0" in text or text.startswith("%PDF"):
        return References(skipped=(Skipped(LazyString(_THE_FILE), LazyString(_NO_TEXT)),))
    text = "\n".join(text.removeprefix("\ufeff").splitlines())
    read_part = text if len(text) <= MAX_SIZE else text[:MAX_SIZE].rpartition("\n")[0]
    items, entries_left = _items(read_part)
    papers, unread = _sorted(items)
    cut = len(papers) - MAX_PAPERS
    return References(
        papers=tuple(papers[:MAX_PAPERS]),
        skipped=(*_few(unread), *_too_long(text, read_part)),
        left=max(cut, 0) + entries_left,
    )


def split(text: str) -> tuple[str, str]:
    """Return what stands before the first BibTeX entry or RIS record of a text, and the rest: empty where none is.

    RIS that was pasted into a field of one line has its lines back.
    """
    begins = _BEGINS.search(text)
    if begins is None:
        return text, ""
    before, pasted = text[: begins.start()], text[begins.start() :]
    return before, pasted if pasted.startswith("@") or "\n" in pasted else ris.in_lines(pasted)


def _text(file: bytes) -> str:
    file = file[: 4 * MAX_SIZE]
    if file.startswith((b"\xff\xfe", b"\xfe\xff")):
        return file.decode("utf-16", "replace")
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character that our own cut went through is no sign of another encoding.
        if error.start > len(file) - 4 and len(file) == 4 * MAX_SIZE:
            return file[: error.start].decode("utf-8-sig")
        return file.decode("cp1252", "replace")


def _items(text: str) -> tuple[Iterator[_Item], int]:
    start = bibtex.FIRST_BLOCK.search(text)
    if not start and ris.FIRST_OF_ENDNOTE.search(text):
        text = ris.from_endnote(text)
    if ris.FIRST_RECORD.search(text) and not start:
        return _with_prose(ris.records(text, 1)), 0
    if not start:
        return _prose(text, 1), 0
    before, entries = text[: start.start()], text[start.start() :]
    entries, left = bibtex.bounded(entries, MAX_PAPERS)
    return _mixed(before, entries), left


def _mixed(before: str, entries: str) -> Iterator[_Item]:
    yield from _prose(before, 1)
    yield from _with_prose(bibtex.blocks(entries, before.count("\n") + 1))


def _with_prose(items: Iterable[Reference | Skipped | tuple[int, str]]) -> Iterator[_Item]:
    for item in items:
        if isinstance(item, tuple):
            line, text = item
            yield from _prose(text, line)
        else:
            yield item


def _prose(text: str, first_line: int) -> Iterator[_Item]:
    for number, line in enumerate(text.split("\n"), first_line):
        has_ids = False
        for paper in ids_in(line) if len(line) >= _SHORTEST_ID else ():
            has_ids = True
            yield Reference((paper,), line=number)
        if not has_ids and any(c.isalnum() for c in line[:200]) and not line.lstrip().startswith("%"):
            yield _UnreadLine(number, line)


def _sorted(items: Iterable[_Item]) -> tuple[list[Reference], list[Skipped | _UnreadLine]]:
    """Part what was read from what was not, and leave out what came before under one of its names."""
    papers: list[Reference] = []
    unread: list[Skipped | _UnreadLine] = []
    seen: set[PaperId | str] = set()
    for item in items:
        if isinstance(item, Skipped | _UnreadLine):
            unread.append(item)
        elif not seen.intersection(names := item.ids or item.names()):
            papers.append(item)
            seen.update(names)
    return papers, unread


def _few(unread: Sequence[Skipped | _UnreadLine]) -> Iterator[Skipped]:
    for item in unread[:MAX_SKIPPED]:
        yield item.skipped() if isinstance(item, _UnreadLine) else item
    more = len(unread) - MAX_SKIPPED
    if more > 0:
        yield Skipped(LazyString(_ELSEWHERE), LazyString(_MORE, count=more))


def _too_long(text: str, read_part: str) -> Iterator[Skipped]:
    if len(read_part) < len(text):
        yield Skipped(in_line(read_part.count("\n") + 2), LazyString(_TOO_LONG))


_THE_FILE, _ELSEWHERE = N_("the file"), N_("other lines")
_NO_TEXT = N_("this is not a text file. Please provide a BibTeX or RIS file, or a list of IDs.")
_NO_PAPER = N_("“{text}” isn’t a paper we recognise. Please give its arXiv ID, its DOI or a link that contains one.")
_TOO_LONG = N_("the rest was not read: the limit is 1,000,000 characters at a time.")
_MORE = NN_(
    "{count} more line or entry isn’t a paper we recognise.",
    "{count} more lines or entries aren’t papers we recognise.",
)
