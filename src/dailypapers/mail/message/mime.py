"""MIME: from a message to the bytes that leave. The same input gives the same bytes.

Built by hand from a few fixed parts, because the standard library's generator takes some five milliseconds a mail;
`tests/mail/message/test_mime.py` holds it against the standard library's parser.

    message → encoded parts ┐
    parts joined from pieces ┴→ header fields + body → signed (`dkim`) → bytes

What the headers of many mails share is put together once, with holes for what is one mail's own (`_Head`), and so is
what of it is signed: both are cut from the very fields that a mail made by itself has.
"""

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import quote

import idna

from dailypapers.domain.message import Attachment, EncodedMessage, Message, Sender
from dailypapers.domain.text import controls_spaced
from dailypapers.errors import BadInput
from dailypapers.mail.message import dkim, quoted_printable
from dailypapers.mail.message.dkim import Key
from dailypapers.tokens import base32, keyed_hmac

#: RFC 2047: an encoded word is at most 75 characters, its line 76, and it may not part a character.
_WORD_LINE = 76
_ENCODED_AROUND = len("=?utf-8?b??=")
#: RFC 5322 2.1.1 allows 998 characters a line, of which the rest of the field takes some.
_LONGEST_URI = 900
#: A quoted name longer than this would not fit on its line and is encoded instead.
_LONGEST_NAME = 60
#: What may stand in a URI as it is (RFC 3986), with the percent of what is encoded already.
_URI = ":/?#[]@!$&'()*+,;=%-._~"
_PLAIN_URI = re.compile(rf"[A-Za-z0-9{re.escape(_URI)}]*")
#: What stands in an address as it is (RFC 6068 2); a percent sign of its own does not.
_LOCAL_PART_IN_URI = "!$'*+-._~"
#: RFC 5322 3.4.1 with the letters of RFC 6531; folding, comments and control characters left out.
_ADDRESS = re.compile(
    r"""(?:[\w!#$%&'*+/=?^`{|}~.\u00a1-\u1fff\u2c00-\ud7ff\U00010000-\U0010ffff-]+"""
    r"""|"(?:[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\\[\x20-\x7e])*")@(?:[\w.-]+|\[[\w.:]+\])"""
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
_DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+", re.ASCII)
_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_FOLD_AT = 78


class BulkHeaders(NamedTuple):
    """What a mail to many says of its list: addresses; `feedback_id` and `issue` name the edition, never a reader."""

    unsubscribe: str
    unsubscribe_mailto: str = ""
    #: This very mail on the web (RFC 5064).
    archived_at: str = ""
    #: Where answers go, which is the address of this very mail.
    reply_to: str = ""
    #: From here on, what many mails say alike.
    help: str = ""
    archive: str = ""
    subscribe: str = ""
    #: What Gmail counts complaints by: values of the list, the last one of the sender.
    feedback_id: str = ""
    #: Which edition it is: servers that replace the Message-ID, as Amazon's do, leave this as it is.
    issue: str = ""
    #: Where reports of complaints may be sent (RFC 9477).
    complaints: str = ""


def message_id(secret: bytes, key: str, domain: str) -> str:
    """Return a Message-ID that is the same for the same mail, and tells nothing of its reader.

    A second copy can be told from the first by it (RFC 5322 3.6.4 wants it unique for a message).
    """
    return f"<{base32(_message_id_mac(secret)(f'message-id {key}'.encode())[:20])}@{_ascii_domain(domain)}>"


@cache
def _message_id_mac(secret: bytes) -> Callable[[bytes], bytes]:
    return keyed_hmac(secret, hashlib.sha256)


def encoded(message: Message) -> EncodedMessage:
    """Return the message with its parts encoded."""
    return EncodedMessage(
        message.subject, quoted_printable.encoded(message.text), quoted_printable.encoded(message.html)
    )


def build(
    message: Message | EncodedMessage,
    *,
    sender: Sender,
    recipient: str,
    message_id: str,
    now: dt.datetime,
    headers: BulkHeaders | None = None,
    in_reply_to: str = "",
    keys: Sequence[Key] = (),
) -> bytes:
    """Return the mail as bytes: multipart/alternative, quoted-printable UTF-8, CRLF; only addresses exceed 78 columns.

    A message without HTML becomes a mail of plain text alone; a file makes it multipart/mixed.
    With `headers` it is a mail to many and says so (RFC 2369, 2919, 8058); without, something somebody waits for: with
    `in_reply_to`, a Message-ID, an automatic answer to that mail (RFC 3834 3.1.7).
    It is signed with each of the keys (RFC 6376), as of `now`. What is in a header stays in it: control characters of a
    text become spaces. Raises `BadInput` for a recipient, a sender, a list or a Message-ID that is none.
    """
    parts = message if isinstance(message, EncodedMessage) else encoded(message)
    own, shared = _own(parts, recipient, message_id, headers), _shared(sender, now, headers)
    body = _alternatives(parts, own.boundary) if parts.html else (_only_part(parts.text),)
    attachment = message.attachment if isinstance(message, Message) else None
    if not in_reply_to and attachment is None:
        head = _head_of(shared, tuple(map(bool, own)))
        return b"".join((*_signed(head, own, body, keys, now), head.filled(own), *body))
    fields = [*_fields(shared, own, in_reply_to)]
    whole = b"".join(body)
    if attachment is not None:
        fields, whole = _with_attachment(fields, whole, attachment, message_id)
    signatures = [dkim.signature(key, fields, whole, signed_at=now) for key in keys]
    return _written((*signatures, *fields)).encode() + whole


#: Where in `BulkHeaders` that begins which many mails say alike.
_ALIKE = BulkHeaders._fields.index("help")


class _Own(NamedTuple):
    """What a header says that is one mail's own, as it is written there; empty where it says nothing of it."""

    to: str
    subject: str
    message_id: str
    #: What parts the two parts of a mail that has two.
    boundary: str
    reply_to: str = ""
    unsubscribe: str = ""
    unsubscribe_mailto: str = ""
    archived_at: str = ""


class _Shared(NamedTuple):
    """What headers of many mails are made of; the list's values are empty in a mail that somebody waits for."""

    sender: Sender
    date: dt.datetime
    #: Of a list: whether one click is promised, which an https address alone may (RFC 8058 3.1).
    has_one_click: bool = False
    help: str = ""
    archive: str = ""
    subscribe: str = ""
    feedback_id: str = ""
    issue: str = ""
    complaints: str = ""


def _own(parts: EncodedMessage, recipient: str, message_id: str, headers: BulkHeaders | None) -> _Own:
    """Check and write what is one mail's own. Raises `BadInput`."""
    of_all = (
        _address(recipient),
        _subject(parts.subject),
        _only(_MESSAGE_ID, message_id, "a Message-ID"),
        f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}" if parts.html else "",
    )
    if headers is None:
        return _Own(*of_all)
    return _Own(
        *of_all,
        _ascii_address(headers.reply_to) if headers.reply_to else "",
        _uri(headers.unsubscribe),
        _uri(headers.unsubscribe_mailto) if headers.unsubscribe_mailto else "",
        _uri(headers.archived_at) if headers.archived_at else "",
    )


