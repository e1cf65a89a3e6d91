"""The catching server: takes any mail and keeps it in a folder. For the demo, for tests, for trying things out."""

import asyncio
import os
import re
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dailypapers.errors import BadInput

#: Larger mails are refused (RFC 1870); nothing dailypapers sends comes near.
MAX_BYTES = 10_000_000
_UNSAFE = re.compile(r"[^A-Za-z0-9@_-]+")
_NUMBER = re.compile(r"(\d+)-")


@dataclass(frozen=True, slots=True)
class Caught:
    """A mail in the folder."""

    path: Path
    recipient: str
    sender: str
    subject: str
    date: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    size: int
    """Bytes, as it came."""


class Catcher:
    """A server in a thread of its own that keeps each mail as a numbered file; use it as a context manager.

    Port 0 takes any free one; `port` tells which. Mails that are there already stay, and numbering goes on.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        on_mail: Callable[[Path], None] = lambda _: None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._controller = _Controller(_Keeper(folder, on_mail), _listen(host, port))
        self.host = host
        self.port: int = self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise BadInput(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port.") from None


class _Controller(Controller):
    """aiosmtpd's controller on a socket that is open already, so that a free port can be had without a race."""

    def __init__(self, keeper: "_Keeper", listening: socket.socket) -> None:
        host, port = listening.getsockname()[:2]
        self._listening = listening
        super().__init__(keeper, hostname=host, port=port, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


class _Keeper:
    """Keeps what comes in; a mail is answered with 250 only once it is in the folder."""

    def __init__(self, folder: Path, on_mail: Callable[[Path], None]) -> None:
        self._folder, self._on_mail = folder, on_mail
        self._last = max((_number(path) for path in folder.glob("*.eml")), default=0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one mail; the answer names its file the way a server names its queue id."""
        content = envelope.original_content or b""
        self._last += 1
        recipient = _UNSAFE.sub("_", (envelope.rcpt_tos or ["nobody"])[0])[:60]
        path = self._folder / f"{self._last:06d}-{recipient}.eml"
        draft = path.with_suffix(".part")
        draft.write_bytes(content)
        os.link(draft, path)  # Refuses to replace a file that is there, which a rename would not.
        draft.unlink()
        self._on_mail(path)
        return f"250 2.0.0 kept as {path.name}"


def _number(path: Path) -> int:
    match = _NUMBER.match(path.name)
    return int(match[1]) if match else 0


def caught(folder: Path) -> list[Caught]:
    """All mails of a folder, oldest first; what is no mail shows as far as it can be read."""
    return [read(path) for path in sorted(folder.glob("*.eml"))]


def read(path: Path) -> Caught:
    """One kept mail."""
    raw = path.read_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    headers = tuple((name, str(value)) for name, value in mail.items())
    return Caught(
        path=path,
        recipient=str(mail.get("To", "")),
        sender=str(mail.get("From", "")),
        subject=str(mail.get("Subject", "")),
        date=str(mail.get("Date", "")),
        headers=headers,
        text=_content(mail, "plain"),
        html=_content(mail, "html"),
        size=len(raw),
    )


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError, ValueError):
        return str(part.get_payload())
