"""The timetable: what is due is read from the database, so nothing is missed and nothing doubled."""

import datetime as dt
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import sqlalchemy as sa
from tests.playing_sources import Answer, Asked
from tests.world import DAY, GRAPHS, MONDAY, feed, world

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.jobs.context import Dependencies
from dailypapers.scheduler import Scheduler, Timetable, start
from dailypapers.store import outbox, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.subscriptions import sign_up

#: Starting looks at the clock once before anything knocks.
_FIRST_KNOCK = 1
TIMETABLE = Timetable(dt.timedelta(minutes=30), dt.time(5, 30), "Europe/Berlin")


def scheduler(dependencies: Dependencies, now: dt.datetime, holder: str = "one") -> Scheduler:
    return Scheduler(dependencies, TIMETABLE, holder, lambda: now)


def counting(asked: list[Asked], answer: Answer) -> Callable[[Asked], Answer]:
    """A route that notes every request."""

    def note(request: Asked) -> Answer:
        asked.append(request)
        return answer

    return note


def closed(engine: sa.Engine) -> list[dt.date]:
    with reading(engine) as tx:
        return sorted(book.day for book in ledgers(tx))


def test_the_edition_closes_once_its_hour_has_come(engine: sa.Engine) -> None:
    before = dt.datetime(2026, 4, 20, 3, 29, tzinfo=dt.UTC)
    with world(engine) as w:
        scheduler(w.dependencies, before).announce()
        assert closed(engine) == []
        for minutes in (1, 2, 300):
            scheduler(w.dependencies, before + dt.timedelta(minutes=minutes)).announce()
        assert closed(engine) == [dt.date(2026, 4, 20)]
        scheduler(w.dependencies, before + DAY + dt.timedelta(hours=9)).announce()
    assert closed(engine) == [dt.date(2026, 4, 20), dt.date(2026, 4, 21)]


def test_sources_are_asked_no_more_often_than_set(engine: sa.Engine) -> None:
    asked: list[Asked] = []
    with world(engine) as w:
        w.routes["/feed"] = counting(asked, feed("A Paper With a Title"))
        for minutes in (0, 1, 29, 30, 31):
            scheduler(w.dependencies, MONDAY + dt.timedelta(minutes=minutes)).announce()
    assert len(asked) == 2


def test_a_clock_that_was_ahead_once_does_not_stop_the_timetable(engine: sa.Engine) -> None:
    asked: list[Asked] = []
    with world(engine) as w:
        w.routes["/feed"] = counting(asked, feed("A Paper With a Title"))
        scheduler(w.dependencies, MONDAY + 40 * DAY).announce()
        assert (len(asked), closed(engine)) == (1, [(MONDAY + 40 * DAY).date()])
        before_closing = MONDAY - dt.timedelta(hours=6)
        scheduler(w.dependencies, before_closing).announce()
        assert len(asked) == 2, "a fetch in the future does not count"
        scheduler(w.dependencies, MONDAY).announce()
        assert closed(engine) == [MONDAY.date(), (MONDAY + 40 * DAY).date()]


def test_two_schedulers_on_one_database_do_nothing_twice(engine: sa.Engine) -> None:
    asked: list[Asked] = []
    with world(engine) as w:
        w.routes["/feed"] = counting(asked, feed("Deeper Graph Neural Networks"))
        w.admit("alice", GRAPHS)
        both = [scheduler(w.dependencies, MONDAY, holder) for holder in ("one", "two")]
        for job in ("announce", "compose"):
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda each: getattr(each, job)(), both))  # noqa: B023 - used up within the turn
        stop = threading.Event()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda each: each.deliver(stop), both))
        assert len(w.tray.sent) == 1
        assert w.books()[0].startswith("1 due = 1 accepted")
    assert len(asked) == 1
    assert closed(engine) == [MONDAY.date()]


def test_held_mail_is_not_tried_again_every_second(engine: sa.Engine) -> None:
    policy = Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1")
    with world(engine, outcomes={"alice@example.org": policy}) as w:
        w.admit("alice", GRAPHS)
        one = scheduler(w.dependencies, MONDAY)
        one.announce()
        one.compose()
        for _ in range(3):
            one.deliver(threading.Event())
        with reading(engine) as tx:
            assert outbox.on_hold(tx)[0] == 1


def test_asked_to_stop_it_sends_nothing_more(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        one = scheduler(w.dependencies, MONDAY)
        one.announce()
        one.compose()
        stop = threading.Event()
        stop.set()
        one.deliver(stop)
        assert w.tray.sent == []
        one.deliver(threading.Event())
        assert len(w.tray.sent) == 1


def test_the_clockwork_knocks_by_itself_and_survives_a_broken_job(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        one = scheduler(w.dependencies, MONDAY)
        one.announce()
        one.compose()
        delivered, knocked, stop = threading.Event(), threading.Event(), threading.Event()
        calls = itertools.count()

        def broken_once() -> dt.datetime:
            if next(calls) == _FIRST_KNOCK:
                knocked.set()
                raise RuntimeError("a clock that breaks")
            if w.tray.sent:
                delivered.set()
            return MONDAY

        knocks = start(replace(one, clock=broken_once), schedule=False, work=True, stop=stop)
        try:
            assert delivered.wait(30)
            assert knocked.is_set()
        finally:
            stop.set()
            knocks.shutdown(wait=True)


def test_schedule_and_work_knock_together(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        stop = threading.Event()
        knocks = start(scheduler(w.dependencies, MONDAY), schedule=True, work=True, stop=stop)
        try:
            for _ in range(300):
                if closed(engine) or stop.wait(0.1):
                    break
        finally:
            stop.set()
            knocks.shutdown(wait=True)
        assert closed(engine) == [MONDAY.date()]


def test_pruning_is_in_the_timetable(engine: sa.Engine) -> None:
    with world(engine) as w:
        with writing(engine) as tx:
            wishes = Preferences(Rhythm(), Amount(5))
            sign_up.subscribe(tx, "eve@example.org", wishes, consent=Consent("web"), now=MONDAY - 9 * DAY)
        stop = threading.Event()
        knocks = start(scheduler(w.dependencies, MONDAY), schedule=True, work=False, stop=stop)
        try:
            for _ in range(300):
                with reading(engine) as tx:
                    known = subscribers.by_address(tx, "eve@example.org")
                if known is None or stop.wait(0.1):
                    break
        finally:
            stop.set()
            knocks.shutdown(wait=True)
        assert known is None