def _shared(sender: Sender, now: dt.datetime, headers: BulkHeaders | None) -> _Shared:
    if headers is None:
        return _Shared(sender, now)
    return _Shared(sender, now, headers.unsubscribe.startswith("https://"), *headers[_ALIKE:])


def _fields(shared: _Shared, own: _Own, in_reply_to: str = "") -> Iterator[tuple[str, str]]:
    """Yield a header's fields in their order. Raises `BadInput`."""
    yield "From", _mailbox(shared.sender)
    yield "To", own.to
    yield "Subject", own.subject
    yield "Date", format_datetime(shared.date)
    yield "Message-ID", own.message_id
    yield "MIME-Version", "1.0"
    if own.unsubscribe:
        yield from ((name, value) for name, value in _about_the_list(shared, own) if value)
    yield from _about_the_answered(in_reply_to)
    if own.boundary:
        yield "Content-Type", f'multipart/alternative;\r\n boundary="{own.boundary}"'
    else:
        yield "Content-Type", 'text/plain; charset="utf-8"'
        yield "Content-Transfer-Encoding", "quoted-printable"


def _written(fields: Iterable[tuple[str, str]]) -> str:
    """Return the fields as lines, and the empty one behind them."""
    return "".join([f"{name}: {value}\r\n" for name, value in fields]) + "\r\n"


