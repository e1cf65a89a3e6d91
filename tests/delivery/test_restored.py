"""A backup made while mails are leaving, restored anywhere, sends nothing twice; nor does a database that was moved."""

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import Another
from tests.delivery.chaos import MAILS, fill
from tests.delivery.queued import sending, states

from dailypapers.delivery.deliver import deliver_once
from dailypapers.delivery.restored import hold_what_was_sent_since, retire
from dailypapers.domain.delivery import Doubt
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store import backup, holds
from dailypapers.store.database import writing

TODAY = dt.datetime.now(dt.UTC)


def deliver(engine: sa.Engine, transport: MemoryTransport, made: Path | None = None) -> None:
    """Send what is due, on a machine that knows nothing of others; a backup is made while the first mails leave."""

    def on_progress(_: int) -> None:
        if made and not made.exists():
            backup.back_up(engine, made, now=TODAY)

    deliver_once(sending(engine, transport), clock=lambda: TODAY, on_progress=on_progress)


def put_back(engine: sa.Engine, file: Path) -> None:
    def hold(tx: sa.Connection) -> None:
        hold_what_was_sent_since(tx, through=TODAY.date(), now=TODAY)

    backup.restore(engine, file, then=hold)


def compose_again(engine: sa.Engine) -> None:
    """Have every mail that is not known to have left wait anew, as if it had been composed again."""
    with writing(engine) as tx:
        tx.execute(
            sa.text("UPDATE outbox SET state = 'queued', doubt = NULL, next_attempt_at = NULL WHERE doubt = 'hold'")
        )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_while_mails_leave_sends_nothing_twice(
    engine: sa.Engine, kind: str, tmp_path: Path, another: Another
) -> None:
    fill(engine)
    tray = MemoryTransport()
    deliver(engine, tray, tmp_path / "backup")
    assert len(tray.sent) == MAILS
    restored = another(kind)
    put_back(restored, tmp_path / "backup")
    assert states(restored).get("uncertain", 0) > 0, "mails were on their way"
    deliver(restored, tray)
    compose_again(restored)
    deliver(restored, tray)
    assert len(tray.sent) == MAILS


def test_what_an_operator_decides_to_send_leaves(engine: sa.Engine, tmp_path: Path) -> None:
    fill(engine)
    with writing(engine) as tx:
        hold_what_was_sent_since(tx, through=TODAY.date(), now=TODAY)
        holds.decide(tx, Doubt.RESEND, now=TODAY)
    tray = MemoryTransport()
    deliver(engine, tray)
    assert len(tray.sent) == MAILS


def test_later_editions_leave_from_a_restored_database_and_none_from_one_that_was_moved(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        hold_what_was_sent_since(tx, through=TODAY.date() - dt.timedelta(days=1), now=TODAY)
    compose_again(engine)
    tray = MemoryTransport()
    deliver(engine, tray)
    assert len(tray.sent) == MAILS
    with writing(engine) as tx:
        retire(tx, now=TODAY)
    compose_again(engine)
    deliver(engine, tray)
    assert len(tray.sent) == MAILS
