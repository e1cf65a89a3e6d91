"""Text for mails: lines, extracts, addresses. Everything that comes in here is foreign, and nothing foreign steers.

Pure functions; what HTML needs besides is the environment's escaping.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from dailypapers.domain.text import controls_spaced, isolated, without_hidden

_VALUE = re.compile(r"%\(\w+\)s|\{\w+\}")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]?(?=\s+[A-Z\d“\"(])")
_ADDRESS = re.compile(r"https?://[^\s/?#<>\"'`\\^{|}:@]+(?::\d+)?(?:[/?#][^\s<>\"'`\\^{|}]*)?", re.IGNORECASE)
_HOST = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
#: Characters that real addresses hold, and that RFC 3986 or an attribute's quotes do not: they travel encoded.
_ENCODED = str.maketrans({c: f"%{ord(c):02X}" for c in "'`^{|}"})
#: The parts of a word that is longer than a line; no punctuation of Chinese or Japanese belongs to an address.
_PARTS = re.compile(r"(?P<address>[!-~]*?https?://[^\s\u3000-\u303f\uff00-\uff65]+)|(?P<latin>[!-~]+)|.", re.IGNORECASE)
#: Longer addresses do not survive all clients and proxies.
_MAX_ADDRESS = 2000
#: An extract that ends with a sentence is better than a longer one that does not, down to this part of the length.
_GOOD_ENOUGH = 0.6
#: A text that is hardly longer is shown whole: three words saved are not worth an ellipsis.
_HARDLY_LONGER = 1.1
#: What neither ends a text that was cut nor begins what follows on it.
_AT_A_CUT = " ,;:–—-"
#: Columns of a text part: a terminal of 80 has room for it even when it is quoted in an answer.
WIDTH = 72
#: Characters of a column each (UAX 11), as nearly all of a text in a Western language are.
_NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03ce\u2010-\u2027\u2190-\u2199]*")
_WITHOUT_WIDTH = {"Mn", "Me", "Cf"}
#: Readers share papers: so many of the last texts are not cut or wrapped again.
_SHARED = 4096
#: Nobody's abstract is longer than this, and no page must be.
MOST_READ = 6000


def one_line(text: str) -> str:
    """Return the text on one line with single spaces, without control characters and those that turn its direction."""
    # Of white space a printable text holds nothing but spaces, and nothing that is hidden.
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(controls_spaced(without_hidden(text)).split())


@lru_cache(maxsize=_SHARED)
def isolating(pattern: str) -> str:
    """Return a sentence's pattern whose values keep their own direction; a pattern that only arranges them stays."""
    if not any(map(str.isalpha, _VALUE.sub("", pattern))):
        return pattern
    return _VALUE.sub(lambda value: isolated(value[0]), pattern)


@lru_cache(maxsize=_SHARED)
def extract(text: str, length: int) -> str:
    """Return the beginning of a text, to the end of a sentence or at least of a word.

    At most `length` characters, or the whole text where it is up to a tenth longer.
    """
    # Nothing far behind the cut matters, and foreign text may be very long.
    plain = one_line(text[: 4 * length + 80])
    if len(plain) <= length * _HARDLY_LONGER:
        return plain
    ends = [match.end() for match in _SENTENCE_END.finditer(plain[: length + 2]) if match.end() <= length]
    if ends and ends[-1] >= length * _GOOD_ENOUGH:
        return plain[: ends[-1]]
    return shortened(plain, length)


def parted(text: str, length: int) -> tuple[str, str]:
    """Return a text's extract, and the rest up to `MOST_READ` characters, empty where the extract is all of it."""
    begins, plain = extract(text, length), shortened(text, MOST_READ)
    return begins, "" if begins == plain else plain[len(begins.removesuffix("…")) :].strip().lstrip(_AT_A_CUT)


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters; a longer text is cut after a word if possible, and ends in an ellipsis."""
    plain = one_line(text)
    if len(plain) <= length:
        return plain
    if length < 1:
        return ""
    head = plain[: length - 1]
    whole_words = head if plain[length - 1] == " " else head.rpartition(" ")[0]
    return f"{(whole_words or head).rstrip(_AT_A_CUT) or head}…"


def safe_url(url: str) -> str:
    """Return the address where it is a plain one of the web, else nothing: a link to anything else is not made.

    An apostrophe and a few others behind the host are percent-encoded (RFC 3986 2.1).
    """
    plain = url.strip()
    if len(plain) > _MAX_ADDRESS or one_line(plain) != plain:
        return ""
    host = _HOST.match(plain)
    encoded = host[0] + plain[host.end() :].translate(_ENCODED) if host else ""
    return encoded if _ADDRESS.fullmatch(encoded) else ""


@lru_cache(maxsize=_SHARED)
def wrapped(text: str, indent: str = "", hang: str = "") -> str:
    """Return the text in lines of at most 72 columns, each with the indent before it; `hang` before all but the first.

    A web address is never broken: it goes onto a line of its own, however long that is (RFC 3986 appendix C). Another
    word is broken only where it is longer than a line, as a sentence in Chinese is.
    """
    room = WIDTH - len(indent)
    further = room - len(hang)
    plain = one_line(text)
    lines = _simply_wrapped(plain, room, further) or _lines(plain, room, further)
    return indent + f"\n{indent}{hang}".join(lines) if lines else ""


def _simply_wrapped(text: str, room: int, further: int) -> list[str]:
    """Return the lines of a text of narrow characters whose words fit on a line; nothing where it is another one."""
    if not _NARROW.fullmatch(text):
        return []
    lines = []
    while len(text) > room:
        end = text.rfind(" ", 0, room + 1)
        if end < 1:
            return []
        lines.append(text[:end])
        text, room = text[end + 1 :], further
    return [*lines, text] if text else []


def _lines(text: str, room: int, further: int) -> list[str]:
    """Return the lines of any text; the first one has another room than those that follow."""
    lines: list[str] = []
    line = ""
    for gap, piece, width in _pieces(text, further):
        if line and len(gap) + width > room:
            lines.append(line)
            line, room = "", further
        before = gap if line else ""
        line += before + piece
        room -= len(before) + width
    return [*lines, line] if line else lines


def _pieces(line: str, room: int) -> Iterator[tuple[str, str, int]]:
    """Yield what stays together on a line of `room` columns: the gap before it, the text, and its width in columns."""
    for n, word in enumerate(line.split(" ")):
        gap = " " if n else ""
        width = _columns(word)
        if width <= room:
            yield gap, word, width
            continue
        for piece in _broken(word, room):
            yield gap, piece, _columns(piece)
            gap = ""


def _broken(word: str, room: int) -> Iterator[str]:
    """Yield the parts of a word longer than a line: addresses and runs of Latin letters whole, else characters."""
    for match in _PARTS.finditer(word):
        if match["address"]:
            yield match[0]
        elif match["latin"]:
            yield from (match[0][n : n + room] for n in range(0, len(match[0]), room))
        else:
            yield match[0]


def _columns(text: str) -> int:
    """Return how many columns of a fixed-width window a text takes (UAX 11)."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
