"""RSS, Atom, RDF and JSON Feed read from bytes we fetched ourselves: the only file that knows feedparser.

The parser never sees an address or a path, so it can fetch nothing. Does not know what an entry means.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin
from feedparser.sanitizer import replace_doctype

from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.bounds import (
    MAX_BYTES,
    MAX_ENTRIES,
    check_length,
    check_shape,
    check_size,
    with_short_prologue,
)
from dailypapers.sources.parsing.encoding import decoded, in_utf8
from dailypapers.sources.parsing.jsonfeed import entries_of, is_json
from dailypapers.sources.parsing.large_feeds import read_large

#: feedparser takes four letters for the longest top-level domain: of “ann@lab.science” it leaves “nce” in the name.
_CUT_DOMAIN = re.compile(r"@[^@]*\.[A-Za-z]{4}$")
_REST_OF_DOMAIN = re.compile(r"\s?<[a-z.]{1,60}>|^[a-z.]{1,60}(?=\s*\()|^[a-z.]{1,60}$|\s?\([a-z.]{1,60}\)?$")
_MAIL_ADDRESS = re.compile(r"\s?[<(\[]?(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}[>)\]]?")
#: Where the XML is broken: not where it was, as it has a new declaration by then.
_PLACE = re.compile(r"^<unknown>:\d+:\d+: ")
#: How some of what people take for a feed begins.
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "a gzip file"),
)
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(opml|html|urlset|sitemapindex)\b|<!doctype (html)", re.IGNORECASE)
_ROOTS = {
    b"opml": "a list of feeds (OPML), which “dailypapers sources import” reads from a file",
    b"html": "a web page",
    b"urlset": "a site map",
    b"sitemapindex": "a site map",
}

#: No address of email has as many of these characters in a row; the parser's pattern takes time with their square.
_NO_ADDRESS = re.compile(r"[a-zA-Z0-9_.+-]{101}")

Entry = Mapping[str, Any]


def _with_bounded_authors(sync: Any) -> Any:
    """Have the parser look for addresses only in authors where they may be, and take others as names."""

    def sync_author_detail(parser: Any, key: str = "author") -> None:
        context = parser._get_context()  # noqa: SLF001 - the parser has no other way in
        author = context.get(key)
        if isinstance(author, str) and _NO_ADDRESS.search(author):
            context.setdefault(f"{key}s", [feedparser.FeedParserDict()])[-1].setdefault("name", author)
        else:
            sync(parser, key)

    return sync_author_detail


_FeedParserMixin._sync_author_detail = _with_bounded_authors(_FeedParserMixin._sync_author_detail)  # noqa: SLF001 - as above


@dataclass(frozen=True, slots=True)
class Syndicated:
    """A feed's entries as the parser saw them, its title, and what is wrong with its XML (empty: nothing)."""

    entries: tuple[Entry, ...]
    title: str
    flaw: str = ""
    #: Whether it is Atom, which says of a text whether it is plain.
    is_atom: bool = False


def parse(content: bytes, *, charset: str = "", max_bytes: int = MAX_BYTES) -> Syndicated:
    """Read a feed leniently; `charset` is what the header of the answer says, if it does.

    Raises `FetchFailed` where the bytes are no feed at all, or more than `max_bytes`.
    """
    check_length(content, max_bytes)
    if is_json(content):
        check_size(content, max_bytes=max_bytes)
        title, entries = entries_of(decoded(content, charset))
        return Syndicated(entries[:MAX_ENTRIES], title)
    checked = _checked(content, charset, max_bytes)
    samples: list[Any] = []

    def read_sample(sample: bytes) -> Sequence[Entry]:
        samples.append(_parsed(sample))
        return tuple(samples[0].entries)

    if entries := read_large(checked, read_sample):
        return Syndicated(entries, text(samples[0].feed, "title"))
    return _syndicated(_parsed(checked), content)


