"""Backing up, restoring and moving from the command line, and the sentences that go with them."""

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.conftest import Run
from tests.conftest import Another, Opened

from dailypapers.domain.account import Role, Stage
from dailypapers.domain.worker import Process
from dailypapers.store import accounts, outbox, workers
from dailypapers.store.database import reading, writing

SETTINGS = '[mail]\nfrom_address = "papers@example.org"\n[service]\nzone = "Europe/Berlin"\n'
NOW = "2026-04-20T23:30+00:00"
FILE = "sqlite:///dailypapers.db"


@pytest.fixture
def ready(run: Run, migrated: Path, tmp_path: Path) -> Run:
    """A folder with settings, a secret, and a database with a reader who waits for a confirmation."""
    (tmp_path / "dailypapers.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "dailypapers.secret").write_text("secret", "utf-8")
    assert run("subscribers", "add", "alice@example.org", "--topic", "RNA", "--confirm")[0] == 0
    return run


def waiting(engine: sa.Engine) -> int:
    with reading(engine) as tx:
        return sum(outbox.waiting(tx).values())


def restored(run: Run, tmp_path: Path, *options: str) -> str:
    """Restore into a new file; returns what is said."""
    (tmp_path / "dailypapers.db").unlink()
    code, _, said = run("restore", "papers.backup", "--now", NOW, *options)
    assert code == 0
    return said


def test_what_waited_is_held_when_it_is_restored_unless_nothing_was_sent(
    ready: Run, tmp_path: Path, opened: Opened
) -> None:
    code, _, said = ready("backup", "papers.backup")
    assert (code, said.startswith("Wrote papers.backup: ")) == (0, True)
    said = restored(ready, tmp_path)
    assert "1 email that waited then may have been sent since." in said
    assert "Digests of editions through 2026-04-21 may have been sent since" in said
    assert waiting(opened(FILE)) == 0
    said = restored(ready, tmp_path, "--nothing-sent")
    assert "decide" not in said
    assert waiting(opened(FILE)) == 1


def test_who_was_signed_in_when_it_was_made_is_signed_out(ready: Run, tmp_path: Path, opened: Opened) -> None:
    moment = dt.datetime.fromisoformat(NOW)
    with writing(opened(FILE)) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.OWNER, now=moment)
        assert ann is not None
        accounts.begin_session(tx, "one", ann.id, stage=Stage.SIGNED_IN, csrf="", now=moment)
    ready("backup", "papers.backup")
    restored(ready, tmp_path, "--nothing-sent")
    with reading(opened(FILE)) as tx:
        assert (len(accounts.every(tx)), accounts.session(tx, "one")) == (1, None)


def test_who_restores_is_told_that_revoked_keys_work_again(ready: Run, tmp_path: Path) -> None:
    ready("api-keys", "add", "website", "--scope", "sources:read", "--now", NOW)
    ready("backup", "papers.backup")
    assert "API keys that were revoked since then work again" in restored(ready, tmp_path)


def test_a_backup_tells_programs_what_it_holds(ready: Run) -> None:
    code, printed, _ = ready("backup", "papers.backup", "--json")
    assert code == 0
    assert {"subscribers": 1, "outbox": 1}.items() <= {row["table"]: row["rows"] for row in json.loads(printed)}.items()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_is_moved_with_one_command_and_the_old_one_sends_nothing_more(
    ready: Run, kind: str, another: Another, opened: Opened
) -> None:
    target = another(kind)
    url = target.url.render_as_string(hide_password=False)
    code, _, said = ready("database", "move", "--to", url)
    assert (code, "The old database sends nothing more." in said) == (0, True)
    assert (waiting(target), waiting(opened(FILE))) == (1, 0)
    code, _, said = ready("database", "move", "--to", url, "--file", "second.backup")
    assert (code, "is not empty" in said, Path("second.backup").exists()) == (2, True, False)


def test_a_database_that_sends_is_not_moved(ready: Run, opened: Opened) -> None:
    with writing(opened(FILE)) as tx:
        workers.register(tx, "one", Process("", 0, ""), now=dt.datetime.now(dt.UTC))
    code, _, said = ready("database", "move", "--to", "sqlite:///other.db")
    assert (code, said) == (2, "one is sending from this database: stop dailypapers before it is moved.\n")


def test_a_date_that_is_none_is_named(ready: Run) -> None:
    ready("backup", "papers.backup")
    code, _, said = ready("restore", "papers.backup", "--sent-through", "yesterday")
    assert (code, said) == (2, "“yesterday” is not a date; write it like 2026-04-20.\n")