@dataclass(frozen=True, slots=True)
class _Head:
    """A header with holes for what is one mail's own."""

    #: It is held, so that its identity is not another's while this is kept.
    sender: Sender
    #: What is shared, and between it the holes, still empty.
    lines: tuple[str, ...]
    #: Puts the values of `_Own` into the order of the holes.
    ordered: Callable[[_Own], Sequence[str]]
    #: What of it is signed: the names of the fields, and these in relaxed form, with holes as well.
    signed_names: str
    signed_lines: tuple[bytes, ...]
    signed: Callable[[_Own], Sequence[str]]

    def filled(self, own: _Own) -> bytes:
        """Return the header of one mail, and the empty line behind it."""
        lines = [*self.lines]
        lines[1::2] = self.ordered(own)
        return "".join(lines).encode()

    def to_be_signed(self, own: _Own) -> bytes:
        """Return what of the header of one mail is signed, in relaxed form."""
        lines = [*self.signed_lines]
        lines[1::2] = map(dkim.relaxed, self.signed(own))
        return b"".join(lines)


#: Stands for a value of `_Own` while a header is cut; no header holds it.
_HOLE = re.compile("\0([0-7])\0")
_HOLE_IN_SIGNED = re.compile(rb"\0([0-7])\0")


_heads: dict[tuple[object, ...], _Head] = {}
#: So many headers of some 2 KB are kept.
_HEADS = 256


def _head_of(shared: _Shared, present: tuple[bool, ...]) -> _Head:
    """Return the header of mails that share so much, and have these of the values that are their own."""
    # The sender is the same object throughout a run; to compare it would take longer than all the rest.
    key = (id(shared.sender), shared[1:], present)
    head = _heads.get(key)
    if head is None:
        if len(_heads) >= _HEADS:
            _heads.clear()
        head = _heads[key] = _new_head(shared, present)
    return head


def _new_head(shared: _Shared, present: tuple[bool, ...]) -> _Head:
    holes = _Own(*(f"\0{place}\0" if is_present else "" for place, is_present in enumerate(present)))
    fields = [*_fields(shared, holes)]
    pieces = _HOLE.split(_written(fields))
    names, relaxed_fields = dkim.signed_part(fields)
    signed = _HOLE_IN_SIGNED.split(relaxed_fields)
    # There is always whom it is for and what its Message-ID is, so that these return tuples.
    ordered, signed_in_order = (itemgetter(*map(int, each[1::2])) for each in (pieces, signed))
    return _Head(shared.sender, tuple(pieces), ordered, names, tuple(signed), signed_in_order)


def _signed(head: _Head, own: _Own, body: Iterable[bytes], keys: Sequence[Key], now: dt.datetime) -> Iterator[bytes]:
    """Yield the header fields that sign a mail, one for each key."""
    if not keys:
        return
    body_hash = hashlib.sha256()
    for part in body:
        body_hash.update(part)
    relaxed_fields, hashed = head.to_be_signed(own), body_hash.digest()
    for key in keys:
        name, value = dkim.signature_of(key, head.signed_names, relaxed_fields, hashed, signed_at=now)
        yield f"{name}: {value}\r\n".encode()


def _only_part(content: bytes) -> bytes:
    # Empty lines at a body's end are not part of what DKIM hashes, and of a body of nothing else not everybody agrees
    # what is left (RFC 6376 3.4.3 and 3.4.4).
    return (content.rstrip(b"\r\n") or b"=") + b"\r\n"


_INNER_HEADS = {
    kind: f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'.encode()
    for kind in ("plain", "html")
}


def _alternatives(parts: EncodedMessage, boundary: str) -> tuple[bytes, ...]:
    between = f"--{boundary}".encode()
    # The line break before a boundary belongs to it (RFC 2046 5.1.1).
    return (
        *(between, b"\r\n", _INNER_HEADS["plain"], parts.text, b"\r\n"),
        *(between, b"\r\n", _INNER_HEADS["html"], parts.html, b"\r\n"),
        *(between, b"--\r\n"),
    )


def _with_attachment(
    fields: Sequence[tuple[str, str]], body: bytes, attachment: Attachment, message_id: str
) -> tuple[list[tuple[str, str]], bytes]:
    """Return the fields and the body of a mail with a file behind its parts (RFC 2046 5.1.3, RFC 2183)."""
    boundary = f"=_{hashlib.sha256(f'mixed {message_id}'.encode()).hexdigest()[:32]}"
    of_mail = [field for field in fields if not field[0].startswith("Content-")]
    of_body = [field for field in fields if field[0].startswith("Content-")]
    of_file = (
        ("Content-Type", f'{attachment.media_type}; name="{attachment.name}"'),
        ("Content-Disposition", f'attachment; filename="{attachment.name}"'),
        ("Content-Transfer-Encoding", "base64"),
    )
    between = f"--{boundary}\r\n"
    file = base64.encodebytes(attachment.content).replace(b"\n", b"\r\n")
    pieces = (
        *(f"{between}{_written(of_body)}".encode(), body, b"\r\n"),
        *(f"{between}{_written(of_file)}".encode(), file, f"--{boundary}--\r\n".encode()),
    )
    return [*of_mail, ("Content-Type", f'multipart/mixed;\r\n boundary="{boundary}"')], b"".join(pieces)


