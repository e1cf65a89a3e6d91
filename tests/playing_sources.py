"""A small real web server on this machine that plays the sources: feeds, lists, errors, slow and hostile answers.

Used by any test that fetches: `with playing_sources({"/rss/cs.LG": Answer(feed)}) as base_url: …`.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered at one address."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Send an ETag of the content, and 304 to whoever has it.
    etag: bool = False
    #: Pack the body, and say so.
    packed: bool = False
    #: Wait until this is set before answering (a slow server without a timed test).
    until: threading.Event | None = None
    #: Close the connection after so many bytes of the body.
    cut_after: int | None = None

    def content(self) -> bytes:
        plain = self.body.encode() if isinstance(self.body, str) else self.body
        return gzip.compress(plain, mtime=0) if self.packed else plain


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    #: A number for each connection: two requests with the same one shared it.
    connection: int


Route = Answer | Sequence[Answer] | Callable[[Asked], Answer]


@contextmanager
def playing_sources(routes: Mapping[str, Route], *, asked: list[Asked] | None = None) -> Iterator[str]:
    """Play these routes and give the base address. What was asked is written to `asked`.

    A route is found by path with query, then by path alone; it is an answer, answers to be given one after the other
    (the last one again and again), or a function of the request. Anything else is answered 404.
    """
    server = _Server(routes, asked if asked is not None else [])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.is_ending = True
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Connections may still be open when a test is over.
    block_on_close = False
    is_ending = False

    def __init__(self, routes: Mapping[str, Route], asked: list[Asked]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.asked = asked
        self._routes = routes
        self._turns: dict[str, int] = {}
        self._lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients hang up on purpose here."""

    def answer(self, request: Asked) -> Answer:
        with self._lock:
            self.asked.append(request)
            key = request.path if request.path in self._routes else request.path.partition("?")[0]
            route = self._routes.get(key, Answer(b"There is nothing here.", status=404))
            if isinstance(route, Answer):
                return route
            if callable(route):
                return route(request)
            turn = self._turns.get(key, 0)
            self._turns[key] = turn + 1
            return route[min(turn, len(route) - 1)]


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.answer(Asked(self.path, headers, id(self.connection)))
        while answer.until and not answer.until.wait(0.01) and not self.server.is_ending:
            pass
        self._send(answer, known=headers.get("if-none-match", ""))

    def _send(self, answer: Answer, *, known: str) -> None:
        content = answer.content()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"' if answer.etag else ""
        unchanged = bool(tag) and known == tag
        self.send_response(304 if unchanged else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if tag:
            self.send_header("ETag", tag)
        if answer.packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(0 if unchanged else len(content)))
        self.end_headers()
        if not unchanged:
            self.wfile.write(content[: answer.cut_after])
        if answer.cut_after is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names the argument
        """Write nothing: what was asked is in the list."""
