"""The plug is pulled half-way, gently and not: nobody gets two, and the books say whom we are unsure of."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.playing_smtp import Script, Server, playing_smtp

READERS = 120


def command(*words: str, folder: Path, server: Server) -> list[str]:
    """A command of this version, in a folder, with this mail server."""
    os.environ["DAILYPAPERS_MAIL__PORT"] = str(server.port)
    return [sys.executable, "-m", "dailypapers", "--config", str(folder / "dailypapers.toml"), *words]


def run(*words: str, folder: Path, server: Server) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        command(*words, folder=folder, server=server), capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, a paper, and readers who all want it."""
    monkeypatch.setenv("DAILYPAPERS_MAIL__PORT", "1")
    paper = {"id": "2604.00001", "title": "Deeper Graph Neural Networks", "authors": ["Ann Lee"]}
    (tmp_path / "papers.jsonl").write_text(json.dumps(paper) + "\n", "utf-8")
    people = [{"address": f"reader{n}@example.org", "topics": ["graph networks"]} for n in range(READERS)]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, people)), "utf-8")
    (tmp_path / "dailypapers.toml").write_text(
        '[mail]\nhost = "127.0.0.1"\nsecurity = "none"\nfrom_address = "papers@example.org"\n'
        '[[sources]]\nkind = "file"\npath = "papers.jsonl"\n',
        "utf-8",
    )
    with playing_smtp() as server:
        assert run("init", "--no-check-mail", folder=tmp_path, server=server).returncode == 0
        assert (
            run("subscribers", "import", str(tmp_path / "people.jsonl"), folder=tmp_path, server=server).returncode == 0
        )
    return tmp_path


@pytest.mark.parametrize("pulled", [signal.SIGTERM, signal.SIGKILL])
def test_the_plug_is_pulled_half_way(folder: Path, pulled: signal.Signals) -> None:
    with playing_smtp(Script(seconds=0.02)) as server:
        words = command("day", "--now", "2026-04-20T08:00", folder=folder, server=server)
        going = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ours
        while len(server.received) < READERS // 4 and going.poll() is None:
            time.sleep(0.01)
        going.send_signal(pulled)
        _, said = going.communicate(timeout=60)
        first = len(server.received)
        assert first < READERS, "the plug was pulled too late to show anything"
        again = run("day", "--now", "2026-04-20T09:00", "--json", folder=folder, server=server)
        books = json.loads(again.stdout)[0]
    copies = Counter(name for name, _ in server.received)
    assert set(copies.values()) == {1}, "somebody got two"
    assert books["due"] == READERS
    assert books["balanced"]
    assert books["accepted"] + books["uncertain"] == READERS
    if pulled is signal.SIGTERM:
        assert (going.returncode, "asked to stop" in said) == (1, True)
        assert books["uncertain"] == 0
        assert len(copies) == READERS
    else:
        assert 0 < books["uncertain"] <= 50
        assert len(copies) >= READERS - books["uncertain"]
