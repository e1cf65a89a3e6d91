"""How much markup a feed may hold, looked at before it is parsed: in time linear in its bytes.

The parser's time grows with the square of the attributes of an element and of the depth of elements, expat's does not.
Knows XML. Does not know feeds.
"""

import re
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from dailypapers.errors import FetchFailed

#: Ten thousand long entries fit.
MAX_BYTES = 25_000_000
#: Tags a feed may have: ten thousand entries use a fifth of it.
MAX_TAGS = 1_000_000
#: Entities and character references: HTML in ten thousand descriptions has fewer.
MAX_REFERENCES = 2_000_000
#: Tags and references where the XML is broken, which is read ten times slower.
MAX_MARKUP_OF_BROKEN_XML = 120_000
MAX_ENTRIES = 50_000
#: An element of a real feed has a handful of attributes, an SVG some fifty; elements nest to some thirty.
MAX_ATTRIBUTES = 250
MAX_DEPTH = 250
#: Bytes before the first element: a DTD with the names of all characters of HTML is half as long.
MAX_PROLOGUE = 20_000
_SHORT_PROLOGUE = 500
_FIRST_ELEMENT = re.compile(rb"<\w")
#: Squares of the elements that elements hold besides entries, summed: the parser compares each author and category
#: with those before. A paper of 3,000 authors has 9 million.
MAX_SIBLINGS = 250_000_000
_FEW_SIBLINGS = 100
_MAX_ENTITY = 16
#: Bytes of a tag, with a picture in one of its attributes: expat tells of no attribute before it has read all of them.
_MAX_TAG = 1_000_000
# An entity stands for a character or two; one that is longer, or made of others, is a bomb's powder.
_ENTITY = re.compile(rb"<!ENTITY\s+\S+\s+(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)


def check_length(content: bytes, max_bytes: int = MAX_BYTES) -> None:
    """Raise `FetchFailed` where a feed has more bytes than any."""
    if len(content) > max_bytes:
        raise FetchFailed(f"it is larger than {max_bytes / 1_000_000:g} MB")


def check_size(content: bytes, *, max_bytes: int = MAX_BYTES) -> None:
    """Raise `FetchFailed` where a feed has more bytes, tags, references or entries than any, or entities that grow."""
    check_length(content, max_bytes)
    # Without its zero bytes UTF-16 and UTF-32 look like ASCII.
    markup = content.replace(b"\0", b"")
    if markup.count(b"<") > MAX_TAGS or len(_ENTRY.findall(markup)) > MAX_ENTRIES:
        raise FetchFailed("it has more tags or entries than any feed")
    if markup.count(b"&") > MAX_REFERENCES:
        raise FetchFailed("it has more character references than any feed")
    for double, single in _ENTITY.findall(markup):
        value = double or single
        if len(value) > _MAX_ENTITY or (b"&" in value and not value.startswith(b"&#")):
            raise FetchFailed("it declares entities that would expand without bound")


def with_short_prologue(content: bytes) -> bytes:
    """Return XML with single line ends for all blanks before its first element.

    Raises `FetchFailed` where even so there is more than a feed needs: the parser's time grows with the square of it.
    """
    element = _FIRST_ELEMENT.search(content)
    if element is None or element.start() < _SHORT_PROLOGUE:
        return content
    prologue = re.sub(rb"\s+", b"\n", content[: element.start()])
    if len(prologue) > MAX_PROLOGUE:
        raise FetchFailed("it begins with more than any feed has before its first element")
    return prologue + content[element.start() :]


def check_shape(content: bytes) -> None:
    """Raise `FetchFailed` where XML in UTF-8 nests too deeply, or a tag is too long or has too many attributes.

    XML that is not well-formed is looked at as far as it goes, which is as far as a strict parser reads it.
    """
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    shape = _Shape()
    parser.StartElementHandler = shape.start
    parser.EndElementHandler = shape.end
    try:
        for start in range(0, len(content), _MAX_TAG):
            parser.Parse(content[start : start + _MAX_TAG], False)  # noqa: FBT003 - expat takes no keywords
            if parser.CurrentByteIndex < start:
                raise FetchFailed("one of its tags is longer than any")
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        if content.count(b"<") + content.count(b"&") > MAX_MARKUP_OF_BROKEN_XML:
            raise FetchFailed(f"it is large and its XML is broken ({error})") from error


def checked_xml(content: bytes, what: str) -> ET.Element:
    """Return the root of XML that is parsed whole. Raises `FetchFailed`, also where `what` is not well-formed XML."""
    check_size(content)
    check_shape(content)
    try:
        return ET.fromstring(content)  # noqa: S314 - it was looked at, and expat asks for nothing
    except (ET.ParseError, ValueError, LookupError) as error:
        # Encodings of several bytes a character, and unknown ones, are errors of their own.
        raise FetchFailed(f"{what} is not valid XML ({error})") from error


class _Shape:
    """How deep the parser is in a document, and how many elements each element around has held so far."""

    def __init__(self) -> None:
        self._held = [0]
        self._siblings = 0

    def start(self, name: str, attributes: Any) -> None:
        if not name.endswith(("item", "entry")):
            self._held[-1] += 1
        self._held.append(0)
        if len(self._held) > MAX_DEPTH + 1:
            raise FetchFailed(f"its elements nest more than {MAX_DEPTH} deep")
        # Names and values by turns.
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise FetchFailed(f"one of its elements has more than {MAX_ATTRIBUTES} attributes")

    def end(self, _name: str) -> None:
        held = self._held.pop()
        if held > _FEW_SIBLINGS:
            self._siblings += held * held
            if self._siblings > MAX_SIBLINGS:
                raise FetchFailed("its elements hold more others than any feed's")
