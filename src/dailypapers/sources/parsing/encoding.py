"""The bytes of a feed in UTF-8, whatever encoding they came in.

    byte order mark | UTF-8 that can be nothing else | charset of the header | declaration | UTF-8 | Windows-1252

The order is that of RFC 7303 and of browsers, but for one thing: many servers say “iso-8859-1” of everything, and bytes
beyond ASCII that are valid UTF-8 are UTF-8. Knows how XML declares its encoding. Does not know feeds.
"""

import codecs
import re
from collections.abc import Iterator

_HEAD = b"<?xml version='1.0' encoding='utf-8'?>\n"
_DECLARATION = re.compile(rb"<\?xml[^>]{0,1000}>")
_DECLARED = re.compile(rb"\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([^\"']{1,40})[\"']")
# Encodings that write markup as markup; others ("utf-7", Python's "unicode_escape") could hide it from our look.
_KNOWN = re.compile(
    r"utf-?(8|16|32)(-?[lb]e)?|us-ascii|ascii|(iso-?)?8859-\d+|iso-8859-\d+|latin-?\d|(windows|cp)-?125\d|cp\d{3}|koi8-\w"
    r"|gb\w+|big5\w*|shift[-_]jis|euc-\w+|iso-2022-\w+|tis-620|macintosh",
    re.IGNORECASE,
)
#: Byte order marks, the longer first.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
#: Which of the first four bytes are zeros where two characters of ASCII are written in several bytes each.
_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
_EBCDIC = "<?xm".encode("cp037")
#: Encodings of several bytes a character, one of which is a zero where the character is of ASCII.
_WIDE = ("utf-16", "utf-32")
#: Supersets of what is named, which is what people write who name it (the WHATWG's Encoding Standard).
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}


def in_utf8(content: bytes, charset: str = "") -> bytes:
    """Return XML in UTF-8, and declared so. `charset` is what the header of the answer says, if it does.

    Whatever the bytes are, they are decoded, and none is lost. Never raises.
    """
    utf8 = content if _is_sure(content) else decoded(content, charset).encode("utf-8", "replace")
    declaration = _DECLARATION.match(utf8)
    # In a line of its own: the parser takes the last encoding of the first line for the document's.
    return _HEAD + utf8[declaration.end() if declaration else 0 :]


def _is_sure(content: bytes) -> bool:
    """Tell whether it is valid UTF-8 with characters beyond ASCII, and without a mark or a zero."""
    if content.isascii() or content.startswith(tuple(_MARKS)) or b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decoded(content: bytes, charset: str = "") -> str:
    """Return the text of bytes, of JSON too: by what they are, by `charset`, or by what XML declares. Never raises."""
    for name in _candidates(content, charset):
        try:
            known = codecs.lookup(name).name
            return content.removeprefix(_mark(content)).decode(_SUPERSETS.get(known, known))
        except (LookupError, UnicodeDecodeError):
            continue
    # In which there is a character for every byte.
    return content.decode("iso-8859-2")


def _mark(content: bytes) -> bytes:
    return next((mark for mark in _MARKS if content.startswith(mark)), b"")


def _candidates(content: bytes, charset: str) -> Iterator[str]:
    """Yield the encodings that it may be in, the likeliest first."""
    if mark := _mark(content):
        yield _MARKS[mark]
    if wide := _ZEROS.get(tuple(byte == 0 for byte in content[:4])):
        yield wide
    if content.startswith(_EBCDIC):
        yield "cp037"
    if _is_sure(content):
        yield "utf-8"
    declared = _DECLARED.match(content)
    for name in (charset, declared[1].decode("ascii", "replace") if declared else ""):
        # What can be read as ASCII is not wide, whatever it says.
        if _KNOWN.fullmatch(name) and (b"\0" in content or not name.lower().startswith(_WIDE)):
            yield name
    yield from ("utf-8", "cp1252")
