"""What the world meets at our address: a server that answers, redirects, or sets cookies."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dailypapers.doctor.pages import ask, findings
from dailypapers.domain.finding import Level


@contextmanager
def served(
    status: int = 410, headers: dict[str, str] | None = None, *, health: int = 200, host: str = "127.0.0.1"
) -> Iterator[str]:
    """A server that answers a POST so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(health)
            self.end_headers()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer((host, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://{host}:{server.server_address[1]}"
        server.shutdown()
        thread.join(10)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (410, {}, Level.OK),
        (301, {"Location": "https://elsewhere.example/"}, Level.FAIL),
        (410, {"Set-Cookie": "a=b"}, Level.FAIL),
        (403, {}, Level.FAIL),
    ],
)
def test_one_click_reaches_us_without_detours(status: int, headers: dict[str, str], expected: Level) -> None:
    with served(status, headers) as url:
        pages, one_click = findings(url)
    assert (pages.level, one_click.level) == (Level.WARN, expected)
    assert "is this machine alone" in pages.why


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the first address of the loopback answers")
def test_an_address_that_is_not_https_is_named() -> None:
    with served(host="127.0.0.2") as url:
        pages, _ = findings(url)
    assert (pages.level, "is not https" in pages.why) == (Level.WARN, True)


def test_pages_that_do_not_answer_are_named() -> None:
    with served(health=502) as url:
        (found,) = findings(url)
        assert (found.level, "HTTP 502" in found.why) == (Level.FAIL, True)
    assert findings(url)[0].level is Level.FAIL
    assert ask("nothing").status == 0
