"""Call the API with what its description allows, and with what it does not; count, and fail where it breaks its word.

    python -m tests.web.api.fuzz --calls 10000 --seed 1 [--postgres]

schemathesis makes the calls of the description that a real server serves, and checks each answer by it: no 5xx, no
status, header or field that is not described, nothing accepted that is not allowed, no key ignored. Calls are counted
by the server itself.
"""

import argparse
import datetime as dt
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.playing_postgres import playing_postgres
from tests.web.a_digest import NOW, a_digest
from tests.web.api.conftest import add_key
from tests.web.conftest import PRESS

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.preview import Previews
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Freshness, State
from dailypapers.domain.subscriber import Amount, Rhythm
from dailypapers.http_server import pages_beside
from dailypapers.store import source_days, subscribers, suppressions
from dailypapers.store.database import connect, migrate, writing
from dailypapers.tokens import Signer
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

#: Readers to begin with: as many as the description's examples name.
READERS = 20
#: What is allowed by the description and yet refused, because only a rule of ours can tell: an address whose domain
#: cannot exist, a zone that is none, a paper's id that is none, a pause that ends in the past.
SETTINGS = f"""
hooks = "{Path(__file__).with_name("fuzz_hooks.py")}"
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "403", "404", "409", "412", "422"]
"""


class Counted:
    """ASGI middleware that counts answers by status."""

    def __init__(self, app: ASGIApp, *, statuses: Counter[int]) -> None:
        self._app, self._statuses = app, statuses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._statuses[message["status"]] += 1
            await send(message)

        await self._app(scope, receive, counting)


def fill(engine: sa.Engine) -> None:
    """Put into an empty database what the examples of the description name."""
    topic = Interest(InterestKind.TOPIC, "graph neural networks")
    for number in range(1, READERS + 1):
        digest = a_digest(engine, f"reader{number}")
        with writing(engine) as tx:
            subscribers.state_interests(tx, digest.reader, [topic])
    with writing(engine) as tx:
        suppressions.suppress(tx, "bob@example.org", reason="operator", detail="asked", now=NOW)
        source_days.record(tx, "arxiv", "", NOW.date(), Freshness(State.FRESH, new=2), now=NOW)


@contextmanager
def serving(engine: sa.Engine) -> Iterator[tuple[str, str, Counter[int]]]:
    """Serve the pages and the API of a filled database; gives the address, a key, and the answers by status."""
    statuses: Counter[int] = Counter()
    with socket.create_server(("127.0.0.1", 0)) as opened:
        base = f"http://127.0.0.1:{opened.getsockname()[1]}"
        how = DigestOptions(relevance=0.3, window_days=7, deadline=dt.timedelta(hours=20))
        renderer = replace(PRESS, signer=Signer(base, b"secret"), home=f"{base}/")
        defaults, previews = Preferences(Rhythm(), Amount(10)), Previews(engine, how)
        app = web_app(WebContext(engine, renderer, how, defaults, "UTC", lambda: NOW, previews))
        app.add_middleware(Counted, statuses=statuses)
        with pages_beside(app, [opened]):
            yield base, add_key(engine, per_minute=1_000_000), statuses


def call(base: str, key: str, *, seed: int, examples: int, phases: str = "examples,coverage,fuzzing,stateful") -> str:
    """Let schemathesis call the API; return what it says is wrong, empty where nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "schemathesis.toml")
        settings.write_text(SETTINGS, "utf-8")
        done = subprocess.run(  # noqa: S603 - our own arguments
            [
                sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(settings),
                "run", f"{base}/api/v1/openapi.json", "--header", f"Authorization: Bearer {key}", "--checks", "all",
                "--phases", phases, "--max-examples", str(examples), "--seed", str(seed), "--warnings", "off",
                "--no-shrink", "--suppress-health-check", "all",
            ],
            cwd=folder, env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": folder}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    return f"{done.stdout}\n{done.stderr}" if done.returncode else ""


@contextmanager
def database(*, postgres: bool) -> Iterator[sa.Engine]:
    """Make a filled database."""
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite = nullcontext(f"sqlite:///{folder}/papers.db")
        with playing_postgres(Path(folder)) if postgres else on_sqlite as url:
            engine = connect(url)
            migrate(engine)
            fill(engine)
            yield engine
            engine.dispose()


def main() -> int:
    """Call until there were enough calls; tell how many, and fail where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=20)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    began, seed = time.monotonic(), options.seed
    with database(postgres=options.postgres) as engine, serving(engine) as (base, key, statuses):
        while statuses.total() < options.calls:
            trouble = call(base, key, seed=seed, examples=options.examples)
            by_status = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            print(f"seed {seed}: {statuses.total():,} calls so far: {by_status}", flush=True)  # noqa: T201 - a command
            if trouble:
                print(trouble)  # noqa: T201 - a command
                return 1
            seed += 1
    print(f"{statuses.total():,} calls in {time.monotonic() - began:.0f} s, nothing wrong")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
