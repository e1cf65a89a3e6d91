"""Text for mails: extracts, lines, addresses. Everything that comes in here is foreign."""

import re
import textwrap
from urllib.parse import urlsplit

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]?(?=\s+[A-Z\d“\"(])")
#: An extract that ends with a sentence is better than a longer one that does not, down to this part of the length.
_GOOD_ENOUGH = 0.5
WIDTH = 76


def one_line(text: str) -> str:
    """The text on one line, without control characters and without those that turn the direction of writing."""
    return " ".join(_CONTROL.sub(" ", text).split())


def extract(text: str, length: int) -> str:
    """At most `length` characters from the beginning, to the end of a sentence or at least of a word."""
    plain = one_line(text)
    if len(plain) <= length:
        return plain
    head = plain[: length - 1]
    ends = [match.end() for match in _SENTENCE_END.finditer(plain, 0, length)]
    if ends and ends[-1] >= length * _GOOD_ENOUGH:
        return plain[: ends[-1]]
    return f"{head.rpartition(' ')[0].rstrip(' ,;:–—-') or head}…"


def safe_url(url: str) -> str:
    """The address where it is one of the web, else nothing: a link to anything else is not made."""
    plain = url.strip()
    if _CONTROL.search(plain) or " " in plain:
        return ""
    try:
        parts = urlsplit(plain)
    except ValueError:
        return ""
    return plain if parts.scheme in {"http", "https"} and parts.hostname else ""


def wrapped(text: str, indent: str = "", hang: str = "") -> str:
    """The text in lines of at most 76 characters, each with the indent before it; long words stay whole.

    `hang` is put before all lines but the first.
    """
    return textwrap.fill(
        one_line(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut at a word."""
    plain = one_line(text)
    if len(plain) <= length:
        return plain
    head = plain[: max(length - 1, 0)]
    return f"{(head.rpartition(' ')[0] or head).rstrip(' ,;:–—-')}…"
