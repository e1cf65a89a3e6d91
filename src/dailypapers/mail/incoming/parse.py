"""What an incoming mail says of who sent it. Reads anything; anybody may send anything in anybody's name.

Only headers are parsed: a body may be nested thousands of parts deep, and nothing in it is needed.
"""

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

#: Words of `Precedence` that no person's own mail carries.
_TO_MANY = {"bulk", "list", "junk", "auto_reply"}
#: Headers that only programs write: lists (RFC 2369, RFC 2919), and what answers by itself.
_BY_PROGRAMS = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID", "X-Autoreply", "X-Autorespond", "X-Loop")
#: Mailboxes with nobody behind them (RFC 2142, and custom).
_NOBODY = {
    "mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces", "daemon",
    "root", "nobody",
}  # fmt: skip


#: Characters a From field may have (RFC 5322 2.1.1 allows 998 a line); parsing a longer one takes quadratic time.
_LONGEST_FROM = 2_000
#: What stands where bytes are not UTF-8; no address has it.
_UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail to one of our addresses."""

    sender: str
    """Of the envelope; empty for what must not be answered (RFC 5321 4.5.5)."""
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """Who sent a mail; or why it is no person's own."""

    address: str = ""
    why_not: str = ""


def parse(mail: Incoming) -> ParsedMessage:
    """Read who sent a mail, where a person did; what the From field says may be forged."""
    message = BytesHeaderParser().parsebytes(mail.content)
    if why := _automatic(mail, message):
        return ParsedMessage(why_not=why)
    authors = _authors(message)
    if len(authors) != 1 or _UNREADABLE in authors[0]:
        return ParsedMessage(why_not="not from one person")
    if _local_part(authors[0]) in _NOBODY:
        return ParsedMessage(why_not="from a program")
    return ParsedMessage(authors[0])


def _authors(message: Message) -> list[str]:
    """The addresses of the only From field; none where there are several, or where it cannot be read."""
    fields = [_decoded(raw) for name, raw in message.raw_items() if name.lower() == "from"]
    if len(fields) != 1 or len(fields[0]) > _LONGEST_FROM:
        return []
    try:
        return [address for _, address in getaddresses(fields)]
    except RecursionError:
        # The standard library's parser calls itself for every comment in a comment and every group in a group.
        return []


def _decoded(raw: str) -> str:
    """A field as its sender wrote it: UTF-8 without any encoding (RFC 6532), its folding undone.

    The parser leaves bytes beyond ASCII as surrogates, and its own words for them are question marks.
    """
    octets = raw.encode("ascii", "surrogateescape")
    return "".join(octets.decode("utf-8", "replace").splitlines())


def _automatic(mail: Incoming, message: Message) -> str:
    """Why a mail was written by a program (RFC 3834 and custom); empty where it was not."""
    if not mail.sender or _local_part(mail.sender) in _NOBODY:
        return "null return path"
    if _word(message, "Auto-Submitted") not in {"", "no"}:
        return "auto-submitted"
    if _word(message, "Precedence") in _TO_MANY or any(name in message for name in _BY_PROGRAMS):
        return "to many"
    if message.get_content_type() == "multipart/report":
        return "a report"
    return "spam" if _word(message, "X-Spam-Flag") == "yes" else ""


def _word(message: Message, name: str) -> str:
    """A header's first word, in lower case."""
    return str(message.get(name, "")).partition(";")[0].strip().lower()


def _local_part(address: str) -> str:
    return address.rpartition("@")[0].lower()
