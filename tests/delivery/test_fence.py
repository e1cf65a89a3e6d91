"""A database that knows less than was sent from here is an older copy: what waits in it is an operator's to decide."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.conftest import Opened
from tests.delivery.chaos import MAILS, fill
from tests.delivery.queued import sending, states

from dailypapers.delivery.deliver import deliver_once
from dailypapers.delivery.fence import FORGOTTEN_AFTER, Fence
from dailypapers.delivery.tally import Delivered
from dailypapers.domain.delivery import Doubt
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store import holds, workers
from dailypapers.store.database import close, reading, writing

TODAY = dt.datetime.now(dt.UTC)


@pytest.fixture
def place(sqlite: sa.Engine, tmp_path: Path) -> Path:
    """A folder with a database whose digests wait, and a backup of it from when a few had been sent."""
    fill(sqlite)
    with writing(sqlite) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'deferred', next_attempt_at = :later WHERE id > 4"), later())
    deliver(sqlite, tmp_path)
    close(sqlite)
    shutil.copy(str(sqlite.url.database), tmp_path / "backup.db")
    with writing(sqlite) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'queued' WHERE state = 'deferred'"))
    assert deliver(sqlite, tmp_path).states.total() == MAILS - 4
    return tmp_path


def later() -> dict[str, str]:
    return {"later": (TODAY + dt.timedelta(hours=1)).replace(tzinfo=None).isoformat(" ")}


def deliver(engine: sa.Engine, place: Path, transport: MemoryTransport | None = None) -> Delivered:
    """Send what is due, with the fence in that folder."""
    ready = sending(engine, transport or MemoryTransport())
    make = ready.make_sender_options
    ready = replace(ready, make_sender_options=lambda: replace(make(), fence=place / "fence"))
    return deliver_once(ready, clock=lambda: TODAY)


@pytest.fixture
def restored(place: Path, opened: Opened) -> sa.Engine:
    """The backup."""
    engine = opened(f"sqlite:///{place / 'backup.db'}")
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'queued' WHERE state = 'deferred'"))
    return engine


def test_what_waits_in_a_restored_database_is_not_sent_again(place: Path, restored: sa.Engine) -> None:
    engine, transport = restored, MemoryTransport()
    done = deliver(engine, place, transport)
    assert done.stopped
    assert f"{MAILS - 4} emails wait for you to decide" in done.stopped.why
    assert (transport.sent, states(engine)) == ([], {"accepted": 4, "uncertain": MAILS - 4})
    assert deliver(engine, place, transport).stopped is None


def test_the_operators_word_counts(place: Path, restored: sa.Engine) -> None:
    engine, transport = restored, MemoryTransport()
    deliver(engine, place)
    with writing(engine) as tx:
        holds.decide(tx, Doubt.RESEND, now=TODAY)
    deliver(engine, place, transport)
    assert len(transport.sent) == MAILS - 4


def test_what_is_composed_again_after_restoring_is_held_as_well(place: Path, restored: sa.Engine) -> None:
    engine, transport = restored, MemoryTransport()
    deliver(engine, place)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'queued', doubt = NULL WHERE state = 'uncertain'"))
    deliver(engine, place, transport)
    assert (transport.sent, states(engine)) == ([], {"accepted": 4, "uncertain": MAILS - 4})


def test_the_database_as_it_is_and_a_new_one_are_no_alarm(place: Path, sqlite: sa.Engine) -> None:
    with writing(sqlite) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'queued' WHERE id = 1"))
    assert deliver(sqlite, place).stopped is None
    with writing(sqlite) as tx:
        tx.execute(sa.text("DELETE FROM workers"))
        tx.execute(sa.text("UPDATE outbox SET state = 'queued' WHERE id = 1"))
    assert deliver(sqlite, place).stopped is None


@pytest.mark.parametrize("content", ["", "[]", '{"worker": "x"}'])
def test_a_mark_that_cannot_be_read_and_an_old_one_are_no_fence(place: Path, restored: sa.Engine, content: str) -> None:
    mark = json.loads((place / "fence").read_text())
    old = json.dumps(mark | {"at": (TODAY - FORGOTTEN_AFTER - dt.timedelta(days=1)).isoformat()})
    (place / "fence").write_text(content or old, "utf-8")
    assert deliver(restored, place).stopped is None


def test_how_far_it_came_is_what_the_database_says(place: Path, sqlite: sa.Engine) -> None:
    mark = json.loads((place / "fence").read_text())
    with reading(sqlite) as tx:
        assert workers.handed_over_by(tx, mark["worker"]) == mark["handed_over"] == MAILS - 4
    assert mark["newest"] == f"{TODAY:%Y-%m-%d}"


def test_a_mark_that_cannot_be_written_is_said_once_and_stops_nothing(tmp_path: Path) -> None:
    fence = Fence(tmp_path / "removed" / "fence", "one")
    with capture_logs() as logs:
        fence.advance(1, now=TODAY)
        fence.advance(1, now=TODAY)
    assert [(log["log_level"], log["file"]) for log in logs] == [("warning", str(tmp_path / "removed" / "fence"))]
