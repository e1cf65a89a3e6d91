"""The audit log: a page, and all of it as CSV (RFC 4180)."""

import csv
import io
import json
from collections.abc import Iterator

from fastapi.responses import Response, StreamingResponse

from dailypapers.store import audit
from dailypapers.store.audit import Entry
from dailypapers.store.database import reading
from dailypapers.web.admin.gate import Visit
from dailypapers.web.admin.subscribers import PAGE, number_behind

_COLUMNS = ("at", "actor", "action", "address", "address_hash", "before", "after")
#: What a spreadsheet would take for a formula begins with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show(visit: Visit) -> Response:
    """Show changes, newest first; those about one address where it is given."""
    address = visit.query("address").lower()
    about = visit.hash_of(address) if address else None
    with reading(visit.context.engine) as tx:
        entries = audit.newest(tx, limit=PAGE + 1, before_id=number_behind(visit, "before"), address_hash=about)
    return visit.page("audit", entries=entries[:PAGE], has_more=len(entries) > PAGE, address=address)


def file(visit: Visit) -> Response:
    """Show all changes as CSV."""
    name = f"audit-{visit.now:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(visit), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(visit: Visit) -> Iterator[str]:
    yield _line(_COLUMNS)
    before_id: int | None = None
    while True:
        # A transaction for each part: a slow reader holds none open.
        with reading(visit.context.engine) as tx:
            entries = audit.newest(tx, limit=1000, before_id=before_id)
        if not entries:
            return
        yield "".join(_line(_cells(entry)) for entry in entries)
        before_id = entries[-1].id


def _cells(entry: Entry) -> tuple[str, ...]:
    values = (
        json.dumps(each, ensure_ascii=False, sort_keys=True) if each else "" for each in (entry.before, entry.after)
    )
    moment = entry.at.isoformat(timespec="seconds")
    return (moment, entry.actor, entry.action, entry.address, entry.address_hash, *values)


def _line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return written.getvalue()
