"""The SMTP server of the mail catcher, which keeps any email in a folder, and the reading of such a folder."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from dailypapers.mail.listening import Server

#: Larger mails are refused (RFC 1870); nothing dailypapers sends comes near.
MAX_BYTES = 10_000_000
_UNSAFE = re.compile(r"[^A-Za-z0-9@_-]+")
_NUMBER = re.compile(r"(\d+)-")
_SPACE = re.compile(r"\s+")


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


class Catcher(Server):
    """A server in a thread of its own that keeps each mail as a numbered file; use it as a context manager.

    Port 0 takes any free one; `port` tells which. Mails that are there already stay, and numbering goes on. A mail is
    answered with 250 once it is whole in the folder: it outlives this program, though not a machine that loses power.
    """

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0, *, max_bytes: int = MAX_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(_Keeper(folder), host, port, option="--smtp-port", data_size_limit=max_bytes)


class _Keeper:
    """Saves what comes in; a mail is answered with 250 only once it is in the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = max((_number(path) for path in folder.glob("*.eml")), default=0)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: Sequence[str]
    ) -> list[str]:
        """Offer PIPELINING (RFC 2920), as mail servers do: aiosmtpd takes commands one by one, however they come."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Save one mail; the reply names its file the way a server names its queue id."""
        recipient = _UNSAFE.sub("_", (envelope.rcpt_tos or ["nobody"])[0])[:60]
        try:
            path = self._keep(envelope.original_content or b"", recipient)
        except OSError as error:
            return f"452 4.3.1 the mail cannot be saved: {error.strerror}"
        return f"250 2.0.0 saved as {path.name}"

    def _keep(self, content: bytes, recipient: str) -> Path:
        """Write a mail under the next number. Another program may keep mails in this folder too."""
        while True:
            self._last += 1
            path = self._folder / f"{self._last:06d}-{recipient}.eml"
            draft = path.with_suffix(f".{os.getpid()}.part")
            draft.write_bytes(content)
            try:
                os.link(draft, path)  # Refuses to replace a file that is there, which a rename would not.
            except FileExistsError:
                continue
            finally:
                draft.unlink()
            return path


def _number(path: Path) -> int:
    match = _NUMBER.match(path.name)
    return int(match[1]) if match else 0


def caught(folder: Path) -> list[Caught]:
    """Return the emails of a folder, oldest first; what is not an email is shown as far as it can be read."""
    return [read(path) for path in sorted(folder.glob("*.eml")) if path.is_file()]


def read(path: Path) -> Caught:
    """Read one kept email. Anything may have been sent, so the parser that accepts most takes it apart."""
    raw = path.read_bytes()
    mail = message_from_bytes(raw)
    headers = tuple((name, _in_words(value)) for name, value in mail.items())
    first = {name.lower(): value for name, value in reversed(headers)}
    return Caught(
        path=path,
        recipient=first.get("to", ""),
        sender=first.get("from", ""),
        subject=first.get("subject", ""),
        date=first.get("date", ""),
        headers=headers,
        text=_content(mail, "text/plain"),
        html=_content(mail, "text/html"),
        size=len(raw),
    )


def _in_words(value: object) -> str:
    """Return a header's value, decoded (RFC 2047) if it can be, on one line."""
    try:
        words = str(make_header(decode_header(value)))  # type: ignore[arg-type] # a str, or a Header for odd bytes
    except (HeaderParseError, LookupError, ValueError):
        words = str(value)
    return _SPACE.sub(" ", _whole(words)).strip()


def _whole(text: str) -> str:
    """Return a text without lone surrogates, which no file and no page can carry."""
    return text.encode("utf-8", "replace").decode()


def _content(mail: Message, kind: str) -> str:
    """Return the first part of this kind as text, with the bytes that are none replaced."""
    part = next((part for part in mail.walk() if part.get_content_type() == kind and not part.is_multipart()), None)
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        text = raw.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        text = raw.decode("utf-8", "replace")
    return _whole(text).replace("\r\n", "\n")
