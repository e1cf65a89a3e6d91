"""What a digest costs from its queued row to its recorded answer, beside senders that others have built.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.delivery [--readers 4000] [--rounds 5] [--nodemailer FOLDER]

Readers share one edition of recorded papers; each digest is its reader's own. Every sender runs in a process of its
own, on one core where the machine lets it be chosen, against the same sink: it takes everything, counts, and is cheap.
The senders take turns, so that a busy moment of the machine is everybody's; a row is the median of the rounds. Compare
the processor time: rates also depend on the sink.

With `--processes 2` our own also send by two processes on two cores. What they are compared by is the rate. A process
takes a second or two to begin, so that this wants many readers; and the sink a part of a core, so that on two it is
among what they wait for.

Peers run where they are found: `smtp-source` of Postfix on the PATH (one ready-made mail of the same size, again and
again), and nodemailer in FOLDER/node_modules (a mail built for each reader, without templates), signing and not.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.mails import NOW, fill
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dailypapers.app import build
from dailypapers.delivery.deliver import deliver_once
from dailypapers.digests import layout
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import DeliveryState
from dailypapers.library.gc_freeze import collect_less_often
from dailypapers.settings import Settings
from dailypapers.sources.file import read_papers
from dailypapers.store.database import close, connect, migrate, reading

PICKS = 10
CONNECTIONS = 10
_DOT = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Run:
    """One sender's run: how many mails the sink took, the seconds and processor seconds they took, and megabytes."""

    mails: int
    seconds: float
    processor: float
    memory: float = 0


