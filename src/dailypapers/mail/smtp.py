"""SMTP: mails leave over connections that are kept.

aiosmtplib does what must be right with every odd server: connecting, TLS, AUTH, EHLO. The mail dialogue is led here,
step by step, because it must be known whether a connection was lost before the final dot (the server does not have
the mail) or after it (it may).
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.replies import Stage, classify

Security = Literal["starttls", "tls", "none"]

#: RFC 5321 4.5.3.2.6 allows a server ten minutes to think about a mail it has; less would make doubles.
_BODY_TIMEOUT_FACTOR = 10
_LINE_START_DOT = re.compile(rb"(?m)^\.")
_SUCCESS = range(200, 300)
_GO_AHEAD = 354
_SHUTTING_DOWN = 421


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail, and how it is spoken to."""

    host: str
    port: int = 25
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60
    """Seconds for each answer."""
    trusted: ssl.SSLContext | None = field(default=None, repr=False)
    """What certificates are checked against; the system's authorities where it is `None`."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass
class _Line:
    """One connection and how many mails it has carried."""

    client: aiosmtplib.SMTP
    carried: int = 0


class SmtpTransport:
    """Sends mails over at most `connections` connections, each renewed after `per_connection` mails."""

    def __init__(self, server: MailServer, *, connections: int = 4, per_connection: int = 100) -> None:
        self._server = server
        self._per_connection = per_connection
        self._free: list[_Line] = []
        self._room = asyncio.Semaphore(connections)

    async def send(self, mail: OutgoingMail) -> Outcome:
        """Send one mail; what the server does is a value.

        A connection that turns out to be dead before the server has answered to MAIL is replaced once.
        """
        async with self._room:
            kept = bool(self._free)
            outcome = await self._try(mail)
            stale = kept and outcome.kind is OutcomeKind.INTERRUPTED
            return await self._try(mail) if stale else outcome

    async def _try(self, mail: OutgoingMail) -> Outcome:
        try:
            line = self._free.pop() if self._free else _Line(await self._connect())
        except MailServerUnreachable as error:
            return Outcome(OutcomeKind.INTERRUPTED, text=str(error))
        except aiosmtplib.SMTPResponseException as refusal:
            return classify(refusal.code, refusal.message, stage=Stage.CONNECT)
        outcome = await _hand_over(line.client, mail, patience=self._server.timeout * _BODY_TIMEOUT_FACTOR)
        line.carried += 1
        await self._keep_or_close(line)
        return outcome

    async def _keep_or_close(self, line: _Line) -> None:
        if line.client.is_connected and line.carried < self._per_connection:
            self._free.append(line)
        else:
            await _hang_up(line.client)

    async def _connect(self) -> aiosmtplib.SMTP:
        """Open a connection as the settings want it; TLS that cannot be had is never done without.

        Raises `MailServerUnreachable`, or `aiosmtplib.SMTPResponseException` where the server refused us.
        """
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=server.trusted,
        )
        try:
            async with _understood(server):
                await client.connect()
                await _greet(client)
                if server.username:
                    await client.login(server.username, server.password)
        except BaseException:
            client.close()
            raise
        return client

    async def check(self) -> str:
        """Connect, with TLS and AUTH as set, and say in a sentence what was found.

        Raises `MailServerUnreachable` with what went wrong.
        """
        try:
            client = await self._connect()
        except aiosmtplib.SMTPResponseException as refusal:
            said = " ".join(refusal.message.split())
            raise MailServerUnreachable(
                f"The mail server {self._server} refuses us: {refusal.code} {said}."
            ) from refusal
        offers = ", ".join(sorted(client.esmtp_extensions)) or "nothing more"
        await _hang_up(client)
        secured = "without TLS" if self._server.security == "none" else "with TLS"
        return f"The mail server {self._server} takes our mail {secured}; it offers {offers}."

    async def close(self) -> None:
        """Let go of all connections."""
        while self._free:
            await _hang_up(self._free.pop().client)


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, or HELO to a server of before 1995 (RFC 5321 3.2)."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


@asynccontextmanager
async def _understood(server: MailServer) -> AsyncIterator[None]:
    """Turn what can go wrong while connecting into a sentence; a refusal stays what it is."""
    try:
        yield
    except aiosmtplib.SMTPResponseException:
        raise
    except ssl.SSLCertVerificationError as error:
        raise MailServerUnreachable(
            f"The certificate of the mail server {server} is not valid: {error.verify_message}."
        ) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        hint = ""
        if "STARTTLS" in str(error):
            hint = " Set mail.security to tls, or to none if the server is on this machine."
        said = " ".join(str(error).split()) or type(error).__name__
        raise MailServerUnreachable(f"The mail server {server} cannot be used: {said}.{hint}") from error


async def _hand_over(client: aiosmtplib.SMTP, mail: OutgoingMail, *, patience: float) -> Outcome:
    """Lead the dialogue for one mail: MAIL, RCPT, DATA, the mail, the final dot (RFC 5321 3.3)."""
    stage = Stage.MAIL
    try:
        for stage, command in _commands(client, mail):
            reply = await client.execute_command(*command)
            if reply.code not in _SUCCESS and reply.code != _GO_AHEAD:
                return await _refused(client, reply, stage)
        stage = Stage.BODY
        reply = await _give_body(client, mail.content, patience=patience)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        said = f"connection lost at {stage}: {' '.join(str(error).split())}"
        return Outcome(OutcomeKind.UNCERTAIN if stage is Stage.BODY else OutcomeKind.INTERRUPTED, text=said)
    except ValueError as error:
        return Outcome(OutcomeKind.FAILED, text=f"the address cannot be written to this server: {error}")
    if reply.code in _SUCCESS:
        return Outcome(OutcomeKind.ACCEPTED, reply.code, text=" ".join(reply.message.split()))
    return await _refused(client, reply, stage)


def _commands(client: aiosmtplib.SMTP, mail: OutgoingMail) -> list[tuple[Stage, tuple[bytes, ...]]]:
    """The commands before the mail itself. Raises `ValueError` for an address the server cannot be told."""
    sender, recipient = mail.envelope.sender, mail.envelope.recipient
    options: list[bytes] = []
    if not (sender + recipient).isascii():
        if not client.supports_extension("smtputf8"):
            raise ValueError("it does not know addresses beyond ASCII (SMTPUTF8, RFC 6531)")
        options = [b"SMTPUTF8"]
    return [
        (Stage.MAIL, (b"MAIL", f"FROM:<{sender}>".encode(), *options)),
        (Stage.RCPT, (b"RCPT", f"TO:<{recipient}>".encode())),
        (Stage.DATA, (b"DATA",)),
    ]


async def _give_body(client: aiosmtplib.SMTP, content: bytes, *, patience: float) -> aiosmtplib.SMTPResponse:
    protocol = client.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("the server hung up before the mail")
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    protocol.write(_LINE_START_DOT.sub(b"..", content) + end)
    return await protocol.read_response(timeout=patience)


async def _refused(client: aiosmtplib.SMTP, reply: aiosmtplib.SMTPResponse, stage: Stage) -> Outcome:
    outcome = classify(reply.code, reply.message, stage=stage)
    if reply.code == _SHUTTING_DOWN:
        client.close()
    elif client.is_connected:
        await _forget(client)
    return outcome


async def _forget(client: aiosmtplib.SMTP) -> None:
    """Drop the half-given mail, so that the connection can carry the next one."""
    try:
        await client.execute_command(b"RSET")
    except (aiosmtplib.SMTPException, OSError):
        client.close()


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    try:
        if client.is_connected:
            await client.quit(timeout=5)
    except (aiosmtplib.SMTPException, OSError):
        pass
    finally:
        client.close()
