"""What is due is fetched and closed, as the database knows it: nothing is missed and nothing doubled."""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from tests.playing_sources import Answer, Asked
from tests.world import DAY, MONDAY, TIMETABLE, World, feed, world

from dailypapers.intake.announce import announce_due
from dailypapers.store.database import reading
from dailypapers.store.ledger import ledgers


def counting(requests: list[Asked], answer: Answer) -> Callable[[Asked], Answer]:
    """A route that notes every request."""

    def note(request: Asked) -> Answer:
        requests.append(request)
        return answer

    return note


def announce(w: World, now: dt.datetime) -> None:
    made_with = w.dependencies
    announce_due(made_with.engine, made_with.sources, TIMETABLE, make_http=made_with.make_http, now=now)


def closed(engine: sa.Engine) -> list[dt.date]:
    with reading(engine) as tx:
        return sorted(ledger.day for ledger in ledgers(tx))


def test_the_edition_closes_once_its_hour_has_come(engine: sa.Engine) -> None:
    before = dt.datetime(2026, 4, 20, 3, 29, tzinfo=dt.UTC)
    with world(engine) as w:
        announce(w, before)
        assert closed(engine) == []
        for minutes in (1, 2, 300):
            announce(w, before + dt.timedelta(minutes=minutes))
        assert closed(engine) == [dt.date(2026, 4, 20)]
        announce(w, before + DAY + dt.timedelta(hours=9))
    assert closed(engine) == [dt.date(2026, 4, 20), dt.date(2026, 4, 21)]


def test_sources_are_asked_no_more_often_than_set(engine: sa.Engine) -> None:
    requests: list[Asked] = []
    with world(engine) as w:
        w.routes["/feed"] = counting(requests, feed("A Paper With a Title"))
        for minutes in (0, 1, 29, 30, 31):
            announce(w, MONDAY + dt.timedelta(minutes=minutes))
    assert len(requests) == 2


def test_a_clock_that_was_ahead_once_does_not_stop_the_timetable(engine: sa.Engine) -> None:
    requests: list[Asked] = []
    with world(engine) as w:
        w.routes["/feed"] = counting(requests, feed("A Paper With a Title"))
        announce(w, MONDAY + 40 * DAY)
        assert (len(requests), closed(engine)) == (1, [(MONDAY + 40 * DAY).date()])
        announce(w, MONDAY - dt.timedelta(hours=6))
        assert len(requests) == 2, "a fetch in the future does not count"
        announce(w, MONDAY)
        assert closed(engine) == [MONDAY.date(), (MONDAY + 40 * DAY).date()]


def test_an_edition_closes_where_there_is_no_source_to_ask(engine: sa.Engine) -> None:
    with world(engine) as w:
        announce_due(engine, [], TIMETABLE, make_http=w.dependencies.make_http, now=MONDAY)
    assert closed(engine) == [MONDAY.date()]
