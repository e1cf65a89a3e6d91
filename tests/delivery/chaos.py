"""Chaos: senders are killed at every point at which something has just become durable or has just left, and at random.

    two senders | one mail server of its own process, which counts for itself | kill | restart | compare

The disk fills up as well, and PostgreSQL itself crashes or is frozen. The product knows nothing of it: what counts the
points and kills is put around commits and socket writes here, in the sender's process. `make chaos` kills a thousand
times; tests/delivery/test_chaos.py is the short form.
"""

import argparse
import asyncio
import datetime as dt
import faulthandler
import itertools
import logging
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from asyncio import selector_events
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from tests.delivery.queued import renderer
from tests.playing_postgres import can_crash, crash, freeze, playing_postgres, restart, thaw
from tests.running import PRELOADED

from dailypapers.delivery.deliver import Sending, deliver_once
from dailypapers.delivery.send import SenderOptions
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.errors import DatabaseUnreachable
from dailypapers.mail.smtp import pipeline
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.store import editions, outbox, papers, subscribers
from dailypapers.store.database import close, connect, migrate, reading, writing
from dailypapers.store.ledger import ledgers

#: Mails of a round, connections of a sender, and senders at once.
MAILS = 12
CONNECTIONS = 3
SENDERS = 2
#: Seconds for which the disk is full, or the database server away.
FULL_FOR, AWAY_FOR = 0.5, 0.5
#: Seconds after which a sender says where it is, and after which it counts as hanging: one of the lowest priority
#: beside others that take the whole processor took forty times as long as alone.
SLOW, LONGEST = 60, 300
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload([*PRELOADED, "tests.delivery.chaos"])
_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


# What runs in a sender's process.


def send(url: str, port: int, kill_at: int, note: Path, full_at: int = 0) -> None:
    """Send what is due, and die at the point of that number; 0 is never. Notes when a first byte left, and the points.

    Points are right before and right after each commit and each write to a socket. At the point `full_at` no file can
    grow for a moment, as if the disk were full.
    """
    faulthandler.dump_traceback_later(SLOW, repeat=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    engine = connect(url)
    _die_at(engine, kill_at, note, full_at)
    server = MailServer("127.0.0.1", port, "none", timeout=5)

    def options() -> SenderOptions:
        return SenderOptions(SmtpTransport(server, connections=CONNECTIONS), "chaos")

    # Cut off from its database at its beginning or its end it says so; the next one goes on.
    with suppress(DatabaseUnreachable):
        deliver_once(Sending(engine, renderer(), options), clock=_now)
    close(engine)
    with suppress(OSError), note.open("a") as file:
        file.write(f"points {next(_points) - 1}\n")


_points = itertools.count(1)


def _die_at(engine: sa.Engine, kill_at: int, note: Path, full_at: int) -> None:
    transport: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]  # noqa: SLF001 - every socket write comes by here
    commit, write, write_pieces = engine.dialect.do_commit, transport.write, os.writev
    wrote: list[float] = []

    def written(self: Any, data: bytes) -> None:
        if not wrote and data.startswith(b"MAIL"):
            wrote.append(time.monotonic())
            with suppress(OSError):
                note.write_text(f"began {wrote[0]}\n")
        _point(kill_at, full_at)
        write(self, data)
        _point(kill_at, full_at)

    def wrote_pieces(file: int, pieces: Any) -> int:
        _point(kill_at, full_at)
        count = write_pieces(file, pieces)
        _point(kill_at, full_at)
        return count

    def committed(connection: Any) -> None:
        _point(kill_at, full_at)
        commit(connection)
        _point(kill_at, full_at)

    transport.write, pipeline.write_pieces = written, wrote_pieces
    setattr(engine.dialect, "do_commit", committed)  # noqa: B010 - only here is it another one


def _point(kill_at: int, full_at: int) -> None:
    point = next(_points)
    if point == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
    if point == full_at:
        _fill_the_disk()


