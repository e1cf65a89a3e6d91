"""How sending is watched: by a line, by a table, and from another terminal."""

import datetime as dt
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from rich.console import Console
from tests.cli.conftest import Run
from tests.delivery.queued import queue

from dailypapers.cli import watching
from dailypapers.cli.watching import line, table, watched
from dailypapers.delivery.watch import Snapshot
from dailypapers.store.database import close, connect

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
HALF_WAY = Snapshot(
    at=NOW,
    senders=2,
    done=1240,
    left=8760,
    later=3,
    on_hold=0,
    next_attempt_at=NOW + dt.timedelta(minutes=5),
    replies={"2xx": 1230, "4xx": 10},
    domains={"example.org": {"2xx": 1200, "4xx": 10}, "example.com": {"2xx": 30}},
    per_second=52,
)


def test_a_line_says_it_all() -> None:
    assert line(HALF_WAY) == (
        "1,240 done, 52 a second, 8,760 left (0:02:48 at this rate); 3 later, the next at 08:05 UTC; 1,230 2xx, 10 4xx."
    )
    stuck = Snapshot(NOW, 0, 0, 5, 0, 2, None, stopped=("the mail server takes nothing",))
    assert line(stuck) == ("0 done, 5 left; 2 on hold; the mail server takes nothing; nobody is sending.")


def test_a_run_that_has_told_nothing_yet_has_just_begun() -> None:
    assert line(Snapshot(NOW, 1, 0, 5, 0, 0, None)) == "0 done, sending has just begun, 5 left."
    assert line(replace(HALF_WAY, per_second=0.25, later=0, next_attempt_at=None, replies={})) == (
        "1,240 done, 0.25 a second, 8,760 left (9:44:00 at this rate)."
    )


def test_a_table_has_a_row_a_domain() -> None:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(table(HALF_WAY))
    assert [row.split() for row in captured.get().splitlines()[-3:]] == [
        ["domain", "2xx", "4xx"],
        ["example.org", "1,200", "10"],
        ["example.com", "30", "0"],
    ]


def test_without_a_terminal_there_are_few_lines(
    sqlite: sa.Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queue(sqlite, 2)
    monkeypatch.setattr(watching, "_EVERY", 0.01)
    monkeypatch.setattr(watching, "_FIRST_LINE", 0.2)
    with watched(sqlite, lambda: NOW):
        time.sleep(0.5)
    said = capsys.readouterr().err.splitlines()
    assert said == ["0 done, 2 left; nobody is sending."]


@pytest.fixture
def engine(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """Settings and a database."""
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    (tmp_path / "dailypapers.toml").write_text('[mail]\nfrom_address = "papers@example.org"\n', "utf-8")
    return connect(f"sqlite:///{migrated}")


def test_it_is_watched_from_another_terminal_and_ends_when_nothing_is_left(engine: sa.Engine, run: Run) -> None:
    code, _, said = run("deliveries", "watch")
    assert (code, said) == (0, "No email waits to be sent.\n")
    queue(engine, 2)
    close(engine)
    code, printed, _ = run("deliveries", "watch", "--json")
    assert code == 0
    seen = json.loads(printed)
    assert (seen["left"], seen["senders"], seen["remaining_seconds"]) == (2, 0, None)
