"""A mailbox on an IMAP server (RFC 9051, RFC 3501), from which mail is taken where none can be handed to us.

A mail is marked as seen once it has been dealt with, and never deleted or moved; one that could not be dealt with is
seen by nobody and comes again. Blocking: whoever polls does so in a thread of its own.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.incoming import parts
from dailypapers.mail.incoming.addresses import ADDRESS
from dailypapers.mail.incoming.parse import Incoming
from dailypapers.mail.smtp.connect import reason

log = structlog.get_logger()

#: Mails of one poll; the next one takes more.
_MOST = 200
#: Where mail servers write whom a mail was delivered to, the most certain first; people write To.
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where the mailbox is, and how to come in."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    timeout: float = 30.0
    max_bytes: int = 1_000_000
    #: Whose certificates are trusted; by default whom the system trusts.
    trusted: ssl.SSLContext | None = field(default=None, repr=False)


def poll(server: ImapServer, take: Callable[[Incoming], str], *, is_ours: Callable[[str], bool]) -> int:
    """Have each unseen mail dealt with; return how many were.

    `take` returns an SMTP reply: after 2xx and 5xx a mail is marked as seen, after 4xx it stays for the next time.
    `is_ours` tells which of the addresses a mail names are of ours. Raises `MailServerUnreachable`.
    """
    try:
        with _session(server) as session:
            return sum(_dealt_with(session, uid, server, take, is_ours) for uid in _unseen(session))
    except (OSError, imaplib.IMAP4.error) as error:
        why = reason(error, server.timeout) if isinstance(error, OSError) else str(error).strip("b'\"")
        raise MailServerUnreachable(f"The mailbox on {server.host}:{server.port} cannot be read: {why}.") from None


@contextmanager
def _session(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    context = server.trusted or ssl.create_default_context()
    if server.security == "tls":
        session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            server.host, server.port, ssl_context=context, timeout=server.timeout
        )
    else:
        session = imaplib.IMAP4(server.host, server.port, timeout=server.timeout)
        _secure(session, context, server)
    with session:
        session.login(server.username, server.password)
        _checked(session.select(_quoted(server.folder)))
        yield session


def _secure(session: imaplib.IMAP4, context: ssl.SSLContext, server: ImapServer) -> None:
    """Begin TLS where that is set; a session that fails in it cannot say goodbye."""
    if server.security != "starttls":
        return
    try:
        session.starttls(context)
    except OSError:
        with suppress(OSError):
            session.shutdown()
        raise


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        reply = b" ".join(each for each in data if isinstance(each, bytes))
        raise imaplib.IMAP4.error(reply.decode("utf-8", "replace")[:200])
    return data


def _unseen(session: imaplib.IMAP4) -> list[str]:
    uids = _checked(session.uid("SEARCH", "UNSEEN"))
    return [uid.decode() for uid in (uids[0] or b"").split()][:_MOST]


def _dealt_with(
    session: imaplib.IMAP4,
    uid: str,
    server: ImapServer,
    take: Callable[[Incoming], str],
    is_ours: Callable[[str], bool],
) -> bool:
    content = _content(session, uid, server.max_bytes)
    if content is None:
        log.warning("incoming mail is too large and stays in the mailbox", uid=uid, folder=server.folder)
    elif _answer(incoming(content, is_ours), take).startswith("4"):
        return False
    _checked(session.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
    return content is not None


def _answer(mail: Incoming, take: Callable[[Incoming], str]) -> str:
    try:
        return take(mail)
    # This is the boundary of one mail: whatever broke is logged, and the mail comes again with the next poll.
    except Exception:
        log.exception("incoming mail could not be handled")
        return "451 4.3.0"


def _content(session: imaplib.IMAP4, uid: str, max_bytes: int) -> bytes | None:
    """Fetch a mail without marking it; `None` where it is too large."""
    size_line = _checked(session.uid("FETCH", uid, "(RFC822.SIZE)"))
    size = _SIZE.search(b" ".join(each for each in size_line if isinstance(each, bytes)))
    if size is None or int(size[1]) > max_bytes:
        return None
    fetched = _checked(session.uid("FETCH", uid, f"(BODY.PEEK[]<0.{max_bytes}>)"))
    return next((bytes(each[1]) for each in fetched if isinstance(each, tuple)), b"")


def incoming(content: bytes, is_ours: Callable[[str], bool]) -> Incoming:
    """Return a mail with its envelope, as far as the server that delivered it wrote that into its header."""
    headers = parts.parsed(content).headers
    named = (address for name in _RECIPIENTS for each in headers.every(name) for address in ADDRESS.findall(each))
    recipient = next((address for address in named if is_ours(address)), "")
    sender = ADDRESS.search(headers.first("return-path"))
    return Incoming(sender[0] if sender else "", recipient, content)
