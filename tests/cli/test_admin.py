"""Accounts from the command line: a link is printed, and never a password asked for."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from dailypapers.store import accounts
from dailypapers.store.database import close, connect, reading, writing


def test_an_account_is_added_listed_and_removed(run: Run, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    settings = '[mail]\nfrom_address = "papers@example.org"\n[service]\nbase_url = "https://papers.example.org"\n'
    Path("dailypapers.toml").write_text(settings, "utf-8")
    code, _, said = run("admin", "remove", "ann@example.org")
    assert (code, "has no account" in said) == (2, True)
    code, printed, said = run("admin", "add", "Ann@example.org", "--role", "owner")
    assert (code, printed.startswith("https://papers.example.org/admin/invitation/")) == (0, True)
    assert "within two days" in said
    (account,) = json.loads(run("admin", "list", "--json")[1])
    assert account == {"email": "ann@example.org", "role": "owner", "password": "not set", "second_factor": "off"}
    assert run("admin", "reset-second-factor", "ann@example.org")[0] == 0
    assert run("admin", "remove", "ann@example.org")[0] == 0
    assert json.loads(run("admin", "list", "--json")[1]) == []


def test_a_second_factor_stored_as_it_is_is_encrypted_by_an_upgrade_and_by_a_restored_backup(
    run: Run, migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    run("admin", "add", "ann@example.org", "--role", "owner")
    url, secret = f"sqlite:///{migrated}", "JBSWY3DPEHPK3PXP"
    engine = connect(url)
    with writing(engine) as tx:
        ann = accounts.by_email(tx, "ann@example.org")
        assert ann
        accounts.encrypt_second_factor(tx, ann.id, secret)
    close(engine)
    assert run("backup", "old.backup")[0] == 0
    assert "The second factor of 1 account is now stored encrypted" in run("migrate")[2]
    assert "second factor" not in run("migrate")[2]
    monkeypatch.setenv("DAILYPAPERS_DATABASE__URL", f"sqlite:///{tmp_path / 'restored.db'}")
    assert run("restore", "old.backup")[0] == 0
    for database in (migrated, tmp_path / "restored.db"):
        assert secret.encode() not in database.read_bytes()
        engine = connect(f"sqlite:///{database}")
        with reading(engine) as tx:
            assert [account.has_second_factor for account in accounts.every(tx)] == [True]
        close(engine)