def _about_the_answered(in_reply_to: str) -> Iterator[tuple[str, str]]:
    if not in_reply_to:
        yield "Auto-Submitted", "auto-generated"
        return
    answered = _only(_MESSAGE_ID, in_reply_to, "a Message-ID")
    yield from (("In-Reply-To", answered), ("References", answered), ("Auto-Submitted", "auto-replied"))


def _about_the_list(shared: _Shared, own: _Own) -> Iterator[tuple[str, str]]:
    yield "Reply-To", own.reply_to
    yield "List-Unsubscribe", ",\r\n ".join([way for way in (own.unsubscribe, own.unsubscribe_mailto) if way])
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" if shared.has_one_click else ""
    yield "List-Id", _list_id(shared.sender)
    yield "List-Post", "NO"
    yield "List-Help", _page(shared.help)
    yield "List-Owner", _owner(shared.sender.owner)
    yield "List-Subscribe", _page(shared.subscribe)
    yield "List-Archive", _page(shared.archive)
    yield "Archived-At", own.archived_at
    yield "Feedback-ID", _aggregate(shared.feedback_id)
    yield "CFBL-Address", f"{_ascii_address(shared.complaints)}; report=arf" if shared.complaints else ""
    yield "X-Dailypapers-Issue", _aggregate(shared.issue)
    yield "Precedence", "bulk"


@lru_cache(maxsize=64)
def _list_id(sender: Sender) -> str:
    list_id = _only(_DOT_ATOM, _ascii_domain(sender.list_id), "a List-Id")
    return _after(_phrase(sender.name, "List-Id"), f"<{list_id}>")


@lru_cache(maxsize=64)
def _owner(address: str) -> str:
    """Return the owner's address as a URI, in which what is not a URI's is percent-encoded (RFC 6068 2)."""
    if not address:
        return ""
    local, _, domain = _address(address).rpartition("@")
    return f"<mailto:{quote(local.encode(), safe=_LOCAL_PART_IN_URI)}@{domain}>"


@lru_cache(maxsize=64)
def _page(address: str) -> str:
    """Return a page's address, the same in all mails of a run."""
    return _uri(address) if address else ""


@lru_cache(maxsize=64)
def _aggregate(value: str) -> str:
    return _one_line(value).encode("ascii", "replace").decode()


def is_message_id(text: str) -> bool:
    """Return whether a text is a Message-ID that a header can name."""
    return len(text) <= _LONGEST_URI and bool(_MESSAGE_ID.fullmatch(text))


def _uri(uri: str) -> str:
    """An address of RFC 2369, whose angle brackets nothing inside can close."""
    safe = uri if _PLAIN_URI.fullmatch(uri) else quote(uri.encode("utf-8", "replace"), safe=_URI)
    if len(safe) > _LONGEST_URI:
        raise BadInput(f"“{safe[:60]}…” is too long for a header: {len(safe)} characters.")
    return f"<{safe}>"


def _only(shape: re.Pattern[str], text: str, what: str) -> str:
    if not shape.fullmatch(text) or len(text) > _LONGEST_URI:
        raise BadInput(f"“{_one_line(text)[:80]}” is not {what}.")
    return text


def _one_line(text: str) -> str:
    return controls_spaced(text).strip()


@lru_cache(maxsize=64)
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


@lru_cache(maxsize=4096)
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


def _ascii_address(address: str) -> str:
    """An address for a field of ASCII alone. Raises `BadInput` for one that needs more than its domain's A-labels."""
    written = _address(address)
    if not written.isascii():
        raise BadInput(f"“{written[:80]}” cannot stand in this header: only its domain may be beyond ASCII.")
    return written


def _address(address: str) -> str:
    """An address alone: nothing in it can begin a second one, or a comment. Raises `BadInput`."""
    local, _, domain = address.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    return _only(_ADDRESS, f"{local}@{ascii_domain}", "an email address")


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    """A domain as DNS knows it (RFC 5891); what is ASCII already stays as it is."""
    plain = _one_line(domain)
    if plain.isascii():
        return plain
    try:
        return idna.encode(plain, uts46=True).decode()
    except idna.IDNAError as error:
        raise BadInput(f"“{plain[:80]}” is not a domain name: {error}.") from None