def main() -> None:
    """Measure and print; or, called by itself, be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readers", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument(
        "--processes",
        type=int,
        default=1,
        help="how many send together in two more rows, each over as many connections",
    )
    parser.add_argument("--nodemailer", type=Path, help="a folder with nodemailer in its node_modules")
    parser.add_argument("--be", choices=["sink", "sender"], help=argparse.SUPPRESS)
    parser.add_argument("--settings", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.be == "sink":
        asyncio.run(sink())
    elif asked.be == "sender":
        send(asked.settings)
    else:
        with tempfile.TemporaryDirectory() as folder:
            Benchmark(Path(folder), asked.readers, asked.papers, asked.nodemailer, asked.processes).report(asked.rounds)


class _Session(asyncio.Protocol):
    """One connection to the sink: offers what large servers offer, and takes every mail."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._left, self._in_mail = transport, b"", False
        transport.write(b"220 sink.example.org ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and each mail once its final dot is there."""
        self._left += data
        answers = []
        while answer := self._next():
            answers.append(answer)
        self._transport.write(b"".join(answers))

    def _next(self) -> bytes:
        if self._in_mail:
            return self._mail()
        line, found, left = self._left.partition(b"\r\n")
        if not found:
            return b""
        self._left = left
        match line[:4].upper():
            case b"EHLO":
                return b"250-sink.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
            case b"DATA":
                self._in_mail = True
                return b"354 go on\r\n"
            case b"QUIT":
                return b"221 bye\r\n"
        return b"250 ok\r\n"

    def _mail(self) -> bytes:
        end = self._left.find(_DOT)
        if end < 0:
            return b""
        self._left, self._in_mail = self._left[end + len(_DOT) :], False
        _Session.taken += 1
        return b"250 2.0.0 taken as %d\r\n" % _Session.taken


async def sink() -> None:
    """Take mails; print the port at first, and the count for every line read until there is none."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Session, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(_Session.taken, flush=True)


def send(settings_file: Path) -> None:
    """Deliver what is queued; print what it took. What readers share is made by the first mails, as in any run."""
    collect_less_often()  # As every command does.
    app = build(Settings.model_validate_json(settings_file.read_text("utf-8")))
    wall, processor = time.perf_counter(), time.process_time()
    done = deliver_once(app.dependencies.sending, clock=lambda: NOW)
    beside = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = time.process_time() - processor + beside.ru_utime + beside.ru_stime
    taken = {"seconds": time.perf_counter() - wall, "processor": processor}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({**taken, "mails": done.states[DeliveryState.ACCEPTED], "memory": memory}))


_NODE = """
import nodemailer from 'nodemailer';
import { readFileSync } from 'node:fs';
const [port, count, mail, key] = process.argv.slice(2);
const { subject, text, html } = JSON.parse(readFileSync(mail));
const dkim = key && { domainName: 'example.org', keySelector: 'daily', privateKey: readFileSync(key, 'utf8') };
const pool = nodemailer.createTransport({
  pool: true, maxConnections: 10, maxMessages: Infinity, host: '127.0.0.1', port: Number(port), secure: false,
  ignoreTLS: true, ...(dkim ? { dkim } : {}),
});
const started = process.hrtime.bigint(), before = process.cpuUsage();
let next = 0;
async function work() {
  while (next < Number(count)) {
    const reader = `reader${next++}@example.org`;
    await pool.sendMail({
      from: 'Daily Papers <papers@example.org>', to: reader, subject,
      text: text.replaceAll('reader0@example.org', reader), html: html.replaceAll('reader0@example.org', reader),
      list: { unsubscribe: { url: `https://papers.example.org/unsubscribe/${reader}` } },
    });
  }
}
await Promise.all(Array.from({ length: 20 }, work));
const { user, system } = process.cpuUsage(before);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(JSON.stringify({ mails: Number(count), seconds, processor: (user + system) / 1e6 }));
pool.close();
"""


class Benchmark:
    """The readers and their digests, a sink, and everybody who sends to it in turns."""

    def __init__(
        self, folder: Path, readers: int, papers: int, nodemailer: Path | None = None, processes: int = 1
    ) -> None:
        self._folder, self._readers, self._processes = folder, readers, processes
        self._nodemailer = nodemailer
        self._key = folder / "dkim.pem"
        key = rsa.generate_private_key(65537, 2048)
        kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        self._key.touch(0o600)
        self._key.write_bytes(key.private_bytes(kind, form, serialization.NoEncryption()))
        self._filled = folder / "filled.db"
        self._mail, self._size = self._prepare(papers)

    def _prepare(self, papers: int) -> tuple[Path, int]:
        """Queue the digests; returns one of them for the peers to send, and its size."""
        file = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz"
        items = sorted(read_papers(file, now=NOW).announcements, key=lambda item: (item.day, str(item.paper.id)))
        engine = connect(f"sqlite:///{self._filled}")
        migrate(engine)
        deliveries = fill(engine, [item.paper for item in items[-papers:]], self._readers, PICKS)
        app = build(Settings.model_validate(self._settings(self._filled, port=25, signed=False)))
        with reading(app.engine) as tx:
            (first,) = load_inputs(tx, deliveries[:1])
        message = layout.message(app.dependencies.renderer, first)
        size = len(layout.mail(app.dependencies.renderer, first)[1].content)
        close(app.engine)
        close(engine)
        written = self._folder / "mail.json"
        one = {"subject": message.subject, "text": message.text, "html": message.html}
        written.write_text(json.dumps(one), "utf-8")
        return written, size

    def _settings(self, database: Path, *, port: int, signed: bool, processes: int = 1) -> dict[str, object]:
        mail: dict[str, object] = {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "from_address": "papers@example.org",
            "connections": CONNECTIONS * processes,
            "mails_per_connection": 1_000_000,
            "processes": processes,
        }
        service = {"base_url": "https://papers.example.org"}
        url = {"url": f"sqlite:///{database}"}
        dkim = {"domain": "example.org", "selector": "daily", "key_file": str(self._key)} if signed else {}
        return {"secret": "benchmark", "service": service, "database": url, "mail": mail, "dkim": dkim}

    def report(self, rounds: int) -> None:
        """Print a row for each sender, in turns."""
        runs: dict[str, list[Run]] = defaultdict(list)
        with sink_process() as (port, count):
            senders = self._senders(port)
            for done in range(rounds):
                for name, command in senders.items():
                    before = count()
                    run = self._run(name, command, port)
                    taken = count() - before
                    assert taken == run.mails == self._readers, f"{name}: the sink took {taken} of {self._readers}"
                    runs[name].append(run)
                print(f"round {done + 1} of {rounds}", file=sys.stderr, flush=True)
        print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, "
              f"Python {platform.python_version()}")  # fmt: skip
        print(f"{self._readers:,} readers, {PICKS} papers each, {self._size / 1000:.1f} KB a mail; "
              f"medians of {rounds} rounds; openssl signs {signatures():,.0f} times a second (RSA-2048)")  # fmt: skip
        for name, each in runs.items():
            processor = statistics.median(run.processor / run.mails for run in each) * 1000
            rate = statistics.median(run.mails / run.seconds for run in each)
            memory = max(run.memory for run in each)
            print(f"{name:<32}{processor:>8.3f} ms of the processor a mail{rate:>9,.0f} mails/s"
                  f"{f'{memory:>9,.0f} MB' if memory else ''}")  # fmt: skip

    def _senders(self, port: int) -> Mapping[str, Sequence[str]]:
        """The commands; a sender that is not installed is left out, and said so."""
        me = [sys.executable, "-m", "benchmarks.delivery", "--be", "sender", "--settings"]
        senders: dict[str, Sequence[str]] = {
            "dailypapers": [*me, "unsigned 1"],
            "dailypapers, signed": [*me, "signed 1"],
        }
        if self._processes > 1:
            together = f"dailypapers by {self._processes} processes"
            senders[together] = [*me, f"unsigned {self._processes}"]
            senders[f"{together}, signed"] = [*me, f"signed {self._processes}"]
        if source := shutil.which("smtp-source"):
            sized = ["-l", str(self._size), "-m", str(self._readers), "-s", str(CONNECTIONS)]
            senders["smtp-source, ready-made"] = [source, "-d", *sized, "-f", "a@b.example", f"127.0.0.1:{port}"]
        else:
            print("smtp-source is not installed and left out", file=sys.stderr)
        if self._nodemailer:
            script = self._nodemailer / "send.mjs"
            script.write_text(_NODE, "utf-8")
            node = ["node", str(script), str(port), str(self._readers), str(self._mail)]
            senders |= {"nodemailer": node, "nodemailer, signed": [*node, str(self._key)]}
        else:
            print("nodemailer is left out: --nodemailer says where it is", file=sys.stderr)
        return senders

    def _run(self, name: str, command: Sequence[str], port: int) -> Run:
        """Run one sender to its end, on one core, or as many as it has processes."""
        processes = 1
        if name.startswith("dailypapers"):
            kind, count = command[-1].split()
            processes = int(count)
            database, settings = self._folder / "run.db", self._folder / "settings.json"
            for left in ("-wal", "-shm"):
                database.with_name(f"run.db{left}").unlink(missing_ok=True)
            shutil.copyfile(self._filled, database)
            made = self._settings(database, port=port, signed=kind == "signed", processes=processes)
            settings.write_text(json.dumps(made), "utf-8")
            command = [*command[:-1], str(settings)]
        started, before = time.perf_counter(), os.times()
        keep = partial(on_cores, processes)
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, preexec_fn=keep)  # noqa: S603 - our own commands; no threads here
        after = os.times()
        if name.startswith("smtp-source"):
            processor = after.children_user + after.children_system - before.children_user - before.children_system
            return Run(self._readers, time.perf_counter() - started, processor)
        told = json.loads(out.stdout.splitlines()[-1])
        return Run(told["mails"], told["seconds"], told["processor"], told.get("memory", 0))


@contextmanager
def sink_process() -> Iterator[tuple[int, "Count"]]:
    """A sink in a process of its own: its port, and what asks it how many mails it has taken."""
    command = [sys.executable, "-m", "benchmarks.delivery", "--be", "sink"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), Count(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


@dataclass(frozen=True, slots=True)
class Count:
    """Asks the sink how many mails it has taken."""

    process: "subprocess.Popen[str]"

    def __call__(self) -> int:
        """Return the count."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


def on_cores(count: int) -> None:
    """Keep a sender to the first cores, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(range(count)) & os.sched_getaffinity(0))


def signatures() -> float:
    """RSA-2048 signatures a second on one core, by `openssl speed`; 0 where there is none."""
    openssl = shutil.which("openssl")
    if not openssl:
        return 0
    out = subprocess.run([openssl, "speed", "-seconds", "2", "rsa2048"], capture_output=True, text=True, check=True)  # noqa: S603 - a program of the system
    match = re.search(r"rsa 2048 bits\s+\S+\s+\S+\s+([\d.]+)", out.stdout)
    return float(match[1]) if match else 0


if __name__ == "__main__":
    main()
