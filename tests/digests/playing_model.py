"""A small real server on this machine that speaks OpenAI's chat completions, and refuses what the real one refuses."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Said:
    """An answer: a status, and a body that need not be JSON."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def says(text: object, tokens: int = 50) -> Said:
    """Answer as the API is described."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    answer = {"object": "chat.completion", "choices": [choice], "usage": {"total_tokens": tokens}}
    return Said(json.dumps(answer).encode())


@dataclass
class Model:
    """What is answered, and what was asked."""

    answer: Callable[[dict[str, Any]], Said]
    key: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


@contextmanager
def playing_model(answer: Said | Callable[[dict[str, Any]], Said], *, key: str = "") -> Iterator[Model]:
    """Play a model until the end of the block; without the key it answers 401."""
    model = Model(answer if callable(answer) else lambda _: answer, key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = self._said(body)
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def _said(self, body: dict[str, Any]) -> Said:
            if self.path != "/v1/chat/completions":
                return Said(b"{}", 404)
            if model.key and self.headers["Authorization"] != f"Bearer {model.key}":
                return Said(b'{"error": {"message": "Incorrect API key provided"}}', 401)
            if not body.get("model") or not body.get("messages"):
                return Said(b"{}", 400)
            model.asked.append(body)
            return model.answer(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
