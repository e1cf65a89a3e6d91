"""The audit log: newest first, page after page; an address is erased with its subscriber, its hash stays."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest

from dailypapers.store import audit
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase


def test_changes_come_newest_first_page_after_page(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        for number in range(5):
            about = f"hash {number % 2}"
            audit.note(tx, f"change {number}", actor="ann", now=now, address_hash=about, after={"n": number})
        first = audit.newest(tx, limit=2)
        second = audit.newest(tx, limit=2, before_id=first[-1].id)
        assert [entry.action for entry in first + second] == ["change 4", "change 3", "change 2", "change 1"]
        assert [entry.after for entry in audit.newest(tx, limit=9, address_hash="hash 1")] == [{"n": 3}, {"n": 1}]


def test_an_erased_address_leaves_a_keyed_hash(engine: sa.Engine, now: dt.datetime) -> None:
    digest = a_digest(engine)
    with writing(engine) as tx:
        for name in ("alice", "bob"):
            audit.note(tx, "suppression", actor="ann", now=now, address=f"{name}@example.org", address_hash=name)
        erase(tx, digest.reader)
        assert [(entry.address, entry.address_hash) for entry in audit.newest(tx, limit=9)] == [
            ("bob@example.org", "bob"),
            ("", "alice"),
        ]
