"""SMTP: mails leave over connections that are kept.

aiosmtplib does what must be right with every odd server: connecting, TLS, AUTH, EHLO. `mail.smtp.dialogue` leads what
is said about one mail; here is which connection it is said on.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.smtp.dialogue import BROKEN, hand_over, in_words
from dailypapers.mail.smtp.replies import Stage, classify
from dailypapers.mail.transport import Events, Ready, side_by_side

Security = Literal["starttls", "tls", "none"]

#: RFC 5321 4.5.3.2.6 allows a server ten minutes to think about a mail it has; less would make doubles.
_BODY_TIMEOUT_FACTOR = 10
#: Servers hang up on the silent after some minutes (RFC 5321 4.5.3.2.7 says five, many say one); we go first.
_LONGEST_IDLE = 45.0


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
    """One connection, how many mails it has carried, and when it was last used (by the loop's clock)."""

    client: aiosmtplib.SMTP
    carried: int = 0
    used: float = 0


class SmtpTransport:
    """Sends mails over at most `connections` connections.

    A connection is renewed after `per_connection` mails, or when it was idle for `longest_idle` seconds.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        connections: int = 4,
        per_connection: int = 100,
        longest_idle: float = _LONGEST_IDLE,
    ) -> None:
        self._server = server
        self._per_connection = per_connection
        self._longest_idle = longest_idle
        self._free: list[_Line] = []
        self._connections = connections
        self._room = asyncio.Semaphore(connections)

    def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send mails over all connections side by side; what the server does is a value."""
        return side_by_side(mails, self._send, at_once=self._connections)

    async def _send(self, mail: OutgoingMail, ready: Ready) -> Outcome | None:
        """Send one mail.

        What is interrupted before the final dot is tried once more, on a new connection: the old one may have died
        while it was idle. A server that cannot be reached at all is not.
        """
        async with self._room:
            try:
                line = await self._kept() or await self._new()
                outcome = await self._over(line, mail, ready)
                if outcome and outcome.kind is OutcomeKind.INTERRUPTED:
                    outcome = await self._over(await self._new(), mail, ready)
            except MailServerUnreachable as error:
                outcome = Outcome(OutcomeKind.INTERRUPTED, text=str(error))
            except aiosmtplib.SMTPResponseException as refusal:
                outcome = classify(refusal.code, refusal.message, stage=Stage.CONNECT)
            return outcome

    async def _over(self, line: _Line, mail: OutgoingMail, ready: Ready) -> Outcome | None:
        """Hand a mail over on this connection, which is kept afterwards if it is still good."""
        try:
            outcome = await hand_over(
                line.client, mail, ready=ready, longest_wait=self._server.timeout * _BODY_TIMEOUT_FACTOR
            )
        except asyncio.CancelledError:
            line.client.close()
            raise
        line.carried += 1
        line.used = asyncio.get_running_loop().time()
        if line.client.is_connected and line.carried < self._per_connection:
            self._free.append(line)
        else:
            await _hang_up(line.client)
        return outcome

    async def _kept(self) -> _Line | None:
        """The connection used last, if one is free and still good."""
        while self._free:
            line = self._free.pop()
            fresh = asyncio.get_running_loop().time() - line.used < self._longest_idle
            if fresh and line.client.is_connected:
                return line
            await _hang_up(line.client)
        return None

    async def _new(self) -> _Line:
        return _Line(await self._connect())

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
        await asyncio.gather(*(_hang_up(line.client) for line in self._free))
        self._free.clear()


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
    except (*BROKEN, ValueError) as error:
        hint = ""
        if "STARTTLS" in str(error):
            hint = " Set mail.security to tls, or to none if the server is on this machine."
        raise MailServerUnreachable(f"The mail server {server} cannot be used: {in_words(error)}.{hint}") from error


async def _hang_up(client: aiosmtplib.SMTP) -> None:
    try:
        if client.is_connected:
            await client.quit(timeout=5)
    except BROKEN:
        pass
    finally:
        client.close()