def _fill_the_disk() -> None:
    """Have every write to a file fail for a moment; Python is not killed for it, and gets an error."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    threading.Timer(FULL_FOR, resource.setrlimit, (resource.RLIMIT_FSIZE, before)).start()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


# The mail server, in a process of its own.


def sink(ports: Any, received: Path) -> None:
    """Take every mail and note it before the answer leaves: one line a mail, recipient and Message-ID."""
    asyncio.run(_serve(ports, received))


async def _serve(ports: Any, received: Path) -> None:
    handle = os.open(received, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    server = await asyncio.get_running_loop().create_server(lambda: _Sink(handle), "127.0.0.1", 0)
    ports.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Sink(asyncio.Protocol):
    """A conversation; it may be pipelined."""

    def __init__(self, received: int) -> None:
        self._received = received
        self._bytes = b""
        self._recipient = b""
        self._in_mail = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 sink ready\r\n")

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        while self._take_one():
            pass

    def _take_one(self) -> bool:
        end = b"\r\n.\r\n" if self._in_mail else b"\r\n"
        taken, found, rest = self._bytes.partition(end)
        if not found:
            return False
        self._bytes = rest
        self._transport.write((self._mail(taken) if self._in_mail else self._command(taken)) + b"\r\n")
        return True

    def _mail(self, content: bytes) -> bytes:
        self._in_mail = False
        name = _MESSAGE_ID.search(content)
        os.write(self._received, self._recipient + b" " + (name[1] if name else b"none") + b"\n")
        return b"250 2.0.0 queued"

    def _command(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
        self._in_mail = word == b"DATA"
        replies = {b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME", b"DATA": b"354 go on", b"QUIT": b"221 bye"}
        return replies.get(word, b"250 ok")


# What drives them.


@dataclass
class Figures:
    """What came of all rounds on one database."""

    database: str
    rounds: int = 0
    kills: int = 0
    due: int = 0
    received: int = 0
    lost: int = 0
    doubled: int = 0
    in_doubt: int = 0
    """Mails that kills left in doubt, and the most that one did."""
    most_in_doubt: int = 0
    foreign_ids: int = 0
    """Doubles under another Message-ID."""
    residue: int = 0
    unbalanced: int = 0
    seconds: list[float] = field(default_factory=list)
    """Until a restarted sender's first mail began."""

    def row(self) -> str:
        """Return the figures as a row of a table."""
        slowest = max(self.seconds, default=0)
        mails = (self.due, self.received, self.lost, self.doubled)
        doubts = (self.in_doubt, self.most_in_doubt, self.foreign_ids, self.residue + self.unbalanced)
        cells = (self.database, self.rounds, self.kills, *mails, *doubts, f"{slowest:.1f}")
        return "| " + " | ".join(str(cell) for cell in cells) + " |"


HEAD = (
    "| database | rounds | kills | due | received | lost | doubled | left in doubt | most by one kill "
    "| other Message-ID | residue | slowest restart, s |\n" + "|---" * 12 + "|"
)


@dataclass
class Arena:
    """A database of which each round has a copy, and a mail server."""

    database: str
    url: Callable[[], str]
    """Makes a copy; returns where it is."""
    port: int
    received: Path
    folder: Path

    def start(self, url: str, kill_at: int, full_at: int = 0) -> "Sender":
        """Start a sender in a process of its own."""
        note = self.folder / f"note-{random.getrandbits(64):x}"
        process = _FORKS.Process(target=send, args=(url, self.port, kill_at, note, full_at))
        began = time.monotonic()
        process.start()
        return Sender(process, note, began)


@dataclass
class Sender:
    """A sender's process."""

    process: Any
    note: Path
    began: float

    def wait(self) -> bool:
        """Wait until it ends; returns whether it was killed."""
        self.process.join(LONGEST)
        ended = self.process.exitcode
        assert ended is not None, "a sender hangs"
        assert ended in {0, -signal.SIGKILL}, f"a sender ended with {ended}"
        self.process.close()
        return bool(ended)

    def kill_after(self, seconds: float) -> None:
        """Kill it at whatever it does by then."""
        self.process.join(seconds)
        self.process.kill()

    def noted(self, what: str) -> float:
        """Return what it noted, 0 if it did not."""
        text = self.note.read_text() if self.note.exists() else ""
        return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(what)), 0)


def points(arena: Arena) -> int:
    """Return how many points a sender comes by that is left alone."""
    sender = arena.start(arena.url(), 0)
    assert not sender.wait()
    return int(sender.noted("points"))


def a_round(arena: Arena, figures: Figures, *kills: float) -> None:
    """Kill senders one after the other, two at work at a time, then leave one alone, and compare.

    A whole number is the point at which to die, a fraction the seconds after which to be killed.
    """
    url = arena.url()
    arena.received.write_bytes(b"")
    engine = connect(url)
    for group in (kills[n : n + SENDERS] for n in range(0, len(kills), SENDERS)):
        at_work = [(arena.start(url, kill if isinstance(kill, int) else 0), kill) for kill in group]
        for sender, kill in at_work:
            if isinstance(kill, float):
                sender.kill_after(kill)
        killed = sum(sender.wait() for sender, _ in at_work)
        figures.kills += killed
        left = _left_in_doubt(engine)
        figures.in_doubt += sum(left.values())
        figures.most_in_doubt = max([figures.most_in_doubt, *left.values()])
    waiting = _waiting(engine)
    last = arena.start(url, 0)
    assert not last.wait()
    if waiting:
        figures.seconds.append(last.noted("began") - last.began)
    _compare(engine, arena, figures)
    engine.dispose()


