"""Accounts from the command line: a link is printed, and never a password asked for."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run


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
