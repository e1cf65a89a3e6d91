"""MIME: from a message to the bytes that leave. The same input gives the same bytes.

Built by hand from a few fixed parts, because the standard library's generator takes some five milliseconds a mail;
`tests/mail/test_mime.py` holds it against the standard library's parser.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

import idna

from dailypapers.domain.message import Message, Sender
from dailypapers.domain.text import controls_spaced
from dailypapers.errors import BadInput

#: RFC 2047: an encoded word is at most 75 characters, its line 76, and it may not part a character.
_WORD_LINE = 76
_ENCODED_AROUND = len("=?utf-8?b??=")
#: RFC 2045 6.7: no encoded line is longer.
_ENCODED_LINE = 76
#: RFC 5322 2.1.1 allows 998 characters a line, of which the rest of the field takes some.
_LONGEST_URI = 900
#: A quoted name longer than this would not fit on its line and is encoded instead.
_LONGEST_NAME = 60
#: What may stand in a URI as it is (RFC 3986), with the percent of what is encoded already.
_URI = ":/?#[]@!$&'()*+,;=%-._~"
#: RFC 5322 3.4.1 with the letters of RFC 6531; folding, comments and control characters left out.
_ADDRESS = re.compile(
    r"""(?:[\w!#$%&'*+/=?^`{|}~.\u00a1-\u1fff\u2c00-\ud7ff\U00010000-\U0010ffff-]+"""
    r"""|"(?:[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\\[\x20-\x7e])*")@(?:[\w.-]+|\[[\w.:]+\])"""
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
_DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+", re.ASCII)
#: A line that begins with a dot, or as an mbox begins a mail; `\n` first, which is quicker to look for than `^`.
_RISKY_LINE = re.compile(rb"\n((?:\.|From )[^\n]*)")
_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_FOLD_AT = 78


@dataclass(frozen=True, slots=True)
class BulkHeaders:
    """What a mail to many says of its list; each an address or, for `feedback_id`, aggregate values only."""

    unsubscribe: str
    unsubscribe_mailto: str = ""
    help: str = ""
    archive: str = ""
    subscribe: str = ""
    #: This very mail on the web (RFC 5064).
    archived_at: str = ""
    feedback_id: str = ""


def message_id(secret: bytes, key: str, domain: str) -> str:
    """Return a Message-ID that is the same for the same mail, and tells nothing of its reader.

    A second copy can be told from the first by it (RFC 5322 3.6.4 wants it unique for a message).
    """
    digest = hmac.new(secret, b"message-id " + key.encode(), hashlib.sha256).digest()
    return f"<{base64.b32encode(digest[:20]).decode().lower()}@{_ascii_domain(domain)}>"


def build(
    message: Message,
    *,
    sender: Sender,
    recipient: str,
    message_id: str,
    now: dt.datetime,
    headers: BulkHeaders | None = None,
) -> bytes:
    """Return the mail as bytes: multipart/alternative, quoted-printable UTF-8, CRLF; only addresses exceed 78 columns.

    A message without HTML becomes a mail of plain text alone.
    With `headers` it is a mail to many and says so (RFC 2369, 2919, 8058); without, an answer somebody waits for.
    What is in a header stays in it: control characters of a text become spaces. Raises `BadInput` for a recipient, a
    sender, a list or a Message-ID that is none.
    """
    fields = [
        ("From", _mailbox(sender)),
        ("To", _address(recipient)),
        ("Subject", _subject(message.subject)),
        ("Date", format_datetime(now)),
        ("Message-ID", _only(_MESSAGE_ID, message_id, "a Message-ID")),
        ("MIME-Version", "1.0"),
        *((name, value) for name, value in _about_the_list(sender, headers) if value),
        ("Auto-Submitted", "auto-generated"),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode() + (_alternatives(message, message_id) if message.html else _part("plain", message.text))


def _alternatives(message: Message, message_id: str) -> bytes:
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
    head = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    parts = (_part("plain", message.text), _part("html", message.html))
    between = f"--{boundary}\r\n".encode()
    return head.encode() + b"".join(between + part for part in parts) + f"--{boundary}--\r\n".encode()


def _about_the_list(sender: Sender, headers: BulkHeaders | None) -> Iterator[tuple[str, str]]:
    if headers is None:
        return
    ways = [_uri(way) for way in (headers.unsubscribe, headers.unsubscribe_mailto) if way]
    yield "List-Unsubscribe", ",\r\n ".join(ways)
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield (
        "List-Id",
        _after(_phrase(sender.name, "List-Id"), f"<{_only(_DOT_ATOM, _ascii_domain(sender.list_id), 'a List-Id')}>"),
    )
    yield "List-Post", "NO"
    yield "List-Help", _uri(headers.help) if headers.help else ""
    yield "List-Owner", f"<mailto:{_address(sender.owner)}>" if sender.owner else ""
    yield "List-Subscribe", _uri(headers.subscribe) if headers.subscribe else ""
    yield "List-Archive", _uri(headers.archive) if headers.archive else ""
    yield "Archived-At", _uri(headers.archived_at) if headers.archived_at else ""
    yield "Feedback-ID", _one_line(headers.feedback_id).encode("ascii", "replace").decode()
    yield "Precedence", "bulk"


def _uri(uri: str) -> str:
    """An address of RFC 2369, whose angle brackets nothing inside can close."""
    encoded = quote(uri.encode("utf-8", "replace"), safe=_URI)
    if len(encoded) > _LONGEST_URI:
        raise BadInput(f"“{encoded[:60]}…” is too long for a header: {len(encoded)} characters.")
    return f"<{encoded}>"


def _only(shape: re.Pattern[str], text: str, what: str) -> str:
    if not shape.fullmatch(text) or len(text) > _LONGEST_URI:
        raise BadInput(f"“{_one_line(text)[:80]}” is not {what}.")
    return text


def _part(kind: str, text: str) -> bytes:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode() + quoted_printable(text) + b"\r\n"


def quoted_printable(text: str) -> bytes:
    """Encode text (RFC 2045 6.7) with CRLF line ends; no line begins with a dot or with "From "."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    encoded = binascii.b2a_qp(b"\n" + lines, istext=True)
    # A leading dot would have to be stuffed on the way (RFC 5321 4.5.2), and some servers get that wrong.
    return _RISKY_LINE.sub(_tamed, encoded)[1:].replace(b"\n", b"\r\n")


def _tamed(match: re.Match[bytes]) -> bytes:
    return b"\n" + _tame(match[1])


def _tame(line: bytes) -> bytes:
    """Encode a line's first character where it is risky; a line that gets too long by it is broken behind it."""
    if not line.startswith((b".", b"From ")):
        return line
    first = b"=%02X" % line[0]
    if len(first) + len(line) - 1 <= _ENCODED_LINE:
        return first + line[1:]
    return first + b"=\n" + _tame(line[1:])


def _one_line(text: str) -> str:
    return controls_spaced(text).strip()


def _mailbox(sender: Sender) -> str:
    address = _address(sender.address)
    return _after(_phrase(sender.name, "From"), f"<{address}>") if sender.name else address


def _after(phrase: str, address: str) -> str:
    """What follows a name; on a line of its own where the name has filled one (RFC 2047 2)."""
    return (
        f"{phrase}\r\n {address}" if phrase.startswith("=?") or len(phrase) > _FOLD_AT // 2 else f"{phrase} {address}"
    )


def _phrase(name: str, field: str) -> str:
    """A display name: as it is where it is made of atoms, quoted or encoded where it is not (RFC 5322 3.2.5)."""
    plain = _one_line(name)
    if "=?" in plain or len(plain) > _LONGEST_NAME or not _PLAIN.fullmatch(plain):
        return _encoded_words(plain, field)
    if _ATOMS.fullmatch(plain):
        return plain
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _subject(text: str) -> str:
    """A header's text: folded at spaces where it is plain ASCII, in encoded words where it is not."""
    words = [word for word in _one_line(text).split(" ") if word]
    plain = " ".join(words)
    looks_encoded = "=?" in plain
    if looks_encoded or not _PLAIN.fullmatch(plain) or max(map(len, words), default=0) > _FOLD_AT - 10:
        return _encoded_words(plain, "Subject")
    lines, room = [""], _FOLD_AT - len("Subject: ")
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return "\r\n ".join(lines)


def _encoded_words(text: str, field: str) -> str:
    """The text as encoded words (RFC 2047), a line each; the first shares its line with the field's name."""
    words, piece, room = [], b"", _bytes_within(len(field) + 2)
    for character in text:
        raw = character.encode("utf-8", "replace")
        if len(piece) + len(raw) > room:
            words.append(piece)
            piece, room = b"", _bytes_within(1)
        piece += raw
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _bytes_within(indent: int) -> int:
    """How many bytes an encoded word can carry on a line that has `indent` characters already: three for every four."""
    return (_WORD_LINE - indent - _ENCODED_AROUND) // 4 * 3


def _address(address: str) -> str:
    """An address alone: nothing in it can begin a second one, or a comment. Raises `BadInput`."""
    local, _, domain = address.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    return _only(_ADDRESS, f"{local}@{ascii_domain}", "an email address")


def _ascii_domain(domain: str) -> str:
    """A domain as DNS knows it (RFC 5891); what is ASCII already stays as it is."""
    plain = _one_line(domain)
    if plain.isascii():
        return plain
    try:
        return idna.encode(plain, uts46=True).decode()
    except idna.IDNAError as error:
        raise BadInput(f"“{plain[:80]}” is not a domain name: {error}.") from None
