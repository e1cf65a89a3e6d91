"""Companions: other processes that send beside this one, and end with it."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BufferedWriter
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import empty
from tests.delivery import queued
from tests.smtp_sink import Rule, Sink, smtp_sink
from tests.world import ON_SQLITE

from dailypapers.app import App, build
from dailypapers.assembly.processes import companions, told
from dailypapers.delivery.companions import CompanionOptions, Companions, beside, end, read_end, read_told
from dailypapers.delivery.deliver import Sending, deliver_once, sending_early
from dailypapers.delivery.tally import Delivered, Stopped
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.fault import Fault
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.jobs.day import day
from dailypapers.settings import Settings
from dailypapers.sources.file import File
from dailypapers.store.database import close, writing
from dailypapers.subscriptions import sign_up

MAILS = 12


def clock() -> dt.datetime:
    return queued.NOW


def nobody_hears(_: int) -> None:
    """Take what is said of progress."""


@contextmanager
def app_of(engine: sa.Engine, sink: Sink, **mail: object) -> Iterator[App]:
    """An app whose mail goes to a sink."""
    address = {"host": sink.host, "port": sink.port, "security": "none", "from_address": "papers@example.org"}
    url = engine.url.render_as_string(hide_password=False)
    settings = {"secret": "a secret for tests", "database": {"url": url}, "mail": {**address, **mail}}
    app = build(Settings.model_validate(settings))
    try:
        yield app
    finally:
        close(app.engine)


def sending(app: App, processes: int) -> Sending:
    """What empties the outbox with so many processes, however few the mails are."""
    options = CompanionOptions(processes, partial(told, app.settings), worth_one=MAILS // 2)
    dependencies = app.dependencies
    return Sending(dependencies.engine, dependencies.renderer, dependencies.make_sender_options, options)


@pytest.mark.parametrize(
    ("url", "mail", "cores", "processes", "is_early"),
    [
        ("sqlite:///papers.db", {}, 2, 1, True),
        ("sqlite:///papers.db", {}, 1, 1, False),
        ("sqlite:///papers.db", {"processes": 1}, 2, 1, False),
        ("sqlite:///papers.db", {"processes": 2}, 1, 2, True),
        ("sqlite:///papers.db", {"connections": 1}, 2, 1, False),
        ("postgresql://papers@db/papers", {}, 4, 4, True),
        ("postgresql://papers@db/papers", {"connections": 3}, 4, 3, True),
        ("postgresql://papers@db/papers", {}, 1, 1, False),
    ],
)
def test_two_cores_and_connections_let_one_send_while_another_composes(
    url: str, mail: dict[str, int], cores: int, processes: int, is_early: bool
) -> None:
    settings = Settings.model_validate({"secret": "test", "database": {"url": url}, "mail": mail})
    options = companions(settings, cores=cores)
    assert options.processes == processes
    assert options.is_worth_starting_early(1000) is is_early
    assert not options.is_worth_starting_early(100)


@pytest.mark.parametrize(
    ("processes", "waiting", "count"), [(4, 1999, 0), (4, 2000, 1), (4, 5000, 2), (4, 1_000_000, 3), (1, 9000, 0)]
)
def test_a_process_is_started_for_every_two_thousand_mails(processes: int, waiting: int, count: int) -> None:
    assert CompanionOptions(processes).worth_starting(waiting) == count


@pytest.mark.parametrize(
    "stopped",
    [
        None,
        Stopped(Fault.NONE, "asked to stop"),
        Stopped(Fault.PACE, "“full”", dt.timedelta(minutes=1), by_own_limit=True),
    ],
)
def test_what_a_companion_did_is_read_as_it_was_said(stopped: Stopped | None) -> None:
    done = Delivered(Counter({DeliveryState.ACCEPTED: 3, DeliveryState.DEFERRED: 1}), stopped)
    assert read_end(json.loads(end(done))) == done


def test_a_companion_sends_every_mail_once_over_its_part_of_the_connections(postgres: sa.Engine) -> None:
    empty(postgres)
    queued.queue(postgres, MAILS)
    progress: list[int] = []
    with (
        smtp_sink(seconds=0.05) as sink,
        app_of(postgres, sink, connections=6) as app,
        beside(1, told(app.settings, 3, clock), stop=threading.Event(), on_progress=progress.append) as companions,
    ):
        pass
    assert companions.added_to(Delivered()) == Delivered(Counter({DeliveryState.ACCEPTED: MAILS}))
    assert sum(progress) == MAILS
    assert sink.taken == {f"reader{n}@example.org": 1 for n in range(1, MAILS + 1)}
    assert sink.most_open == 2
    assert not companions.any_failed
    assert queued.alive(postgres) == []


@ON_SQLITE
def test_one_that_cannot_start_is_done_without(engine: sa.Engine) -> None:
    queued.queue(engine, MAILS)
    with smtp_sink() as sink, app_of(engine, sink) as app:
        useless = CompanionOptions(2, lambda _count, _clock: b"rubbish", worth_one=1)
        done = deliver_once(replace(sending(app, 1), companions=useless), clock=clock)
    assert done == Delivered(Counter({DeliveryState.ACCEPTED: MAILS}))
    assert sink.taken.total() == MAILS


@ON_SQLITE
def test_a_server_that_takes_one_connection_gets_one_process(engine: sa.Engine) -> None:
    queued.queue(engine, MAILS)
    with smtp_sink(at_once=1, seconds=0.3) as sink, app_of(engine, sink) as app:
        done = deliver_once(sending(app, 2), clock=clock)
    assert done == Delivered(Counter({DeliveryState.ACCEPTED: MAILS}))


@ON_SQLITE
def test_what_a_killed_companion_had_claimed_is_sent_by_this_process(engine: sa.Engine) -> None:
    queued.queue(engine, MAILS)
    stop = threading.Event()
    with (
        smtp_sink(seconds=30) as slow,
        app_of(engine, slow) as app,
        beside(1, told(app.settings, 2, clock), stop=stop, on_progress=nobody_hears) as companions,
    ):
        until(lambda: queued.states(engine).get("claimed", 0) > 0)
        companions.processes[0].send_signal(signal.SIGKILL)
    assert companions.any_failed
    assert companions.added_to(Delivered()) == Delivered()
    with smtp_sink() as sink, app_of(engine, sink) as app:
        done = deliver_once(sending(app, 1), clock=clock)
    assert done.states == {DeliveryState.ACCEPTED: MAILS}


@ON_SQLITE
def test_a_companion_ends_when_it_is_asked_to(engine: sa.Engine) -> None:
    queued.queue(engine, 60)
    stop = threading.Event()
    with (
        smtp_sink(seconds=0.2) as sink,
        app_of(engine, sink, connections=2) as app,
        beside(1, told(app.settings, 2, clock), stop=stop, on_progress=lambda _: stop.set()) as companions,
    ):
        pass
    done = companions.added_to(Delivered())
    assert done.stopped == Stopped(Fault.NONE, "asked to stop")
    assert 0 < done.states[DeliveryState.ACCEPTED] < 60
    assert queued.states(engine) == {"accepted": len(sink.taken), "queued": 60 - len(sink.taken)}


@ON_SQLITE
def test_where_this_process_fails_its_companions_end(engine: sa.Engine) -> None:
    started: list[Companions] = []

    def fail() -> None:
        with (
            smtp_sink() as sink,
            app_of(engine, sink) as app,
            beside(1, told(app.settings, 2, clock), stop=threading.Event(), on_progress=nobody_hears) as companions,
        ):
            started.append(companions)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [process.poll() is not None for companions in started for process in companions.processes] == [True]


@ON_SQLITE
def test_where_more_comes_a_companion_waits_until_it_hears_that_no_more_does(engine: sa.Engine) -> None:
    stop = threading.Event()
    with (
        smtp_sink() as sink,
        app_of(engine, sink) as app,
        beside(1, told(app.settings, 2, clock), stop=stop, on_progress=nobody_hears, more_comes=True) as companions,
    ):
        until(lambda: queued.alive(engine) != [])
        queued.queue(engine, MAILS)
        until(lambda: sink.taken.total() == MAILS)
        assert companions.processes[0].poll() is None
        companions.no_more_comes()
        companions.wait()
    assert companions.added_to(Delivered()) == Delivered(Counter({DeliveryState.ACCEPTED: MAILS}))


@pytest.mark.parametrize(("least", "readers", "is_worth"), [(0, 10_000, False), (500, 499, False), (500, 500, True)])
def test_one_is_started_before_all_is_composed_where_readers_are_many(least: int, readers: int, is_worth: bool) -> None:
    assert CompanionOptions(while_composing=least).is_worth_starting_early(readers) is is_worth


@ON_SQLITE
@pytest.mark.parametrize("is_killed", [False, True])
def test_what_was_not_sent_early_is_sent_at_the_end(engine: sa.Engine, is_killed: bool) -> None:
    stop = threading.Event()
    with smtp_sink(seconds=0.05) as sink, app_of(engine, sink) as app:
        options = CompanionOptions(told=partial(told, app.settings), while_composing=MAILS)
        ready = replace(sending(app, 1), companions=options)
        with sending_early(ready, MAILS, clock=clock, stop=stop) as early:
            assert early
            until(lambda: queued.alive(engine) != [])
            if is_killed:
                early.processes[0].send_signal(signal.SIGKILL)
            queued.queue(engine, MAILS)
            done = deliver_once(ready, clock=clock, stop=stop, early=early)
    assert done.states == {DeliveryState.ACCEPTED: MAILS}
    assert sink.taken == {f"reader{n}@example.org": 1 for n in range(1, MAILS + 1)}
    assert queued.alive(engine) == []


@ON_SQLITE
@pytest.mark.parametrize(("processes", "shared_by"), [(1, 2), (2, 2), (4, 4)])
def test_one_that_sends_early_leaves_connections_to_those_that_join(
    engine: sa.Engine, processes: int, shared_by: int
) -> None:
    counts: list[int] = []

    def tell(count: int, _clock: Clock) -> bytes:
        counts.append(count)
        return b"rubbish"

    with smtp_sink() as sink, app_of(engine, sink) as app:
        ready = replace(sending(app, 1), companions=CompanionOptions(processes, tell, while_composing=1))
        with sending_early(ready, MAILS, clock=clock, stop=threading.Event()) as early:
            assert early
    assert counts == [shared_by]
    assert early.any_failed


@ON_SQLITE
def test_what_has_stopped_the_one_that_sent_early_stops_this_one(engine: sa.Engine) -> None:
    stop = threading.Event()
    with smtp_sink(Rule("mail", "550 5.7.1 you are blocked", times=0)) as sink, app_of(engine, sink) as app:
        options = CompanionOptions(told=partial(told, app.settings), while_composing=1)
        ready = replace(sending(app, 1), companions=options)
        with sending_early(ready, MAILS, clock=clock, stop=stop) as early:
            assert early
            queued.queue(engine, MAILS)
            until(lambda: early.stopped is not None)
            done = deliver_once(ready, clock=clock, stop=stop, early=early)
    assert done.stopped
    assert done.stopped.fault is Fault.US
    assert not sink.taken


@ON_SQLITE
def test_a_day_is_delivered_by_two_once_it_has_many_readers(engine: sa.Engine, tmp_path: Path) -> None:
    papers = [{"id": f"2604.{n:05}", "title": f"Robots {n}", "abstract": "Robots walk."} for n in range(3)]
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(paper) + "\n" for paper in papers), "utf-8")
    wanted = Preferences(Rhythm(), Amount(), (Interest(InterestKind.TOPIC, "robots"),))
    with writing(engine) as tx:
        for n in range(MAILS):
            sign_up.admit(tx, f"reader{n}@example.org", wanted, consent=Consent("test"), now=queued.NOW)
    with smtp_sink() as sink, app_of(engine, sink) as app:
        early = CompanionOptions(told=partial(told, app.settings), while_composing=MAILS)
        source = File(tmp_path / "papers.jsonl")
        done = day(replace(app.dependencies, sources=[source], companions=early), clock=clock)
    assert done.composed.digests == MAILS
    assert done.delivered.states == {DeliveryState.ACCEPTED: MAILS}
    assert sink.taken == {f"reader{n}@example.org": 1 for n in range(MAILS)}


def test_no_byte_is_read_beyond_what_a_companion_is_told() -> None:
    reads, writes = os.pipe()
    with os.fdopen(writes, "wb") as file, os.fdopen(reads, "rb") as rest:
        file.write((100_000).to_bytes(8) + b"x" * 100)
        file.flush()
        threading.Timer(0.2, lambda: _write_and_close(file, b"x" * 99_900 + b".")).start()
        assert read_told(rest.fileno()) == b"x" * 100_000
        assert rest.read() == b"."
        with pytest.raises(EOFError):
            read_told(rest.fileno())


def _write_and_close(file: BufferedWriter, data: bytes) -> None:
    file.write(data)
    file.close()


def until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, for at most a minute."""
    limit = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_companion_is_ready_without_what_only_composing_needs() -> None:
    code = (
        "import sys, dailypapers.companion; print('scipy' in sys.modules, 'dailypapers.delivery.send' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - our own
    assert out.stdout.split() == ["False", "True"]
