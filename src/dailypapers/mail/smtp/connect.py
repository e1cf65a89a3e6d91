"""Connecting to the mail server: address, greeting, TLS, EHLO, AUTH. What goes wrong is said in a sentence.

aiosmtplib does what must be right with every odd server. Knows nothing of mails.
"""

import asyncio
import errno
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, cast

import aiosmtplib
import idna

from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.smtp.addresses import open_socket

Security = Literal["starttls", "tls", "none"]

#: What aiosmtplib raises when a connection is lost, silent, or speaks no SMTP.
BROKEN = (aiosmtplib.SMTPException, OSError)
#: Servers speak TLS from the first byte on this port (RFC 8314 3.3), and wait for us to begin.
_TLS_PORT = 465
#: Seconds that port is given to greet us in the clear after all.
_TLS_PORT_GREETING = 5.0
#: A name that can be looked up has two labels at least (RFC 5321 2.3.5).
_QUALIFIED = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE
)
#: Ends of names that only this machine or its network knows.
_LOCAL_NAMES = (".localdomain", ".local", ".localhost", ".internal", ".lan", ".home", ".arpa")
#: Seconds for which the answer to QUIT is waited for: nothing depends on it, and whoever stops us is waiting.
FAREWELL = 1.0
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "its name could not be resolved"),
    (ssl.SSLError, "it does not speak TLS as expected"),
    (ConnectionRefusedError, "it refuses connections on this port"),
    (ConnectionError, "it closed the connection"),
    (aiosmtplib.SMTPServerDisconnected, "it closed the connection"),
)
#: Replies of a server that does not know EHLO.
_UNKNOWN = range(500, 505)
_USE_STARTTLS = " Set mail.security to starttls, or to none if the server is on this machine."
_USE_TLS = " If it expects TLS from the first byte, as on port 465, set mail.security to tls."
_NO_STARTTLS = " Set mail.security to tls, or to none if the server is on this machine."


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
    hello_name: str = ""
    """How we introduce ourselves; empty for this machine's name, or its address where that is not a full one."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


async def connect(server: MailServer) -> aiosmtplib.SMTP:
    """Open a connection as the settings want it; TLS that cannot be had is never done without.

    Raises `MailServerUnreachable`, or `aiosmtplib.SMTPResponseException` where the server refused us.
    """
    async with _understood(server):
        async with asyncio.timeout(server.timeout):
            connected = await open_socket(server.host, server.port)
        return await _introduced(server, connected)


async def hang_up(client: aiosmtplib.SMTP) -> None:
    """Say QUIT where the connection stands, and close it."""
    try:
        if client.is_connected:
            await client.quit(timeout=FAREWELL)
    except BROKEN:
        pass
    finally:
        client.close()


class _Client(aiosmtplib.SMTP):
    """A client that lets go when it closes: what the server says to the end of TLS is not waited for.

    asyncio would wait for half a minute, and a loop that ends before that leaves the connection open.
    """

    def close(self) -> None:
        """Say that TLS ends, where it is spoken, and close the connection."""
        transport = cast(asyncio.Transport | None, self.transport)
        super().close()
        if transport is not None:
            transport.abort()


async def _introduced(server: MailServer, connected: socket.socket) -> aiosmtplib.SMTP:
    """Hear the greeting, say who we are, secure the connection and log in."""
    try:
        client = _Client(
            hostname=server.host,
            sock=connected,
            local_hostname=await hello_name(server.hello_name, connected),
            timeout=server.timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=server.trusted,
        )
    except BaseException:
        connected.close()
        raise
    try:
        await client.connect(timeout=_greeting_timeout(server))
        await _greet(client)
        if server.username:
            await client.login(server.username, server.password)
    except BaseException:
        client.close()
        raise
    return client


def _greeting_timeout(server: MailServer) -> float:
    waits_for_us = server.port == _TLS_PORT and server.security != "tls"
    return min(server.timeout, _TLS_PORT_GREETING) if waits_for_us else server.timeout


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, or HELO to a server of before 1995 (RFC 5321 3.2)."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as refused:
        if refused.code not in _UNKNOWN:
            raise
        await client.helo()


async def hello_name(configured: str, connected: socket.socket) -> str:
    """Return how we introduce ourselves (RFC 5321 4.1.1.1): as configured, or by this machine's full name.

    Where it has none, as in a container, its address stands in brackets (RFC 5321 4.1.3).
    """
    if configured:
        return configured if configured.isascii() else idna.encode(configured, uts46=True).decode()
    name = await asyncio.to_thread(_full_name, socket.gethostname())
    if _QUALIFIED.fullmatch(name) and not name.lower().endswith(_LOCAL_NAMES):
        return name
    address = str(connected.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


@cache
def _full_name(host: str) -> str:
    """Return this machine's full name; asked for once: without a name server each look-up takes ten seconds."""
    return socket.getfqdn(host)


@asynccontextmanager
async def _understood(server: MailServer) -> AsyncIterator[None]:
    """Turn what can go wrong while connecting into a sentence; a refusal stays what it is."""
    try:
        yield
    except aiosmtplib.SMTPResponseException:
        raise
    except (*BROKEN, ValueError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise MailServerUnreachable(
                f"The certificate of the mail server {server} is not valid: {cause.verify_message}."
            ) from error
        raise MailServerUnreachable(
            f"The mail server {server} cannot be used: {reason(cause, server.timeout)}.{_hint(server, error, cause)}"
        ) from error


def _hint(server: MailServer, error: Exception, cause: BaseException) -> str:
    """Return the setting that would mend it, where there is one."""
    if isinstance(cause, ssl.SSLError) and server.security == "tls":
        return _USE_STARTTLS
    if server.security != "tls" and "ready message" in str(error):
        return _USE_TLS
    return _NO_STARTTLS if "STARTTLS" in str(error) else ""


def reason(error: BaseException, timeout: float) -> str:
    """Return what went wrong as half a sentence, without the words of Python and its libraries."""
    if isinstance(error, (TimeoutError, aiosmtplib.SMTPTimeoutError)):
        return f"it did not answer within {timeout:g} seconds"
    words_known = next((words for kind, words in _REASONS if isinstance(error, kind)), "")
    number = error.errno if isinstance(error, OSError) else None
    if number in _UNREACHABLE:
        return "there is no route to it"
    return words_known or (os.strerror(number).lower() if number else _own_words(error))


def _own_words(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
