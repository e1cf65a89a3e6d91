"""The plug is pulled half-way, gently and not: the next run goes on at once, and nobody goes without."""

import json
import signal
from collections import Counter
from pathlib import Path

import pytest
from tests.playing_smtp import Script, Server, playing_smtp
from tests.running import ran, running, soon

READERS = 120
#: What the settings have by default, and so how many mails one kill can leave in doubt.
CONNECTIONS = 4


def words(*more: str, folder: Path) -> tuple[str, ...]:
    """A command with the folder's settings."""
    return "--config", str(folder / "dailypapers.toml"), *more


def environment(server: Server) -> dict[str, str]:
    """What tells a command of this mail server."""
    return {"DAILYPAPERS_MAIL__PORT": str(server.port)}


@pytest.fixture
def folder(tmp_path: Path, migrated: Path) -> Path:
    """Settings, a paper, and readers who all want it."""
    paper = {"id": "2604.00001", "title": "Deeper Graph Neural Networks", "authors": ["Ann Lee"]}
    (tmp_path / "papers.jsonl").write_text(json.dumps(paper) + "\n", "utf-8")
    people = [{"address": f"reader{n}@example.org", "topics": ["graph networks"]} for n in range(READERS)]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, people)), "utf-8")
    (tmp_path / "dailypapers.toml").write_text(
        '[mail]\nhost = "127.0.0.1"\nsecurity = "none"\nfrom_address = "papers@example.org"\n'
        '[[sources]]\nkind = "file"\npath = "papers.jsonl"\n',
        "utf-8",
    )
    for more in (("init", "--no-check-mail"), ("subscribers", "import", "people.jsonl", "--consent", "test")):
        assert ran(*words(*more, folder=tmp_path), folder=tmp_path)[0] == 0
    return tmp_path


@pytest.mark.parametrize("pulled", [signal.SIGTERM, signal.SIGKILL])
def test_the_plug_is_pulled_half_way(folder: Path, pulled: signal.Signals) -> None:
    with playing_smtp(Script(seconds=0.02)) as server:
        day = words("day", "--now", "2026-04-20T08:00", folder=folder)
        with running(*day, folder=folder, env=environment(server)) as going:
            soon(lambda: len(server.received) >= READERS // 4 or going.returncode is not None, "a quarter is sent")
            going.signal(pulled)
            said = going.errors.read()
            ended = going.wait()
        first = len(server.received)
        assert first < READERS, "the plug was pulled too late to show anything"
        day = words("day", "--now", "2026-04-20T09:00", "--json", folder=folder)
        _, printed, _ = ran(*day, folder=folder, env=environment(server))
        ledger = json.loads(printed)[0]
    copies = Counter(name for name, _ in server.received)
    assert len(copies) == READERS, "somebody went without"
    assert ledger["due"] == ledger["accepted"] == READERS
    assert ledger["balanced"]
    if pulled is signal.SIGTERM:
        assert (ended, "asked to stop" in said) == (1, True)
        assert set(copies.values()) == {1}, "somebody got two"
    else:
        # Who had been handed over without an answer got another one, which mail programs can tell by its Message-ID.
        assert sum(copies.values()) <= READERS + CONNECTIONS
        assert max(copies.values()) <= 2
        assert len(set(message_ids(server))) == READERS


def message_ids(server: Server) -> list[bytes]:
    """The Message-ID of every mail that was received."""
    return [line for _, raw in server.received for line in raw.split(b"\r\n") if line.startswith(b"Message-ID:")]
