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

import idna

from dailypapers.domain.message import Message, Sender

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
#: RFC 2047: an encoded word is at most 75 characters, and it may not part a character.
_WORD_BYTES = 45
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
    feedback_id: str = ""


def message_id(secret: bytes, key: str, domain: str) -> str:
    """A Message-ID that is the same for the same mail, and tells nothing of its reader.

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
    """The mail as bytes: multipart/alternative, UTF-8 in quoted-printable, CRLF, no line over 78 characters.

    With `headers` it is a mail to many and says so (RFC 2369, 2919, 8058); without, an answer somebody waits for.
    What is in a header stays on its line: control characters become spaces.
    """
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
    fields = [
        ("From", _mailbox(sender.name, sender.address)),
        ("To", _address(recipient)),
        ("Subject", _unstructured(message.subject)),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id),
        ("MIME-Version", "1.0"),
        *((name, value) for name, value in _about_the_list(sender, headers) if value),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    parts = (("plain", message.text), ("html", message.html))
    body = b"".join(_part(boundary, kind, text) for kind, text in parts)
    return head.encode() + b"\r\n" + body + f"--{boundary}--\r\n".encode()


def _about_the_list(sender: Sender, headers: BulkHeaders | None) -> Iterator[tuple[str, str]]:
    if headers is None:
        return
    ways = [f"<{_one_line(way)}>" for way in (headers.unsubscribe, headers.unsubscribe_mailto) if way]
    yield "List-Unsubscribe", ",\r\n ".join(ways)
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "List-Id", f"{_phrase(sender.name)} <{_one_line(sender.list_id)}>"
    yield "List-Post", "NO"
    yield "List-Help", f"<{_one_line(headers.help)}>" if headers.help else ""
    yield "List-Owner", f"<mailto:{_address(sender.owner)}>" if sender.owner else ""
    yield "List-Archive", f"<{_one_line(headers.archive)}>" if headers.archive else ""
    yield "Feedback-ID", _one_line(headers.feedback_id)
    yield "Precedence", "bulk"


def _part(boundary: str, kind: str, text: str) -> bytes:
    head = (
        f'--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + quoted_printable(text) + b"\r\n"


def quoted_printable(text: str) -> bytes:
    """Encode text (RFC 2045 6.7) with CRLF line ends; no line begins with a dot or with "From "."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    encoded = binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
    # A leading dot would have to be stuffed on the way (RFC 5321 4.5.2), and some servers get that wrong.
    encoded = encoded.replace(b"\r\n.", b"\r\n=2E").replace(b"\r\nFrom ", b"\r\n=46rom ")
    return b"=2E" + encoded[1:] if encoded.startswith(b".") else encoded


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _mailbox(name: str, address: str) -> str:
    return f"{_phrase(name)} <{_address(address)}>" if name else _address(address)


def _phrase(name: str) -> str:
    """A display name: as it is where it is made of atoms, quoted or encoded where it is not (RFC 5322 3.2.5)."""
    plain = _one_line(name)
    if _ATOMS.fullmatch(plain):
        return plain
    if _PLAIN.fullmatch(plain):
        escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _encoded_words(plain)


def _unstructured(text: str) -> str:
    """A header's text: folded at spaces where it is plain ASCII, in encoded words where it is not."""
    plain = _one_line(text)
    looks_encoded = "=?" in plain
    if looks_encoded or not _PLAIN.fullmatch(plain) or max(map(len, plain.split(" "))) > _FOLD_AT - 10:
        return _encoded_words(plain)
    lines, room = [""], _FOLD_AT - len("Subject: ")
    for word in plain.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return "\r\n ".join(lines)


def _encoded_words(text: str) -> str:
    words, piece = [], b""
    for character in text:
        raw = character.encode("utf-8", "replace")
        if len(piece) + len(raw) > _WORD_BYTES:
            words.append(piece)
            piece = b""
        piece += raw
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _address(address: str) -> str:
    local, _, domain = _one_line(address).rpartition("@")
    return f"{local}@{_ascii_domain(domain)}" if local else _one_line(address)


def _ascii_domain(domain: str) -> str:
    """A domain as DNS knows it (RFC 5891); what is ASCII already stays as it is."""
    plain = _one_line(domain)
    if plain.isascii():
        return plain
    try:
        return idna.encode(plain, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"“{plain}” is no domain: {error}") from None