def a_full_disk(arena: Arena, figures: Figures, *full_at: int) -> None:
    """Let two senders run out of disk, each at a point of its own, and compare: nobody is killed."""
    url = arena.url()
    arena.received.write_bytes(b"")
    at_work = [arena.start(url, 0, point) for point in full_at]
    assert not any(sender.wait() for sender in at_work)
    _finish(arena, figures, url)


def an_outage(arena: Arena, figures: Figures, server: str, after: int, *, frozen: bool = False) -> None:
    """Have the database server crash once so many mails have arrived, start it again, and compare.

    One that is `frozen` does not crash: it answers nobody for as long, and then goes on.
    """
    url = arena.url()
    arena.received.write_bytes(b"")
    at_work = [arena.start(url, 0) for _ in range(SENDERS)]
    until = time.monotonic() + LONGEST
    while len(arena.received.read_bytes().splitlines()) < after and time.monotonic() < until:
        time.sleep(0.001)
    go, come_back = (freeze, thaw) if frozen else (crash, restart)
    go(server)
    time.sleep(AWAY_FOR)
    come_back(server)
    figures.kills += not frozen
    assert not any(sender.wait() for sender in at_work)
    _finish(arena, figures, url)


def _finish(arena: Arena, figures: Figures, url: str) -> None:
    """Send what is left, and compare."""
    engine = connect(url)
    left = _left_in_doubt(engine)
    figures.in_doubt += sum(left.values())
    last = arena.start(url, 0)
    assert not last.wait()
    _compare(engine, arena, figures)
    engine.dispose()


def _left_in_doubt(engine: sa.Engine) -> dict[str, int]:
    """How many mails each dead sender had handed over without noting an answer."""
    query = sa.text(
        "SELECT a.worker, count(*) FROM attempts a JOIN outbox o ON o.id = a.delivery_id AND o.claimed_by = a.worker "
        "WHERE o.state = 'claimed' AND a.handed_over_at IS NOT NULL AND a.answered_at IS NULL GROUP BY a.worker"
    )
    with reading(engine) as tx:
        return {row[0]: row[1] for row in tx.execute(query)}


def _waiting(engine: sa.Engine) -> int:
    with reading(engine) as tx:
        return int(tx.execute(sa.text("SELECT count(*) FROM outbox WHERE state <> 'accepted'")).scalar_one())


def _compare(engine: sa.Engine, arena: Arena, figures: Figures) -> None:
    lines = [line.split() for line in arena.received.read_text("ascii").splitlines()]
    copies = Counter(recipient for recipient, _ in lines)
    with reading(engine) as tx:
        [ledger] = ledgers(tx)
    figures.rounds += 1
    figures.due += ledger.due
    figures.received += len(lines)
    figures.lost += ledger.due - len(copies)
    figures.doubled += len(lines) - len(copies)
    figures.foreign_ids += len({tuple(line) for line in lines}) - len(copies)
    figures.residue += abs(ledger.residue)
    figures.unbalanced += not ledger.balanced


def fill(engine: sa.Engine, mails: int = MAILS, *, now: dt.datetime | None = None) -> None:
    """An edition of one paper, and a digest for each of some readers in the outbox, as of `now` or this moment."""
    now = now or _now()
    reason = Reason((Term(TermKind.WORDS, "state space", 0.5, "state space models"),))
    with writing(engine) as tx:
        paper = Paper(PaperId.parse("2604.01234"), "A Paper With a Title")
        papers.add(tx, [Announcement(paper, "arxiv", now.date())], now=now)
        edition = editions.close(tx, now.date(), now=now).id
        for n in range(mails):
            address = f"reader{n}@example.org"
            about = {"rhythm": Rhythm(), "amount": Amount(5), "consent": Consent("test"), "now": now}
            reader = subscribers.add(tx, address, state=SubscriberState.ACTIVE, **about)  # type: ignore[arg-type]
            assert reader is not None
            picks = (Pick("arxiv:2604.01234", 0.5, reason, paper_id=1),)
            deadline = now + dt.timedelta(hours=20)
            outbox.put(tx, [outbox.NewDelivery(reader, address, MailKind.DIGEST, deadline, edition, picks)], now=now)
        editions.count_due(tx, edition, mails)


