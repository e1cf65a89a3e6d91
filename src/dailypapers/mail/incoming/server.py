"""Mail that comes in: a server for the few addresses that are ours.

A mail server hands us mail by LMTP (RFC 2033) or SMTP. What a mail is for is decided elsewhere; here it is taken whole
and answered once it has been dealt with.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from dailypapers.mail.incoming.parse import Incoming
from dailypapers.mail.listening import Server

log = structlog.get_logger()

#: One mail asks for one thing; a sender with more recipients is told to come again (RFC 5321 4.5.3.1.10).
_RECIPIENTS = 20
_IDLE_SECONDS = 60


class Inbound(Server):
    """The server, in a thread of its own; use it as a context manager. Port 0 takes any free one.

    Several workers on one machine share the port.

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
        handler = _Handler(refusal, take, lmtp=lmtp)
        limits = {"data_size_limit": max_bytes, "timeout": _IDLE_SECONDS, "ident": "dailypapers"}
        option = "inbound.port in the settings"
        super().__init__(handler, host, port, option=option, shared=True, lmtp=lmtp, **limits)


class _Handler:
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
            log.exception("incoming mail could not be handled")
            return "451 4.3.0 Something broke here: please try again"


def _sender(envelope: Envelope) -> str:
    """The return path; aiosmtpd writes the null one as it came."""
    return "" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from)