def _parsed(content: bytes) -> Any:
    try:
        # Sanitising would take “a<b” for markup; cleaning.py does better, and links are resolved where they are read.
        return feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise FetchFailed(f"it cannot be read as a feed ({type(error).__name__})") from error


def _syndicated(parsed: Any, content: bytes) -> Syndicated:
    entries = tuple(parsed.entries)
    if not entries and not parsed.get("version"):
        kind = _kind(content)
        raise FetchFailed(f"it is not an RSS, Atom or RDF feed{f' but {kind}' if kind else ''}")
    is_atom = str(parsed.get("version")).startswith("atom")
    return Syndicated(entries, text(parsed.feed, "title"), _flaw(parsed), is_atom)


def _kind(content: bytes) -> str:
    """Say what bytes are that are no feed; empty where that is not clear."""
    beginning = content[:2000].lstrip()
    if not beginning:
        return "empty"
    root = _ROOT.search(beginning)
    of_root = _ROOTS[(root[1] or root[2]).lower()] if root else ""
    return next((kind for magic, kind in _MAGIC if beginning.startswith(magic)), of_root)


def _checked(content: bytes, charset: str, max_bytes: int) -> bytes:
    """Give the feed as the parser will read it, once that is known to be within bounds."""
    # What is looked at must be what is parsed: in an encoding that nobody needs to guess, with what is left of a DTD.
    utf8 = in_utf8(content, charset)
    check_size(utf8, max_bytes=max_bytes)
    utf8 = with_short_prologue(utf8)
    check_shape(replace_doctype(utf8)[1])
    return utf8


def _flaw(parsed: Any) -> str:
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    # A missing or different encoding in the headers is no flaw: there are no headers here.
    if error is None or isinstance(error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType):
        return ""
    said = _PLACE.sub("", " ".join(str(error).split()))
    return said[:120] or type(error).__name__


def text(entry: Entry, *keys: str) -> str:
    """Give the first of these fields that is a text with something in it."""
    for key in keys:
        value = entry.get(key)
        if isinstance(value, str) and (stripped := value.strip()):
            return stripped
    return ""


def is_plain(entry: Entry, key: str) -> bool:
    """Tell whether a field is declared to be plain text, which only Atom can say."""
    detail = entry.get(f"{key}_detail")
    return isinstance(detail, dict) and detail.get("type") == "text/plain"


def bodies(entry: Entry) -> tuple[tuple[str, bool], ...]:
    """Give the texts that may hold the abstract, each once, and whether it is declared to be plain."""
    contents = [content for content in entry.get("content") or () if isinstance(content, dict)]
    texts = [(text(entry, "summary", "description"), is_plain(entry, "summary"))]
    texts += [(text(content, "value"), content.get("type") == "text/plain") for content in contents]
    texts += [(text(entry, "dc_description", "prism_teaser"), False)]
    return tuple(dict.fromkeys(body for body in texts if body[0]))


def terms(entry: Entry) -> tuple[str, ...]:
    """Give the entry's categories as they are written, each once."""
    tags = entry.get("tags") or ()
    words = (tag.get("term") for tag in tags if isinstance(tag, dict))
    return tuple(dict.fromkeys(term.strip() for term in words if isinstance(term, str) and term.strip()))


def creators(entry: Entry) -> tuple[str, ...]:
    """Give the entry's authors as they are written, one text for each element, without addresses of email."""
    people = [person for person in entry.get("authors") or () if isinstance(person, dict)]
    return tuple(name for person in people if (name := _name(person)))


def _name(person: Mapping[str, Any]) -> str:
    name = text(person, "name")
    if "email" in person and _CUT_DOMAIN.search(text(person, "email")):
        name = _REST_OF_DOMAIN.sub("", name, count=1).strip()
        name = name.strip("()") if name.startswith("(") else name
    return (_MAIL_ADDRESS.sub("", name) if "@" in name else name).strip()
