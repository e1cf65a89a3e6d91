"""Text as it comes from outside made plain, once, at the door: one line of clean Unicode.

Knows markup, TeX and the tricks played with characters. Does not know what the text is for; whoever prints it still
escapes it for the place it is printed in.
"""

import unicodedata
from urllib.parse import urlsplit

from dailypapers.domain.author_list import names_in, names_on_lines
from dailypapers.domain.text import without_unwanted
from dailypapers.sources.parsing.markup import blocks, read_markup
from dailypapers.sources.tex.text import to_unicode

#: No abstract is longer; what is, was sent to hurt.
MAX_CHARACTERS = 50_000

#: Markup is several times as long as what it says, formulas in MathML above all.
_MAX_MARKED_UP = 4 * MAX_CHARACTERS


def clean(text: str, *, plain: bool = False) -> str:
    """Give one line of plain Unicode (NFC): no markup, no TeX we could read, no control characters, single spaces.

    `plain` says that the source sends plain text, in which “<b>” is three characters. Never raises. Text that only
    looks like markup or TeX stays as it was written.
    """
    line = _one_line(text[:_MAX_MARKED_UP])
    read = read_markup(line, plain=plain)
    return _finished(line if read is line else _one_line(read))


def clean_blocks(text: str, *, plain: bool = False) -> tuple[str, ...]:
    """Give the text's paragraphs, headings and other blocks, each a line as `clean` gives it."""
    line = _one_line(text[:_MAX_MARKED_UP])
    read = read_markup(line, plain=plain)
    # Without markup it is the one line that it was.
    lines = (line,) if read is line else map(_one_line, blocks(read[:MAX_CHARACTERS]))
    return tuple(filter(None, map(_finished, lines)))


def _finished(line: str) -> str:
    read = to_unicode(line[:MAX_CHARACTERS])
    return unicodedata.normalize("NFC", line if read is line else _one_line(read))


def _one_line(text: str) -> str:
    # Of all spaces only the plain one is printable.
    if text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    line = " ".join(text.split())
    # Of what is printable nothing is unwanted.
    return line if line.isprintable() else " ".join(without_unwanted(line).split())


def authors_on_lines(text: str) -> tuple[str, ...]:
    """Read the authors of a list that has one a line; nothing where its lines, or its blocks, may be anything else."""
    if "\n" not in text and "<" not in text:
        return ()
    return names_on_lines(line for part in text.splitlines() for line in clean_blocks(part))


def clean_authors(text: str, *, given_first: bool = False) -> tuple[str, ...]:
    """Read all authors in one text, however names are written; affiliations in parentheses are left out.

    "A. Lee (1), B. Roy, Jr. ((1) MIT)" gives A. Lee and B. Roy, Jr.; "Lee, A., Roy, B." gives Lee, A. and Roy, B. With
    `given_first` commas stand between names alone, as in arXiv's lists. Of a list that has a name a line, each is one.
    """
    return authors_on_lines(text) or names_in(clean(text), given_first=given_first)


def web_address(text: str) -> str:
    """Give the address where it is one of the web that can be linked to, else the empty string."""
    text = without_unwanted(text.strip())
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() or c in '<>"\\' for c in text):
        return ""
    return text
