"""Text for mails: lines, extracts, addresses. Everything that comes in here is foreign, and nothing foreign steers.

Pure functions; what HTML needs besides is the environment's escaping.
"""

import re
import textwrap
from functools import lru_cache

#: C0 and C1 controls, line and paragraph separators, halves of surrogate pairs: they become spaces.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
#: Characters that turn the direction of writing or that nobody sees (UTS 39): they are left out.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2067\u206a-\u206f\ufeff\U000e0000-\U000e007f]+"
)
#: Around a text whose direction is its own (UAX 9): what is isolated steers nothing outside, as long as each one ends.
_ISOLATE, _END = "\u2068", "\u2069"
_ISOLATES = re.compile(f"[{_ISOLATE}{_END}]")
_VALUE = re.compile(r"%\(\w+\)s|\{\w+\}")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]?(?=\s+[A-Z\d“\"(])")
_ADDRESS = re.compile(r"https?://[^\s/?#<>\"'`\\^{|}:@]+(?::\d+)?(?:[/?#][^\s<>\"'`\\^{|}]*)?", re.IGNORECASE)
#: Longer addresses do not survive all clients and proxies.
_MAX_ADDRESS = 2000
#: An extract that ends with a sentence is better than a longer one that does not, down to this part of the length.
_GOOD_ENOUGH = 0.6
#: A text that is hardly longer is shown whole: three words saved are not worth an ellipsis.
_HARDLY_LONGER = 1.1
#: What neither ends a text that was cut nor begins what follows on it.
_AT_A_CUT = " ,;:–—-"
WIDTH = 76
#: Readers share papers: so many of the last texts are not cut or wrapped again.
_SHARED = 4096
#: Nobody's abstract is longer than this, and no page must be.
MOST_READ = 6000
#: Sources by the names people know them by.
SOURCE_NAMES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "biorxiv": "bioRxiv", "medrxiv": "medRxiv"}


def one_line(text: str) -> str:
    """The text on one line, single spaces, without control characters and without those that turn its direction."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    seen = _UNSEEN.sub("", text)
    if (_ISOLATE in seen or _END in seen) and not _each_ends(seen):
        seen = _ISOLATES.sub("", seen)
    return " ".join(_CONTROL.sub(" ", seen).split())


def _each_ends(text: str) -> bool:
    depth = 0
    for mark in _ISOLATES.findall(text):
        depth += 1 if mark == _ISOLATE else -1
        if depth < 0:
            return False
    return depth == 0


def isolated(text: str) -> str:
    """The text with a direction of its own, whatever is written around it."""
    return f"{_ISOLATE}{text}{_END}" if text else text


@lru_cache(maxsize=_SHARED)
def isolating(pattern: str) -> str:
    """A sentence's pattern whose values keep a direction of their own; what only arranges words has none to keep."""
    if not any(map(str.isalpha, _VALUE.sub("", pattern))):
        return pattern
    return _VALUE.sub(lambda value: isolated(value[0]), pattern)


@lru_cache(maxsize=_SHARED)
def extract(text: str, length: int) -> str:
    """The beginning of a text, to the end of a sentence or at least of a word.

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
    """A text's extract, and what follows on it up to `MOST_READ` characters; empty where the extract is all of it."""
    begins, plain = extract(text, length), shortened(text, MOST_READ)
    return begins, "" if begins == plain else plain[len(begins.removesuffix("…")) :].strip().lstrip(_AT_A_CUT)


def shortened(text: str, length: int) -> str:
    """At most `length` characters; what is cut is cut at a word, where there is one, and ends with an ellipsis."""
    plain = one_line(text)
    if len(plain) <= length:
        return plain
    if length < 1:
        return ""
    head = plain[: length - 1]
    whole_words = head if plain[length - 1] == " " else head.rpartition(" ")[0]
    return f"{(whole_words or head).rstrip(_AT_A_CUT) or head}…"


def source_name(source: str) -> str:
    """A source by the name people know it by."""
    return SOURCE_NAMES.get(source, source)


def safe_url(url: str) -> str:
    """The address where it is a plain one of the web, else nothing: a link to anything else is not made."""
    plain = url.strip()
    if len(plain) > _MAX_ADDRESS or one_line(plain) != plain:
        return ""
    return plain if _ADDRESS.fullmatch(plain) else ""


@lru_cache(maxsize=_SHARED)
def wrapped(text: str, indent: str = "", hang: str = "") -> str:
    """The text in lines of at most 76 characters, each with the indent before it; `hang` before all but the first."""
    return textwrap.fill(
        one_line(text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_on_hyphens=False,
    )
