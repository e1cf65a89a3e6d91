"""A small real SMTP server on this machine that does as it is told: refuses, hangs up, wants TLS or a password."""

import asyncio
import base64
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.conversations import conversations


@dataclass
class Script:
    """What the server does. Replies are by the recipient's local part and the stage they come at."""

    replies: Mapping[tuple[str, str], str | list[str]] = field(default_factory=dict)
    """(local part, "rcpt" | "data" | "middle" | "body") → a reply line, "hang up" or "silence".

    MAIL names no recipient yet: its replies are at ("", "mail"). "middle" can only hang up, in the middle of the mail.
    The replies of a list are given one after the other; after them, all goes well.
    """
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    """Speak TLS from the first byte, instead of offering STARTTLS."""
    password: str = ""
    login_reply: str = ""
    """What is said to every login, whatever the password."""
    injected: str = ""
    """Lines that are sent in the clear behind the go-ahead to STARTTLS, as somebody between us and the server might."""
    greeting: str = "220 ready"
    seconds: float = 0
    """How long it thinks about each mail."""
    hang_up_after: int = 0
    """Hang up before the next MAIL once a connection has carried so many mails; 0 is never."""


@dataclass
class Server:
    """A running server and what it saw."""

    script: Script
    host: str = "127.0.0.1"
    port: int = 0
    received: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    """The passwords it was told, right or wrong."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        self.connections += 1
        try:
            await _Talk(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


@dataclass
class _Talk:
    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    recipient: str = ""
    carried: int = 0
    known: bool = False

    async def run(self) -> None:
        await self.say(self.server.script.greeting)
        while line := (await self.reader.readline()).decode():
            word = line.split(maxsplit=1)[0].upper().rstrip(":")
            done = await getattr(self, f"on_{word.lower()}", self.on_other)(line)
            if done == "hang up":
                return

    async def say(self, reply: str) -> str:
        """Send a reply line; "hang up" and "silence" send nothing."""
        if reply not in {"hang up", "silence"}:
            self.writer.write(f"{reply}\r\n".encode())
            await self.writer.drain()
        return reply

    def told(self, stage: str, otherwise: str) -> str:
        return self.reply((self.recipient, stage), otherwise)

    def reply(self, where: tuple[str, str], otherwise: str) -> str:
        found = self.server.script.replies.get(where, otherwise)
        if isinstance(found, list):
            return found.pop(0) if found else otherwise
        return found

    async def on_ehlo(self, _line: str) -> str:
        script = self.server.script
        lines = ["test", *script.extensions]
        secure = self.writer.get_extra_info("ssl_object") is not None
        lines += ["STARTTLS"] if script.tls and not secure else []
        lines += ["AUTH PLAIN"] if script.password else []
        replies = [f"250-{word}" for word in lines[:-1]] + [f"250 {lines[-1]}"]
        return await self.say("\r\n".join(replies))

    async def on_starttls(self, _line: str) -> str:
        assert self.server.script.tls
        await self.say(f"220 go ahead{self.server.script.injected}")
        await self.writer.start_tls(self.server.script.tls)
        return ""

    async def on_auth(self, line: str) -> str:
        given = base64.b64decode(line.split()[2]).decode().split("\0")[2]
        self.server.logins.append(given)
        if self.server.script.login_reply:
            return await self.say(self.server.script.login_reply)
        self.known = right = given == self.server.script.password
        return await self.say("235 2.7.0 welcome" if right else "535 5.7.8 wrong")

    async def on_mail(self, _line: str) -> str:
        limit = self.server.script.hang_up_after
        if limit and self.carried >= limit:
            return "hang up"
        if self.server.script.password and not self.known:
            return await self.say("530 5.7.0 who are you?")
        return await self.say(self.reply(("", "mail"), "250 ok"))

    async def on_rcpt(self, line: str) -> str:
        self.recipient = line.partition("<")[2].partition("@")[0]
        return await self.say(self.told("rcpt", "250 ok"))

    async def on_data(self, _line: str) -> str:
        said = await self.say(self.told("data", "354 go on"))
        if said != "354 go on":
            return said
        if self.told("middle", "") == "hang up":
            await self.reader.read(1000)
            return "hang up"
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        await asyncio.sleep(self.server.script.seconds)
        reply = self.told("body", "250 2.0.0 queued as 42")
        if reply.startswith("2"):
            self.carried += 1
            self.server.received.append((self.recipient, raw[:-3].replace(b"\r\n..", b"\r\n.")))
        return await self.say(reply)

    async def on_rset(self, _line: str) -> str:
        return await self.say("250 ok")

    async def on_quit(self, _line: str) -> str:
        await self.say("221 bye")
        return "hang up"

    async def on_other(self, _line: str) -> str:
        return await self.say("502 5.5.1 what?")


def make_contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server on this machine, with a certificate made just now, and what trusts it; skips without openssl."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(  # noqa: S603 - no foreign words in it
        ["openssl", *words.split(), "-keyout", key, "-out", certificate],  # noqa: S607 - wherever it is
        check=True,
        capture_output=True,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


@contextmanager
def playing_smtp(script: Script | None = None) -> Iterator[Server]:
    """Run the server in a thread of its own."""
    server = Server(script or Script())
    secured = server.script.tls if server.script.tls_at_once else None
    with conversations(server.talk, server.host, tls=secured, patience=0.2, read_ahead=10_000_000) as server.port:
        yield server
