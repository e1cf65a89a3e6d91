"""The parts of a mail that came in, read with bounds: anybody may send anything, nested and folded without end.

The standard library's parser calls itself for each level of nesting and takes quadratic time for some headers. What a
report says stands in its first parts, so that nothing is lost here. Never raises for any content.
"""

import binascii
import codecs
import html
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header

#: Bytes of a mail that are looked at; reports quote the mail they are about after what they have to say.
_LONGEST_MAIL = 262_144
_LONGEST_ENCODED_FIELD, _LONGEST_SUBJECT = 1_000, 400
#: Characters of one header field (RFC 5322 2.1.1 allows 998 a line) and of one text; HTML is much longer than its text.
_LONGEST_FIELD, _LONGEST_TEXT, _LONGEST_ENCODED = 4_000, 16_384, 65_536
#: Fields of one header, and those of the same name.
_MOST_FIELDS, _MOST_OF_A_NAME = 500, 20
_DEEPEST, _MOST_PARTS = 8, 40
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_CHARSET = re.compile(r'charset\s*=\s*"?([\w.:-]{1,40})', re.IGNORECASE)
_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
#: Codecs that do not read a charset of mails, or take quadratic time.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
#: How Japanese letters begin in ISO-2022-JP (RFC 1468).
_JAPANESE = b"\x1b$"
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,500}>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a header, by their names in lower case."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """Return the first field of a name, unfolded; empty where there is none."""
        return self.fields.get(name.lower(), [""])[0]

    def every(self, name: str) -> list[str]:
        """Return the fields of a name."""
        return self.fields.get(name.lower(), [])

    @property
    def subject(self) -> str:
        """Return the subject as it was written (RFC 2047), of a length that programs write."""
        return decoded_field(self.first("subject"))[:_LONGEST_SUBJECT]

    def __contains__(self, name: str) -> bool:
        """Return whether there is a field of that name."""
        return name.lower() in self.fields


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail that has no parts itself."""

    headers: Headers
    body: bytes

    @property
    def type(self) -> str:
        """Return its media type in lower case, `text/plain` where none is given (RFC 2045 5.2)."""
        return media_type(self.headers)

    @property
    def is_attachment(self) -> bool:
        """Return whether it is a file that comes with a mail (RFC 2183 2.2), and nothing its author says in it."""
        return self.headers.first("content-disposition").strip().lower().startswith("attachment")

    @property
    def octets(self) -> bytes:
        """Return its content as it was before it was encoded for the way."""
        return _unencoded(self.body, self.headers)

    @property
    def text(self) -> str:
        """Return its text, decoded as well as can be, without control characters; HTML as plain text."""
        text = _CONTROLS.sub(" ", _decoded(self.body[:_LONGEST_ENCODED], self.headers))
        return (_plain(text) if self.type == "text/html" else text)[:_LONGEST_TEXT]

    def decoded(self, most: int) -> str:
        """Return its text as it was written, tags and all: so many characters at most, without control characters."""
        return _CONTROLS.sub(" ", _decoded(self.body, self.headers)[:most])


@dataclass(frozen=True, slots=True)
class Parsed:
    """A mail: its own header and its parts, in their order."""

    headers: Headers
    parts: tuple[Part, ...]
    content: bytes
    """As it came, with lines that end in LF, as much of it as is looked at."""

    def of_type(self, *types: str) -> list[Part]:
        """Return the parts of these media types."""
        return [part for part in self.parts if part.type in types]


def parsed(content: bytes, *, most: int = _LONGEST_MAIL) -> Parsed:
    """Return a mail's parts, those within others too; a mail within a mail (message/rfc822) stays whole.

    `most` is how many bytes are looked at.
    """
    lines = _lines(content[:most])
    headers, _ = _split(lines)
    return Parsed(headers, tuple(_walk(lines, 0, _Budget(_MOST_PARTS))), b"\n".join(lines))


def decoded_field(text: str) -> str:
    """Return a field whose words may be encoded (RFC 2047), as it was written; as it is where that cannot be read."""
    try:
        return str(make_header(decode_header(text[:_LONGEST_ENCODED_FIELD])))
    except (HeaderParseError, LookupError, ValueError):
        return text


def header_fields(text: str) -> Headers:
    """Return the fields of a header that is quoted in a text."""
    return _headers(text.encode("utf-8", "replace").split(b"\n"))


def blocks(text: str) -> list[Headers]:
    """Return the groups of fields of a status report, which are parted by empty lines (RFC 3464 2.1)."""
    groups = re.split(r"\n[ \t]*\n", text)[:_MOST_FIELDS]
    return [headers for group in groups if (headers := header_fields(group.strip("\n"))).fields]


