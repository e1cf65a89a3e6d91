"""The audit log: by address, page after page, and as CSV that no spreadsheet runs."""

import csv
import io

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import Operator
from tests.web.conftest import NOW, SIGNER

from dailypapers.store import audit
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase
from dailypapers.web.admin.subscribers import PAGE


def noted(tx: sa.Connection, address: str, reason: str = "") -> None:
    hashed = SIGNER.keyed_hash("audit", address)
    audit.note(tx, "suppression", actor="=1+1", now=NOW, address=address, address_hash=hashed, after={"reason": reason})


async def test_changes_about_an_address_are_found_also_after_it_is_erased(viewer: Operator, engine: sa.Engine) -> None:
    assert "Nothing has been changed" in await viewer.look("/audit")
    got = a_digest(engine)
    with writing(engine) as tx:
        noted(tx, "alice@example.org")
        noted(tx, "bob@example.org")
    page = await viewer.look("/audit?address=Alice@example.org")
    assert ("alice@example.org</a>" in page, "bob@example.org" in page) == (True, False)
    with writing(engine) as tx:
        erase(tx, got.reader)
    page = await viewer.look("/audit?address=alice@example.org")
    assert SIGNER.keyed_hash("audit", "alice@example.org")[:12] in page
    assert "alice@example.org" not in (await viewer.client.get("/admin/audit.csv")).text


async def test_a_long_log_comes_a_page_at_a_time_and_whole_as_csv(viewer: Operator, engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for number in range(PAGE + 1):
            noted(tx, f"reader{number}@example.org", reason=f"reason {number}")
    page = await viewer.look("/audit")
    assert ("reason 50" in page, "reason 0" in page, "/admin/audit?before=2" in page) == (True, False, True)
    page = await viewer.look("/audit?before=2")
    assert ("reason 0" in page, "reason 1" in page, 'rel="next"' in page) == (True, False, False)
    answer = await viewer.client.get("/admin/audit.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-2026-04-20.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert (len(rows), rows[0]["actor"], rows[0]["address"]) == (PAGE + 1, "'=1+1", "reader50@example.org")
    assert rows[0]["after"] == '{"reason": "reason 50"}'
