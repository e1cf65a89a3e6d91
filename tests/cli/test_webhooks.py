"""Webhooks from the command line: they are listed, tried out, and posted to again."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.conftest import Run
from tests.posted import listening
from tests.store.test_posts import NOW

from dailypapers.domain.event import EventKind
from dailypapers.store import events, posts
from dailypapers.store.database import connect, writing

SETTINGS = """
[mail]
from_address = "papers@example.org"
[service]
base_url = "https://papers.example.org"
[[webhooks.outgoing]]
name = "crm"
url = "{url}"
secret_file = "crm.txt"
events = ["edition.closed"]
allow_private = true
"""


@pytest.fixture
def database(migrated: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> sa.Engine:
    """The database of the folder the commands are run in."""
    del run
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    Path("crm.txt").write_text("k" * 32, "utf-8")
    return connect("sqlite:///dailypapers.db")


def test_a_webhook_is_listed_and_tried_out(run: Run, database: sa.Engine) -> None:
    with listening() as listener:
        Path("dailypapers.toml").write_text(SETTINGS.format(url=listener.url), "utf-8")
        (record,) = json.loads(run("webhooks", "list", "--json")[1])
        code, _, said = run("webhooks", "test", "crm")
        assert (code, said.strip()) == (0, "crm: answered 204.")
    assert listener.requests[0].body["type"] == "webhook.test"
    assert "webhook-signature" in listener.requests[0].headers
    assert record == {
        "name": "crm", "host": "127.0.0.1", "events": "edition.closed", "state": "not started yet",
        "queued": 0, "posted": 0, "dead": 0,
    }  # fmt: skip
    assert run("webhooks", "test", "crm")[0] == 1
    assert run("webhooks", "test", "other")[0] == 2
    database.dispose()


def test_what_was_given_up_is_queued_again(run: Run, database: sa.Engine) -> None:
    Path("dailypapers.toml").write_text(SETTINGS.format(url="https://crm.example/hook"), "utf-8")
    with writing(database) as tx:
        events.listen(tx, {"crm": frozenset({"edition.closed"})})
        events.note(tx, EventKind.EDITION_CLOSED, {}, now=NOW)
        events.disable(tx, "crm", now=NOW)
    (record,) = json.loads(run("webhooks", "list", "--json")[1])
    assert (record["state"], record["dead"]) == ("disabled: it answered 410", 1)
    assert "1 event is queued again" in run("webhooks", "retry", "crm")[2]
    (record,) = json.loads(run("webhooks", "list", "--json")[1])
    assert (record["state"], record["dead"], record["queued"]) == ("on", 0, 1)
    with writing(database) as tx:
        assert len(posts.listed(tx)) == 1
    database.dispose()