@contextmanager
def arena_on_sqlite(folder: Path) -> Iterator[Arena]:
    """An arena whose rounds each have a SQLite file of their own."""
    template = folder / "template.db"
    engine = connect(f"sqlite:///{template}")
    migrate(engine)
    fill(engine)
    close(engine)

    def copy() -> str:
        for old in folder.glob("round.db*"):
            old.unlink()
        return f"sqlite:///{shutil.copyfile(template, folder / 'round.db')}"

    with _with_sink("SQLite", copy, folder) as arena:
        yield arena


@contextmanager
def arena_on_postgres(server: str, folder: Path, mails: int = MAILS) -> Iterator[Arena]:
    """An arena whose rounds each have a PostgreSQL database of their own."""
    url = sa.make_url(server)
    admin = connect(url.set(database="postgres").render_as_string(hide_password=False))
    _run(admin, "DROP DATABASE IF EXISTS chaos", "CREATE DATABASE chaos")
    engine = connect(url.set(database="chaos").render_as_string(hide_password=False))
    migrate(engine)
    fill(engine, mails)
    engine.dispose()

    def copy() -> str:
        _run(admin, "DROP DATABASE IF EXISTS chaos_round WITH (FORCE)", "CREATE DATABASE chaos_round TEMPLATE chaos")
        return url.set(database="chaos_round").render_as_string(hide_password=False)

    try:
        with _with_sink("PostgreSQL", copy, folder) as arena:
            yield arena
    finally:
        _run(admin, "DROP DATABASE IF EXISTS chaos_round WITH (FORCE)", "DROP DATABASE chaos")
        admin.dispose()


def _run(admin: sa.Engine, *statements: str) -> None:
    with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def _with_sink(database: str, copy: Callable[[], str], folder: Path) -> Iterator[Arena]:
    received = folder / "received"
    ports, ports_there = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=sink, args=(ports_there, received))
    process.start()
    try:
        yield Arena(database, copy, ports.recv(), received, folder)
    finally:
        process.kill()
        process.join()


def main() -> None:
    """Kill at every point in turn and then at random, on both databases; print the table. Exits 1 if one was lost."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="how often to kill in all")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 - it must be repeatable
    sys.stderr.write(f"seed {asked.seed}\n")
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(4)]
        server = stack.enter_context(playing_postgres(folders[0]))
        on_sqlite = stack.enter_context(arena_on_sqlite(folders[1]))
        with arena_on_postgres(server, folders[2]) as on_postgres:
            table = [_fight(arena, asked.kills // 2, chance) for arena in (on_sqlite, on_postgres)]
        table.append(_run_out_of_disk(on_sqlite))
        if can_crash(server):
            table += _cut_off(server, folders[3], chance)
    sys.stdout.write("\n".join([HEAD, *(figures.row() for figures in table)]) + "\n")
    sys.exit(any(figures.lost or figures.residue or figures.unbalanced for figures in table))


def _run_out_of_disk(arena: Arena) -> Figures:
    """Fill the disk at every third point."""
    figures, most = Figures("SQLite, disk full"), points(arena)
    for point in range(1, most + 1, 3):
        a_full_disk(arena, figures, point, most - point + 1)
        sys.stderr.write(f"{figures.database}: {figures.rounds} rounds\n")
    return figures


#: How often PostgreSQL itself crashes, and how often it is frozen, with so many mails on their way.
OUTAGES, MANY_MAILS = 30, 120


def _cut_off(server: str, folder: Path, chance: random.Random) -> list[Figures]:
    crashes, frozen = Figures("PostgreSQL crashes"), Figures("PostgreSQL frozen")
    with arena_on_postgres(server, folder, MANY_MAILS) as arena:
        for figures in (crashes, frozen):
            for _ in range(OUTAGES):
                after = chance.randint(1, MANY_MAILS // 2)
                an_outage(arena, figures, server, after, frozen=figures is frozen)
                sys.stderr.write(f"{figures.database}: {figures.rounds} rounds\n")
    return [crashes, frozen]


def _fight(arena: Arena, kills: int, chance: random.Random) -> Figures:
    figures, most = Figures(arena.database), points(arena)
    for point in range(1, most + 1):
        a_round(arena, figures, point, chance.randint(1, most))
        if not point % 10:
            sys.stderr.write(f"{figures.database}: {point} of {most} points, {figures.kills} kills\n")
    while figures.kills < kills:
        a_round(arena, figures, *(_kill(chance, most) for _ in range(10)))
        sys.stderr.write(f"{figures.database}: {figures.kills} kills\n")
    return figures


def _kill(chance: random.Random, most: int) -> float:
    return chance.choice((chance.uniform(0, 0.6), chance.randint(1, most)))


if __name__ == "__main__":
    # By its own name: the senders' processes have it by that.
    from tests.delivery.chaos import main as fight

    fight()
