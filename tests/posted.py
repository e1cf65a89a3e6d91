"""A web server on this machine that is posted to: it keeps what comes and answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Mapping[str, str]]


@dataclass(frozen=True)
class Request:
    """What was posted."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))


@dataclass
class Listener:
    """Where it listens, and what came."""

    url: str
    requests: list[Request] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    """Takes many connections at once."""

    request_queue_size = 128


@contextmanager
def listening(answer: int | Callable[[Request], Answer] = 204, path: str = "/hook?a=b") -> Iterator[Listener]:
    """Listen, and answer every request with a status, or with what `answer` says to it."""
    listener = Listener("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(self.command, self.path, dict(self.headers), raw)
            listener.requests.append(request)
            status, headers = answer(request) if callable(answer) else (answer, {"Location": "/elsewhere"})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        do_PUT = do_POST  # noqa: N815 - the base class names it

        def log_message(self, *_: object) -> None:
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        listener.url = f"http://127.0.0.1:{server.server_port}{path}"
        yield listener
        server.shutdown()
        thread.join()
