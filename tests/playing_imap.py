"""An IMAP server on this machine, as much of RFC 3501 as polling needs: it knows flags, and can be out of order."""

import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

USER, PASSWORD = "papers", 'pass"word'


@dataclass
class Mailbox:
    """A running server's only mailbox: mails by their UID, and the flags of each."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    #: Commands that were given, in capitals, without what follows them.
    commands: list[str] = field(default_factory=list)
    #: Sessions that spoke TLS, or tried to.
    secured: int = 0

    def deliver(self, content: bytes) -> int:
        uid = len(self.mails) + 1
        self.mails[uid], self.flags[uid] = content, set()
        return uid


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        if self.server.is_secure_at_once:
            try:
                self.secure()
            except OSError:  # Who connects does not trust us.
                return
        self.say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            name, _, arguments = rest.partition(" ")
            if name.upper() == "STARTTLS":
                self.say(f"{tag} OK begin")
                try:
                    self.secure()
                except OSError:
                    return
                continue
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
            name = name.upper()
            self.box.commands.append(name)
            getattr(self, name.lower(), lambda _: None)(arguments)
            known = {"CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH", "STORE", "CLOSE", "LOGOUT"}
            if name == "LOGIN" and arguments != f'{USER} "{PASSWORD.replace(chr(34), chr(92) + chr(34))}"':
                self.say(f"{tag} NO wrong password")
            elif name == "SELECT" and arguments != '"INBOX"':
                self.say(f"{tag} NO no such folder")
            else:
                self.say(f"{tag} OK done" if name in known else f"{tag} BAD unknown")
            if name == "LOGOUT":
                return

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()

    @property
    def box(self) -> Mailbox:
        assert isinstance(self.server, _Server)
        return self.server.box

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def capability(self, _arguments: str) -> None:
        self.say("* CAPABILITY IMAP4rev1 STARTTLS" if self.server.tls else "* CAPABILITY IMAP4rev1")  # type: ignore[attr-defined]

    def secure(self) -> None:
        """Speak TLS from now on."""
        self.box.secured += 1
        assert isinstance(self.server, _Server)
        assert self.server.tls
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def select(self, _arguments: str) -> None:
        self.say(f"* {len(self.box.mails)} EXISTS")

    def logout(self, _arguments: str) -> None:
        self.say("* BYE")

    def search(self, _arguments: str) -> None:
        unseen = [str(uid) for uid, flags in self.box.flags.items() if "\\Seen" not in flags]
        self.say(f"* SEARCH {' '.join(unseen)}".rstrip())

    def fetch(self, arguments: str) -> None:
        uid, _, what = arguments.partition(" ")
        content = self.box.mails[int(uid)]
        if "RFC822.SIZE" in what:
            self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(content)})")
            return
        assert "PEEK" in what, "anything else marks the mail as seen"
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n")

    def store(self, arguments: str) -> None:
        uid, flag = re.findall(r"^(\d+) \+FLAGS \((.+)\)$", arguments)[0]
        self.box.flags[int(uid)].add(flag)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Mailbox
    tls: ssl.SSLContext | None = None
    is_secure_at_once = False


@contextmanager
def playing_imap(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Mailbox]:
    """Run the server in threads of its own; with `tls` it can be secured, or is `at_once`."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.tls, server.is_secure_at_once = tls, at_once
        server.box = Mailbox(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join(10)


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
