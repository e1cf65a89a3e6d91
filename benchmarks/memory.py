"""How much memory one delivery process takes, however many mails wait.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.memory [--rows 1000000] [--sent 4000]

So many rows wait in the outbox of a SQLite file; the first of them, which are sent, are whole digests of ten recorded
papers, the others have none. The process is asked to stop once it has sent its part. Printed is the largest size of the
process in memory, once with so many rows and once with those alone that are sent.
"""

import argparse
import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from benchmarks.delivery import CONNECTIONS, PICKS, sink_process
from benchmarks.mails import NOW, fill

from dailypapers.app import build
from dailypapers.delivery.deliver import deliver_once
from dailypapers.domain.paper import Paper
from dailypapers.settings import Settings
from dailypapers.sources.file import read_papers
from dailypapers.store import editions
from dailypapers.store.database import close, connect, migrate, writing
from dailypapers.store.schema import outbox, subscribers

_PAPERS = 300


def main() -> None:
    """Measure and print; or, called by itself, be the process that sends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sent", type=int, default=4000)
    parser.add_argument("--settings", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.settings:
        send(asked.settings, asked.sent)
        return
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
          f"Python {platform.python_version()}")  # fmt: skip
    file = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz"
    papers = [item.paper for item in read_papers(file, now=NOW).announcements][-_PAPERS:]
    for rows in (asked.sent, asked.rows):
        with tempfile.TemporaryDirectory() as folder:
            queue(Path(folder) / "papers.db", papers, rows, asked.sent)
            megabytes = measured(Path(folder), asked.sent)
        print(f"{rows:>9,} rows queued, {asked.sent:,} sent: {megabytes:.0f} MB", flush=True)


def measured(folder: Path, sent: int) -> float:
    """Return the megabytes of a process that sends so many of the mails that wait."""
    settings = folder / "settings.json"
    with sink_process() as (port, count):
        mail = {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "papers@example.org"}
        told = {
            "secret": "benchmark",
            "database": {"url": f"sqlite:///{folder / 'papers.db'}"},
            "mail": mail | {"connections": CONNECTIONS, "processes": 1},
        }
        settings.write_text(json.dumps(told), "utf-8")
        command = [sys.executable, "-m", "benchmarks.memory", "--settings", str(settings), "--sent", str(sent)]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
        assert count() >= sent
    return float(out.stdout.splitlines()[-1])


def queue(file: Path, papers: Sequence[Paper], rows: int, sent: int) -> None:
    """Make a database in which so many digests wait, of which the first have papers."""
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    last = fill(engine, papers, sent, PICKS)[-1]
    with writing(engine) as tx:
        copy_subscribers(tx, last.subscriber, rows - sent)
        editions.count_due(tx, last.edition or 0, copy_deliveries(tx, last.id))
    close(engine)


def copy_subscribers(tx: sa.Connection, subscriber_id: int, copies: int) -> None:
    """Add so many subscribers like one."""
    numbers = sa.select(sa.literal(1).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.number + 1).where(numbers.c.number < copies))
    made = {
        "address": sa.literal("copy") + sa.cast(numbers.c.number, sa.Text) + "@example.org",
        "link_key": sa.func.hex(sa.func.randomblob(16)),
    }
    names = [column.name for column in subscribers.c if column.name != "id"]
    values = [made.get(name, subscribers.c[name]) for name in names]
    copied = sa.select(*values).select_from(subscribers.join(numbers, sa.true()))
    tx.execute(
        subscribers.insert().from_select(names, copied.where(subscribers.c.id == subscriber_id, sa.literal(copies) > 0))
    )


def copy_deliveries(tx: sa.Connection, delivery_id: int) -> int:
    """Queue a mail like one, but without papers, for every subscriber who has none; returns how many."""
    has_one = sa.exists().where(outbox.c.subscriber_id == subscribers.c.id).correlate(subscribers)
    without = sa.select(subscribers.c.id, subscribers.c.address).where(~has_one).subquery()
    made = {"subscriber_id": without.c.id, "address": without.c.address}
    names = [column.name for column in outbox.c if column.name != "id"]
    values = [made.get(name, outbox.c[name]) for name in names]
    copied = sa.select(*values).select_from(outbox.join(without, sa.true())).where(outbox.c.id == delivery_id)
    insert = outbox.insert().from_select(names, copied)
    return tx.execute(insert, execution_options={"preserve_rowcount": True}).rowcount


def send(settings_file: Path, most: int) -> None:
    """Send until so many are sent; print how many megabytes that took."""
    app = build(Settings.model_validate_json(settings_file.read_text("utf-8")))
    stop, told = threading.Event(), Counter[str]()

    def count(answers: int) -> None:
        told["sent"] += answers
        if told["sent"] >= most:
            stop.set()

    deliver_once(app.dependencies.sending, clock=lambda: NOW, on_progress=count, stop=stop)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


if __name__ == "__main__":
    main()
