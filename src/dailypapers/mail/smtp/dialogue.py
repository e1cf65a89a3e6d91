"""The dialogue for one mail on a connection that stands: MAIL, RCPT, DATA, the mail, the final dot (RFC 5321 3.3).

It is led here, step by step, because it must be known whether a connection was lost before the final dot (the server
does not have the mail) or after it (it may). Knows nothing of connecting, or of other mails.
"""

import asyncio
import re
from typing import cast

import aiosmtplib

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.smtp.replies import Stage, classify, readable
from dailypapers.mail.transport import Ready

_LINE_END = re.compile(rb"\r\n|\r|\n")
#: What would end an envelope's address, or its command, early.
_UNFIT = re.compile(r"[\x00-\x20\x7f<>]")
_SUCCESS = range(200, 300)
_GO_AHEAD = 354
_SHUTTING_DOWN = 421

#: What aiosmtplib raises when a connection is lost, silent, or speaks no SMTP.
BROKEN = (aiosmtplib.SMTPException, OSError)


async def hand_over(
    client: aiosmtplib.SMTP, mail: OutgoingMail, *, ready: Ready, longest_wait: float
) -> Outcome | None:
    """Hand one mail over; `longest_wait` is how many seconds the server may think about a mail it has.

    `ready` is waited for right before DATA: until then the server has nothing of the mail. Returns `None` where it says
    that the mail is not to go after all.

    After a refusal the connection is ready for the next mail; where it is not, it is closed.
    """
    try:
        refused = await _announce(client, mail)
        if refused:
            return refused
        if not await ready():
            await _start_over(client)
            return None
        refused = await _say(client, Stage.DATA, b"DATA")
        if refused:
            return refused
        await _pour(client, mail.content)
    except BROKEN as error:
        client.close()
        return Outcome(OutcomeKind.INTERRUPTED, text=f"connection lost before the final dot: {in_words(error)}")
    except ValueError as error:
        return Outcome(OutcomeKind.UNSENDABLE, text=f"the address cannot be written to this server: {error}")
    return await _verdict(client, longest_wait)


def in_words(error: Exception) -> str:
    """Return an error's text on one line; its kind where it has none."""
    return " ".join(str(error).split()) or type(error).__name__


async def _announce(client: aiosmtplib.SMTP, mail: OutgoingMail) -> Outcome | None:
    """Say who writes to whom; returns the refusal, if any."""
    for stage, command in _commands(client, mail):
        refused = await _say(client, stage, *command)
        if refused:
            return refused
    return None


async def _say(client: aiosmtplib.SMTP, stage: Stage, *command: bytes) -> Outcome | None:
    reply = await client.execute_command(*command)
    agreed = reply.code == _GO_AHEAD if stage is Stage.DATA else reply.code in _SUCCESS
    return None if agreed else await _refused(client, reply, stage)


def _commands(client: aiosmtplib.SMTP, mail: OutgoingMail) -> list[tuple[Stage, tuple[bytes, ...]]]:
    """The commands before the mail itself. Raises `ValueError` for an address the server cannot be told."""
    sender, recipient = mail.envelope.sender, mail.envelope.recipient
    if _UNFIT.search(sender + recipient) or "@" not in recipient:
        raise ValueError(f"{recipient!r} is not an email address")
    options: list[bytes] = []
    if not (sender + recipient).isascii():
        if not client.supports_extension("smtputf8"):
            raise ValueError("it does not support non-ASCII addresses (SMTPUTF8, RFC 6531)")
        options = [b"SMTPUTF8"]
    return [
        (Stage.MAIL, (b"MAIL", f"FROM:<{sender}>".encode(), *options)),
        (Stage.RCPT, (b"RCPT", f"TO:<{recipient}>".encode())),
    ]


def on_the_wire(content: bytes) -> bytes:
    """Return a mail as DATA carries it: CRLF alone ends lines, leading dots are doubled (RFC 5321 4.5.2), no final dot.

    A bare CR or LF would be a line end to some servers and none to others, which lets mails be smuggled.
    """
    # Counting is far quicker than a search for the bare ones, and our own mails have none.
    clean = content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n")
    stuffed = (content if clean else _LINE_END.sub(b"\r\n", content)).replace(b"\r\n.", b"\r\n..")
    first = b"." if stuffed.startswith(b".") else b""
    return first + stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n")


async def _pour(client: aiosmtplib.SMTP, content: bytes) -> None:
    """Give the mail away, and its final dot only once the rest has left: lost earlier, the server cannot have it.

    Over TLS what has left cannot be seen so exactly; there, a mail cut off may be taken for one without an answer.
    """
    protocol = client.protocol
    if protocol is None or protocol.transport is None:
        raise aiosmtplib.SMTPServerDisconnected("the server hung up before the mail")
    if client.get_transport_info("sslcontext") is None:
        cast(asyncio.WriteTransport, protocol.transport).set_write_buffer_limits(high=0)
    protocol.write(on_the_wire(content))
    async with asyncio.timeout(client.timeout):
        await protocol._drain_helper()  # noqa: SLF001 - aiosmtplib has flow control, but no public name for it
    protocol.write(b".\r\n")


async def _verdict(client: aiosmtplib.SMTP, longest_wait: float) -> Outcome:
    """Return what the server says of the mail; uncertain where it says nothing that can be understood."""
    try:
        protocol = client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("the server hung up")
        reply = await protocol.read_response(timeout=longest_wait)
    except BROKEN as error:
        client.close()
        return Outcome(OutcomeKind.UNCERTAIN, text=f"connection lost after the final dot: {in_words(error)}")
    if reply.code in _SUCCESS:
        return Outcome(OutcomeKind.ACCEPTED, reply.code, text=readable(reply.message))
    return await _refused(client, reply, Stage.BODY)


async def _refused(client: aiosmtplib.SMTP, reply: aiosmtplib.SMTPResponse, stage: Stage) -> Outcome:
    """Read a refusal. The half-given mail is forgotten (RSET), so that the connection can carry the next one."""
    outcome = classify(reply.code, reply.message, stage=stage)
    understood = outcome.kind not in {OutcomeKind.INTERRUPTED, OutcomeKind.UNCERTAIN}
    if reply.code == _SHUTTING_DOWN or not understood or not client.is_connected:
        client.close()
        return outcome
    await _start_over(client)
    return outcome


async def _start_over(client: aiosmtplib.SMTP) -> None:
    """Have the server forget the mail it was told of, so that the connection can carry the next one."""
    try:
        await client.execute_command(b"RSET")
    except BROKEN:
        client.close()
