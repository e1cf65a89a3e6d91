"""A webhook is posted as signed JSON, follows nothing, and never raises."""

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from dailypapers.reporting.webhook import SIGNATURE, Webhook, post

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Request:
    """What was posted."""

    path: str
    signature: str
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))


@contextmanager
def listening(status: int = 204) -> Iterator[tuple[str, list[Request]]]:
    """Listen on this machine, and answer every request with a status."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append(Request(self.path, self.headers.get(SIGNATURE, ""), raw))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook?a=b", requests
        server.shutdown()
        thread.join()


def test_it_is_signed_so_that_who_gets_it_can_tell_it_is_ours() -> None:
    with listening() as (url, requests):
        assert post(Webhook(url, "secret"), "report", "All is well: ü", now=NOW)
    (request,) = requests
    signed = f"{int(NOW.timestamp())}.".encode() + request.raw
    mac = hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    assert (request.path, request.signature) == ("/hook?a=b", f"t={int(NOW.timestamp())},v1={mac}")
    assert request.body == {"event": "report", "text": "All is well: ü", "at": NOW.isoformat()}


@pytest.mark.parametrize("status", [302, 403, 500])
def test_another_answer_is_a_failure_and_a_redirect_is_not_followed(status: int) -> None:
    with listening(status) as (url, requests):
        assert not post(Webhook(url), "report", "text", now=NOW)
    assert len(requests) == 1
    assert requests[0].signature == ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http:///", "http://127.0.0.1:x/"])
def test_no_answer_is_a_failure_too(url: str) -> None:
    assert not post(Webhook(url), "report", "text", now=NOW)