def media_type(headers: Headers) -> str:
    """Return the media type in lower case."""
    return headers.first("content-type").partition(";")[0].strip().lower() or "text/plain"


@dataclass
class _Budget:
    left: int


def _lines(content: bytes) -> list[bytes]:
    """Split into lines, whatever they end with, and without an mbox line or empty ones before the header."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    begin = 0
    while begin < len(lines) and (not lines[begin].strip() or lines[begin].startswith((b"From ", b">From "))):
        begin += 1
    return lines[begin:]


def _walk(lines: list[bytes], depth: int, budget: _Budget) -> Iterator[Part]:
    headers, body = _split(lines)
    budget.left -= 1
    boundary = _boundary(headers)
    if boundary and depth < _DEEPEST:
        for part in _divided(body, boundary):
            if budget.left > 0:
                yield from _walk(part, depth + 1, budget)
    else:
        yield Part(headers, b"\n".join(body))


def _boundary(headers: Headers) -> bytes:
    if not media_type(headers).startswith("multipart/"):
        return b""
    match = _BOUNDARY.search(headers.first("content-type"))
    return (match[1] or match[2]).rstrip().encode("utf-8", "replace") if match else b""


def _divided(lines: list[bytes], boundary: bytes) -> Iterator[list[bytes]]:
    """Yield what stands between the delimiters; what stands before the first one counts where there is no delimiter."""
    delimiter, end = b"--" + boundary, b"--" + boundary + b"--"
    here: list[bytes] = []
    has_begun = False
    for line in lines:
        stripped = line.strip()
        if stripped in {delimiter, end}:
            if has_begun:
                yield here
            here, has_begun = [], True
            if stripped == end:
                return
        else:
            here.append(line)
    if here and any(line.strip() for line in here):
        yield here if has_begun else [b"", *here]


def _split(lines: list[bytes]) -> tuple[Headers, list[bytes]]:
    """Part a header from its body; a text that does not begin with a field has no header."""
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    return _headers(lines[:end]), lines[end + 1 :]


def _headers(lines: list[bytes]) -> Headers:
    headers = Headers()
    for raw in _unfolded(lines):
        match = _FIELD.match(raw)
        if match:
            of_name = headers.fields.setdefault(match[1].lower(), [])
            if len(of_name) < _MOST_OF_A_NAME:
                of_name.append(_CONTROLS.sub(" ", match[2]).strip())
    return headers


def _unfolded(lines: list[bytes]) -> Iterator[str]:
    field_lines: list[bytes] = []
    size = fields = 0
    for line in lines:
        # Some programs fold without the space that RFC 5322 2.2.3 asks for.
        if field_lines and (line[:1] in {b" ", b"\t"} or b":" not in line):
            if size < _LONGEST_FIELD:
                field_lines.append(line.strip()[:_LONGEST_FIELD])
                size += len(line)
            continue
        if field_lines:
            yield _utf8(b" ".join(field_lines))
        fields += 1
        if fields > _MOST_FIELDS:
            return
        field_lines, size = [line[:_LONGEST_FIELD]], len(line)
    if field_lines:
        yield _utf8(b" ".join(field_lines))


def _utf8(octets: bytes) -> str:
    return octets.decode(_usual(octets), "replace")[:_LONGEST_FIELD]


def _decoded(body: bytes, headers: Headers) -> str:
    octets = _unencoded(body, headers)
    return in_charset(octets, _charset(headers) or _usual(octets))


def _unencoded(body: bytes, headers: Headers) -> bytes:
    encoding = headers.first("content-transfer-encoding").lower()
    if encoding == "base64":
        return _from_base64(body)
    return quopri.decodestring(body) if encoding == "quoted-printable" else body


def _from_base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        return body


def _charset(headers: Headers) -> str:
    match = _CHARSET.search(headers.first("content-type"))
    return match[1] if match else ""


def _usual(octets: bytes) -> str:
    """Return the charset of what does not say: UTF-8, or what Japanese programs write."""
    return "iso2022_jp" if _JAPANESE in octets else "utf-8"


def in_charset(octets: bytes, charset: str) -> str:
    """Return a text in a charset that may be misspelt or wrong; what is not of it is replaced."""
    try:
        codec = codecs.lookup(charset)
        is_charset = codec._is_text_encoding and codec.name.replace("-", "_") not in _NO_CHARSETS  # noqa: SLF001 - nothing else tells
        return octets.decode(charset if is_charset else "utf-8", "replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")


def _plain(text: str) -> str:
    """Return the text of HTML, near enough for what is looked for in it."""
    begin = max(text.lower().find("<body"), 0)
    return re.sub(r"[ \t\n]{3,}", "\n\n", html.unescape(_TAG.sub(" ", _BREAK.sub("\n", text[begin:]))))
