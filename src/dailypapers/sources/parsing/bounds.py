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
MAX_MARKUP_OF_BROKEN_XML = 250_000
MAX_ENTRIES = 50_000
#: An element of a real feed has a handful of attributes, an SVG some fifty; elements nest to some thirty.
MAX_ATTRIBUTES = 250
MAX_DEPTH = 250
_MAX_ENTITY = 16
# An entity stands for a character or two; one that is longer, or made of others, is a bomb's powder.
_ENTITY = re.compile(rb"<!ENTITY\s+\S+\s+(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)


def check_size(content: bytes) -> None:
    """Raise `FetchFailed` where a feed has more bytes, tags, references or entries than any, or entities that grow."""
    if len(content) > MAX_BYTES:
        raise FetchFailed(f"it is larger than {MAX_BYTES / 1_000_000:g} MB")
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


def check_shape(content: bytes) -> None:
    """Raise `FetchFailed` where XML in UTF-8 nests too deeply or an element has too many attributes.

    XML that is not well-formed is looked at as far as it goes, which is as far as a strict parser reads it.
    """
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    shape = _Shape()
    parser.StartElementHandler = shape.start
    parser.EndElementHandler = shape.end
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
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
    """How deep the parser is in a document."""

    def __init__(self) -> None:
        self._depth = 0

    def start(self, _name: str, attributes: Any) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FetchFailed(f"its elements nest more than {MAX_DEPTH} deep")
        # Names and values by turns.
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise FetchFailed(f"one of its elements has more than {MAX_ATTRIBUTES} attributes")

    def end(self, _name: str) -> None:
        self._depth -= 1
