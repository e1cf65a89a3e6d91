"""Keys from the command line: shown once, listed without what is secret, revoked; changes are in the audit log."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from dailypapers.store import audit
from dailypapers.store.database import connect, reading

SETTINGS = '[mail]\nfrom_address = "papers@example.org"\n[service]\nbase_url = "https://papers.example.org"\n'


@pytest.fixture(autouse=True)
def _set_up(run: Run, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    Path("dailypapers.toml").write_text(SETTINGS, "utf-8")


def noted() -> list[tuple[str, str, str]]:
    engine = connect("sqlite:///dailypapers.db")
    with reading(engine) as tx:
        entries = [(entry.actor, entry.action, entry.address) for entry in audit.newest(tx, limit=50)]
    engine.dispose()
    return entries[::-1]


def test_a_key_is_added_listed_and_revoked(run: Run) -> None:
    code, printed, said = run("api-keys", "add", "website", "--scope", "subscribers:read", "--days", "30")
    assert (code, printed[:4], len(printed.strip()), "cannot be shown again" in said) == (0, "dpk_", 56, True)
    listed = run("api-keys", "list", "--json")[1]
    (key,) = json.loads(listed)
    assert (key["name"], key["state"], key["scopes"]) == ("website", "live", "subscribers:read")
    assert key["last_used"] is None
    assert printed.startswith(key["prefix"])
    assert printed.strip() not in listed
    assert run("api-keys", "revoke", key["prefix"])[0] == 0
    assert json.loads(run("api-keys", "list", "--json")[1])[0]["state"] == "revoked"
    assert [action for _, action, _ in noted()] == ["api key", "api key revoked"]


def test_an_unknown_scope_is_refused(run: Run) -> None:
    code, _, said = run("api-keys", "add", "website", "--scope", "everything")
    assert (code, "subscribers:read" in said) == (2, True)


def test_what_commands_change_of_subscribers_is_in_the_audit_log(run: Run) -> None:
    Path("more.jsonl").write_text('{"address": "bob@example.org"}\n', "utf-8")
    for words in (
        ("add", "ann@example.org"),
        ("add", "ann@example.org", "--hour", "9"),
        ("add", "cal@example.org", "--confirm"),
        ("import", "more.jsonl", "--consent", "by hand", "--dry-run"),
        ("import", "more.jsonl", "--consent", "by hand"),
        ("lift", "ann@example.org"),
        ("remove", "bob@example.org"),
        ("remove", "ann@example.org", "--erase"),
    ):
        assert run("subscribers", *words)[0] == 0, words
    assert noted() == [
        ("command line", "subscriber added", ""),
        ("command line", "subscriber changed", ""),
        ("command line", "subscription requested", "cal@example.org"),
        ("command line", "subscribers imported", ""),
        ("command line", "subscriber unsubscribed", "bob@example.org"),
        ("command line", "subscriber erased", ""),
    ]
