"""The dialogue for one mail on a connection that stands: MAIL, RCPT, DATA, the mail, the final dot (RFC 5321 3.3).

It is led here, step by step, because it must be known whether a connection was lost before the final dot (the server
does not have the mail) or after it (it may). Knows nothing of connecting, or of other mails.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.idn import envelope_address
from dailypapers.mail.smtp.connect import BROKEN, reason
from dailypapers.mail.smtp.replies import GO_AHEAD, SHUTTING_DOWN, SUCCESS, Stage, classify, readable
from dailypapers.mail.transport import Ready

_LINE_END = re.compile(rb"\r\n|\r|\n")
#: What would end an envelope's address, or its command, early.
_UNFIT = re.compile(r"[\x00-\x20\x7f<>]")


@dataclass(frozen=True, slots=True)
class Commands:
    """What announces one mail, without line ends."""

    mail: bytes
    rcpt: bytes


@dataclass(frozen=True, slots=True)
class DialogueResult:
    """What a dialogue came to, and where it ended."""

    outcome: Outcome | None
    """`None` where the mail was not to be handed over after all."""
    stage: Stage = Stage.BODY


def commands(mail: OutgoingMail, extensions: Mapping[str, str]) -> Commands | Outcome:
    """Return the commands that announce a mail to a server of these extensions, or why it cannot be told of it."""
    size = extensions.get("size", "").strip()
    if size.isdigit() and 0 < int(size) < len(mail.content):
        text = f"the mail has {len(mail.content)} bytes, and the mail server takes no more than {size}"
        return Outcome(OutcomeKind.UNSENDABLE, text=text, too_large=True, most_bytes=int(size))
    try:
        return _commands(mail, extensions)
    except ValueError as error:
        return Outcome(OutcomeKind.UNSENDABLE, text=f"the address cannot be written to this server: {error}")


def _commands(mail: OutgoingMail, extensions: Mapping[str, str]) -> Commands:
    sender, recipient = envelope_address(mail.envelope.sender), envelope_address(mail.envelope.recipient)
    if _UNFIT.search(sender + recipient) or "@" not in recipient:
        raise ValueError(f"{mail.envelope.recipient!r} is not an email address")
    options = f" SIZE={len(mail.content)}" if "size" in extensions else ""
    if not (sender.isascii() and recipient.isascii() and _header(mail.content).isascii()):
        if "smtputf8" not in extensions:
            raise ValueError("it does not support non-ASCII addresses (SMTPUTF8, RFC 6531)")
        options += " SMTPUTF8"
    return Commands(f"MAIL FROM:<{sender}>{options}".encode(), f"RCPT TO:<{recipient}>".encode())


def _header(content: bytes) -> bytes:
    return content[: content.find(b"\r\n\r\n") + 1]


async def hand_over(
    client: aiosmtplib.SMTP, mail: OutgoingMail, *, ready: Ready, longest_wait: float
) -> DialogueResult:
    """Hand one mail over; `longest_wait` is how many seconds the server may think about a mail it has.

    `ready` is waited for right before DATA: until then the server has nothing of the mail. Where it says that the mail
    is not to go after all, there is no outcome.

    After a refusal the connection is ready for the next mail; where that is not certain, it is closed.
    """
    announced = commands(mail, client.esmtp_extensions)
    if isinstance(announced, Outcome):
        return DialogueResult(announced)
    stage = Stage.MAIL
    try:
        for stage, command in ((Stage.MAIL, announced.mail), (Stage.RCPT, announced.rcpt), (Stage.DATA, b"DATA")):
            if stage is Stage.DATA and not await ready():
                await _start_over(client)
                return DialogueResult(None)
            refused = await _say(client, stage, command)
            if refused:
                return DialogueResult(refused, stage)
        await _send_content(client, mail)
    except BROKEN as error:
        client.close()
        return DialogueResult(lost(reason(error, client.timeout or 0)), stage)
    return DialogueResult(await _verdict(client, longest_wait))


def lost(why: str) -> Outcome:
    """Return the outcome of a mail whose connection was lost while the server could not have it."""
    return Outcome(OutcomeKind.INTERRUPTED, text=f"connection lost before the final dot: {why}")


def unanswered(why: str) -> Outcome:
    """Return the outcome of a mail that the server may have."""
    return Outcome(OutcomeKind.UNCERTAIN, text=f"connection lost after the final dot: {why}")


async def _say(client: aiosmtplib.SMTP, stage: Stage, command: bytes) -> Outcome | None:
    """Say one command; returns the refusal, if any."""
    reply = await client.execute_command(command)
    agreed = reply.code == GO_AHEAD if stage is Stage.DATA else reply.code in SUCCESS
    return None if agreed else await _refused(client, reply, stage)


def canonical(mail: OutgoingMail) -> bytes:
    """Return a mail's content, whose lines, the last one too, all end in CRLF.

    A bare CR or LF would be a line end to some servers and none to others, which lets mails be smuggled.
    """
    content = mail.content
    if mail.is_canonical:
        return content
    is_canonical = content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n")
    lines = content if is_canonical else _LINE_END.sub(b"\r\n", content)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def on_the_wire(mail: OutgoingMail) -> bytes:
    """Return a mail as DATA carries it: canonical, leading dots doubled (RFC 5321 4.5.2), no final dot."""
    if mail.is_canonical:
        return mail.content
    stuffed = canonical(mail).replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


async def _send_content(client: aiosmtplib.SMTP, mail: OutgoingMail) -> None:
    """Give the mail away, and its final dot only once the rest has left: lost earlier, the server cannot have it.

    Over TLS what has left cannot be seen so exactly; there, a mail cut off may be taken for one without an answer.
    """
    protocol = client.protocol
    if protocol is None or protocol.transport is None:
        raise aiosmtplib.SMTPServerDisconnected("the server hung up before the mail")
    if client.get_transport_info("sslcontext") is None:
        cast(asyncio.WriteTransport, protocol.transport).set_write_buffer_limits(high=0)
    protocol.write(on_the_wire(mail))
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
        return unanswered(reason(error, longest_wait))
    if reply.code in SUCCESS:
        return Outcome(OutcomeKind.ACCEPTED, reply.code, text=readable(reply.message))
    return await _refused(client, reply, Stage.BODY)


async def _refused(client: aiosmtplib.SMTP, reply: aiosmtplib.SMTPResponse, stage: Stage) -> Outcome:
    """Read a refusal. The half-given mail is forgotten (RSET), so that the connection can carry the next one."""
    outcome = classify(reply.code, reply.message, stage=stage)
    understood = outcome.kind not in {OutcomeKind.INTERRUPTED, OutcomeKind.UNCERTAIN}
    if reply.code == SHUTTING_DOWN or not understood or not client.is_connected:
        client.close()
        return outcome
    await _start_over(client)
    return outcome


async def _start_over(client: aiosmtplib.SMTP) -> None:
    """Have the server forget the mail it was told of; a server that does not say so is hung up on."""
    try:
        forgotten = (await client.execute_command(b"RSET")).code in SUCCESS
    except BROKEN:
        forgotten = False
    if not forgotten:
        client.close()
