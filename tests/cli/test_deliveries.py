"""The ledger names the people behind its numbers and where delivery stopped; uncertain emails are decided about."""

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.conftest import Run
from tests.delivery.chaos import MAILS, fill
from tests.delivery.queued import claimed

from dailypapers.cli import shared
from dailypapers.cli.shared import check_clock
from dailypapers.domain.delivery import Doubt
from dailypapers.domain.worker import Process
from dailypapers.store import audit, workers
from dailypapers.store.database import close, connect, reading, writing

TODAY = dt.datetime.now(dt.UTC)


@pytest.fixture
def engine(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """Settings, a mail server that is not there, and an edition whose digests wait."""
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    settings = '[mail]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nfrom_address = "papers@example.org"\n'
    (tmp_path / "dailypapers.toml").write_text(settings, "utf-8")
    made = connect(f"sqlite:///{migrated}")
    fill(made)
    close(made)
    return made


def in_doubt(engine: sa.Engine, mails: int, doubt: Doubt) -> None:
    """So many mails are uncertain."""
    with writing(engine) as tx:
        change = "UPDATE outbox SET state = 'uncertain', detail = 'connection lost', doubt = :doubt WHERE id <= :mails"
        tx.execute(sa.text(change), {"doubt": doubt.value, "mails": mails})
    close(engine)


def ledger(run: Run) -> dict[str, object]:
    [record] = json.loads(run("ledger", "--json")[1])
    assert isinstance(record, dict)
    return record


def test_a_mail_server_that_was_down_shows_in_the_ledger(engine: sa.Engine, run: Run) -> None:
    code, _, said = run("deliver")
    assert code == 3
    assert said.count("Stopped: the mail server takes nothing") == 1
    assert "Traceback" not in said
    code, _, said = run("ledger")
    assert (code, f"{TODAY:%Y-%m-%d}: delivery stopped early" in said) == (1, True)
    assert "the mail server takes nothing" in said
    assert "the mail server takes nothing" in str(ledger(run)["stopped"])


def test_who_is_behind_a_number(engine: sa.Engine, run: Run) -> None:
    in_doubt(engine, 2, Doubt.HOLD)
    code, out, _ = run("ledger", "--who", "uncertain", "--json")
    people = json.loads(out)
    assert (code, [person["address"] for person in people]) == (0, ["reader0@example.org", "reader1@example.org"])
    assert {person["said"] for person in people} == {"connection lost"}
    assert len(json.loads(run("ledger", "--who", "open", "--json", "--edition", f"{TODAY:%Y-%m-%d}")[1])) == MAILS - 2
    assert json.loads(run("ledger", "--who", "accepted", "--json", "--edition", "2020-01-01")[1]) == []
    code, _, said = run("ledger", "--who", "lost")
    assert (code, "“lost” is not a state of an email. There are: open, accepted" in said) == (2, True)


@pytest.mark.parametrize(("word", "undecided"), [("resend", 0), ("carry", 0), ("keep", 0)])
def test_uncertain_emails_are_decided_about(engine: sa.Engine, run: Run, word: str, undecided: int) -> None:
    in_doubt(engine, 3, Doubt.HOLD)
    assert "(3 wait for you: dailypapers deliveries --help)" in run("ledger")[2]
    assert "There is no edition of 2020-01-01." in run("deliveries", word, "--edition", "2020-01-01")[2]
    assert "3 uncertain emails" in run("deliveries", word, "--edition", f"{TODAY:%Y-%m-%d}")[2]
    assert ledger(run)["undecided"] == undecided
    assert ledger(run)["open"] == (MAILS if word == "resend" else MAILS - 3)
    assert "0 uncertain emails" in run("deliveries", word)[2]
    with reading(engine) as tx:
        (entry,) = audit.newest(tx, limit=9)
    close(engine)
    assert (entry.actor, entry.action) == ("command line", "uncertain emails decided")
    assert entry.after == {"policy": word, "mails": 3, "edition": f"{TODAY:%Y-%m-%d}"}


def test_releasing_emails_on_hold_is_in_the_audit_log(engine: sa.Engine, run: Run) -> None:
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'on_hold', detail = '535' WHERE id <= 2"))
    close(engine)
    assert "Released 2 emails on hold." in run("deliver", "--release")[2]
    assert "Released 0 emails on hold." in run("deliver", "--release")[2]
    with reading(engine) as tx:
        assert [(entry.action, entry.after) for entry in audit.newest(tx, limit=9)] == [
            ("emails released", {"mails": 2})
        ]
    close(engine)


def test_a_ledger_that_does_not_balance_is_an_exit_code(engine: sa.Engine, run: Run) -> None:
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'accepted'"))
        tx.execute(sa.text("UPDATE editions SET due = due + 1"))
    close(engine)
    code, _, said = run("ledger")
    assert (code, "(not balanced: 1 are in no state)" in said, ledger(run)["residue"]) == (1, True, 1)


def test_what_another_process_sends_is_not_called_nothing(engine: sa.Engine, run: Run) -> None:
    with writing(engine) as tx:
        workers.register(tx, "elsewhere", Process("another machine", 1, "1"), now=TODAY)
    claimed(engine, "elsewhere", 99, now=TODAY)
    close(engine)
    said = run("deliver", "--now", TODAY.isoformat())[2]
    assert f"Another process is sending {MAILS} emails" in said
    assert "No email was due" not in said


def test_the_plan_says_when_the_last_email_leaves_and_sends_none(
    engine: sa.Engine, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILYPAPERS_MAIL__MESSAGES_PER_DAY", str(MAILS - 1))
    code, printed, said = run("deliver", "--plan")
    assert (code, "UTC" in printed) == (0, True)
    assert "At most 20 emails a second (assumed, as no run has shown it yet)" in said
    planned = json.loads(run("deliver", "--plan", "--json")[1])
    assert [(each["zone"], each["mails"], each["is_late"]) for each in planned if each["is_composed"]] == [
        ("UTC", MAILS, True)
    ]
    assert ledger(run)["accepted"] == 0


def test_a_clock_unlike_the_databases_is_said(
    postgres: sa.Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check_clock(postgres)
    assert not capsys.readouterr().err
    monkeypatch.setattr(shared, "clock", lambda _: lambda: TODAY + dt.timedelta(days=1))
    check_clock(postgres)
    assert "seconds ahead of the database's" in capsys.readouterr().err
    check_clock(postgres, "2026-04-20T08:00")
    assert not capsys.readouterr().err
