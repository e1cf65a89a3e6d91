"""Mail that comes in: a server for the few addresses that are ours, and what a mail says of who sent it.

A mail server hands us mail by LMTP (RFC 2033) or SMTP. What a mail is for is decided elsewhere; here it is taken whole,
answered once it has been dealt with, and its headers are read. Anybody may send anything in anybody's name.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from dailypapers.mail.listening import Server

log = structlog.get_logger()

#: One mail asks for one thing; a sender with more recipients is told to come again (RFC 5321 4.5.3.1.10).
_RECIPIENTS = 20
_IDLE_SECONDS = 60
#: Words of `Precedence` that no person's own mail carries.
_TO_MANY = {"bulk", "list", "junk", "auto_reply"}
#: Headers that only programs write: lists (RFC 2369, RFC 2919), and what answers by itself.
_BY_PROGRAMS = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID", "X-Autoreply", "X-Autorespond", "X-Loop")
#: Mailboxes with nobody behind them (RFC 2142, and custom).
_NOBODY = {
    "mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces", "daemon",
    "root", "nobody",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail to one of our addresses."""

    #: Of the envelope; empty for what must not be answered (RFC 5321 4.5.5).
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """Who sent a mail; or why it is no person's own."""

    address: str = ""
    why_not: str = ""


def hear(mail: Incoming) -> ParsedMessage:
    """Read who sent a mail, where a person did. Reads anything; what the From line says may be forged."""
    message = message_from_bytes(mail.content)
    if why := _automatic(mail, message):
        return ParsedMessage(why_not=why)
    lines = message.get_all("From") or []
    named = getaddresses([str(line) for line in lines])
    if len(lines) != 1 or len(named) != 1:
        return ParsedMessage(why_not="not from one person")
    address = named[0][1]
    if address.partition("@")[0].lower() in _NOBODY:
        return ParsedMessage(why_not="from a program")
    return ParsedMessage(address)


def _automatic(mail: Incoming, message: Message) -> str:
    """Why a mail was written by a program (RFC 3834 and custom); empty where it was not."""
    if not mail.sender or mail.sender.partition("@")[0].lower() in _NOBODY:
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


class Inbound(Server):
    """The server, in a thread of its own; use it as a context manager. Port 0 takes any free one.

    `refusal` says why a recipient is none of ours, empty where it is. `take` deals with one mail and returns the reply;
    it is called in a thread of its own, and what it raises is answered with 451, so that the mail comes again.
    """

    def __init__(
        self,
        refusal: Callable[[str, str], str],
        take: Callable[[Incoming], str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        lmtp: bool = True,
        max_bytes: int = 1_000_000,
    ) -> None:
        desk = _Desk(refusal, take, lmtp=lmtp)
        limits = {"data_size_limit": max_bytes, "timeout": _IDLE_SECONDS, "ident": "dailypapers"}
        super().__init__(desk, host, port, option="inbound.port in the settings", lmtp=lmtp, **limits)


class _Desk:
    """aiosmtpd's handler. Its method names are aiosmtpd's."""

    def __init__(self, refusal: Callable[[str, str], str], take: Callable[[Incoming], str], *, lmtp: bool) -> None:
        self._refusal, self._take, self._lmtp = refusal, take, lmtp

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        """Take the recipients that are ours."""
        if len(envelope.rcpt_tos) >= _RECIPIENTS:
            return "452 4.5.3 Too many recipients at a time"
        if refused := self._refusal(_sender(envelope), address):
            return refused
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Deal with a mail: LMTP wants a reply for each recipient, SMTP one, and the worst that may pass is it."""
        content, sender = envelope.original_content or b"", _sender(envelope)
        replies = [await self._one(Incoming(sender, recipient, content)) for recipient in envelope.rcpt_tos]
        if self._lmtp:
            return "\r\n".join(replies)
        return next((reply for digit in "425" for reply in replies if reply.startswith(digit)), "451 4.3.0 Try again")

    async def _one(self, mail: Incoming) -> str:
        try:
            return await asyncio.to_thread(self._take, mail)
        # This is the boundary of one mail: whatever broke is logged, and the mail comes again.
        except Exception:
            log.exception("incoming mail could not be dealt with")
            return "451 4.3.0 Something broke here: please try again"


def _sender(envelope: Envelope) -> str:
    """The return path; aiosmtpd writes the null one as it came."""
    return "" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from)
