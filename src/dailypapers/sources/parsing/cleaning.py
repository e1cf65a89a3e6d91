"""Text as it comes from outside made plain, once, at the door: one line of clean Unicode.

Knows markup, TeX and the tricks played with characters. Does not know what the text is for; whoever prints it still
escapes it for the place it is printed in.
"""

import html
import re
import unicodedata
from urllib.parse import urlsplit

import nh3

from dailypapers.domain.author_list import names_in
from dailypapers.domain.text import without_unwanted
from dailypapers.sources.tex.symbols import small
from dailypapers.sources.tex.text import to_unicode

#: No abstract is longer; what is, was sent to hurt.
MAX_CHARACTERS = 50_000

_BLOCK = "p|br|div|li|ul|ol|dl|dt|dd|h[1-6]|tr|td|th|table|blockquote|section|article|pre|hr|title|sec"
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|center|cite|code|del|dfn|em|font|i|img|ins|italic|bold|kbd|mark|q|s|samp|small|span"
    "|strike|strong|sub|sup|tt|u|var|wbr|script|style|iframe|object|embed|form|input|button|video|audio|svg|noscript"
    "|html|head|body|meta|link|math|mrow|mi|mn|mo|msub|msup|mfrac|mtext|semantics|annotation|[a-z]{1,10}:[a-z-]{1,20}"
)
# A “<” begins a tag only where all of it looks like one: “n <p and q> 0” is mathematics.
_TAG = re.compile(
    rf"</?(?:{_BLOCK}|{_INLINE})"
    r"""(?:\s(?:[\w:.-]{1,60}\s?=\s?(?:"[^"]{0,5000}"|'[^']{0,5000}'|[^\s"'<>]{1,5000})|hidden|nowrap|controls"""
    r"""|async|defer|checked|disabled|allowfullscreen))*\s?/?>""",
    re.IGNORECASE,
)
_NEW_LINE = re.compile(rf"</?(?:\w{{1,10}}:)?(?:{_BLOCK})\b", re.IGNORECASE)
_SMALL = re.compile(r"<(?:\w{1,10}:)?(sub|sup)>([^<>&]{1,30})</(?:\w{1,10}:)?\1>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def clean(text: str) -> str:
    """Give one line of plain Unicode (NFC): no markup, no TeX we could read, no control characters, single spaces.

    Never raises. Text that only looks like markup or TeX stays as it was written.
    """
    text = _one_line(text[:MAX_CHARACTERS])
    if "<" in text and ("-->" in text or _TAG.search(text)):
        text = _without_tags(text)
    elif "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return unicodedata.normalize("NFC", _one_line(to_unicode(_one_line(text))))


def _one_line(text: str) -> str:
    return " ".join(without_unwanted(" ".join(text.split())).split())


def _without_tags(text: str) -> str:
    # Only up to the last end of one: searching for an end that never comes would take quadratic time.
    end = text.rfind("-->") + 3
    text = re.sub(r"<!--.*?-->", " ", text[:end]) + text[end:] if end > len("-->") else text
    text = _SMALL.sub(lambda match: small(match[2], raised=match[1].lower() == "sup") or match[0], text)
    pieces, done = [], 0
    for match in _TAG.finditer(text):
        pieces += [_escaped(text[done : match.start()]), " " if _NEW_LINE.match(match[0]) else "", match[0]]
        done = match.end()
    marked = "".join((*pieces, _escaped(text[done:])))
    plain = nh3.clean(marked, tags=set(), clean_content_tags={"script", "style"}, strip_comments=True)
    return html.unescape(plain)


def _escaped(text: str) -> str:
    """Escape what is no markup, keeping entities that are whole."""
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(rf"&(?!{_ENTITY.pattern[1:]})", "&amp;", text)


def clean_authors(text: str, *, given_first: bool = False) -> tuple[str, ...]:
    """Read all authors in one text, however names are written; affiliations in parentheses are left out.

    "A. Lee (1), B. Roy, Jr. ((1) MIT)" gives A. Lee and B. Roy, Jr.; "Lee, A., Roy, B." gives Lee, A. and Roy, B. With
    `given_first` commas stand between names alone, as in arXiv's lists.
    """
    return names_in(clean(text), given_first=given_first)


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
