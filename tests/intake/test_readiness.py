"""An edition that may close early waits for every source until all of its day has come, and for nothing else."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import product

import pytest
import sqlalchemy as sa
from tests.playing_arxiv import Listed, arxiv_feed, new_page, numbered
from tests.playing_sources import Answer, Asked, Route
from tests.world import DAY, World, arxiv_of, feed, world

from dailypapers.domain.edition import doubts
from dailypapers.domain.source import Freshness, State
from dailypapers.domain.timetable import Timetable
from dailypapers.intake.announce import announce_due
from dailypapers.intake.fetch import fetch
from dailypapers.intake.readiness import awaited
from dailypapers.jobs import compose, deliver
from dailypapers.sources.base import Source
from dailypapers.sources.feed import Feed
from dailypapers.store import editions, source_days
from dailypapers.store.database import reading, writing

EARLY = Timetable(dt.timedelta(minutes=30), dt.time(5, 30), "UTC", close_early=True)
#: Ten minutes after midnight US Eastern, when arXiv's day begins; it is a Monday.
MONDAY = dt.datetime(2026, 4, 20, 4, 10, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DEADLINE = MONDAY + dt.timedelta(minutes=80)


@contextmanager
def arxiv_and_a_feed(engine: sa.Engine, *categories: str) -> Iterator[World]:
    """A world with arXiv, its feeds and pages, and with a feed beside it."""
    with world(engine) as w:
        arxiv = arxiv_of(w, *(categories or ("cs.LG",)))
        w.dependencies = replace(w.dependencies, sources=[arxiv, *w.dependencies.sources])
        yield w


def announce(w: World, now: dt.datetime, *, timetable: Timetable = EARLY) -> None:
    dependencies = w.dependencies
    announce_due(dependencies.engine, dependencies.sources, timetable, make_http=dependencies.make_http, now=now)


def closed(engine: sa.Engine) -> list[tuple[dt.datetime, int]]:
    """When each edition was closed, and how many papers it has."""
    with reading(engine) as tx:
        return [(edition.closed_at, edition.papers) for edition in editions.every(tx)]


def list_at_arxiv(w: World, day: dt.datetime, papers: int, *, category: str = "cs.LG") -> None:
    w.routes[f"/rss/{category}"] = arxiv_feed(*numbered(day, papers))


def page_at_arxiv(w: World, day: dt.datetime, papers: int, *, category: str = "cs.LG") -> None:
    listed = [Listed(id_) for id_ in numbered(day, papers)]
    w.routes[f"/list/{category}/new"] = Answer(new_page(day.date(), listed))


def what_is_awaited(w: World, now: dt.datetime, *sources: Source) -> tuple[str, ...]:
    with reading(w.dependencies.engine) as tx:
        return awaited(tx, sources or w.dependencies.sources, closing=EARLY.closing(now), now=now)


def test_an_edition_closes_as_soon_as_every_source_has_given_its_day(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        list_at_arxiv(w, MONDAY - 3 * DAY, 4)
        announce(w, MONDAY - HOUR)
        assert what_is_awaited(w, MONDAY - HOUR) == ("arXiv (2026-04-20 has not begun there)",)
        assert closed(engine) == []
        list_at_arxiv(w, MONDAY, 5)
        announce(w, MONDAY)
    assert closed(engine) == [(MONDAY, 4 + 5 + 3)]


def test_without_the_setting_its_hour_decides(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        list_at_arxiv(w, MONDAY, 5)
        timetable = replace(EARLY, close_early=False)
        announce(w, MONDAY, timetable=timetable)
        assert closed(engine) == []
        announce(w, DEADLINE, timetable=timetable)
    assert closed(engine) == [(DEADLINE, 5 + 3)]


def test_what_comes_after_it_joins_the_next_edition_once(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        list_at_arxiv(w, MONDAY, 5)
        announce(w, MONDAY)
        list_at_arxiv(w, MONDAY, 7)
        announce(w, MONDAY + HOUR)
        announce(w, DEADLINE)
        assert closed(engine) == [(MONDAY, 8)]
        list_at_arxiv(w, MONDAY + DAY, 6)
        w.announce("A Paper of Tuesday")
        announce(w, MONDAY + DAY)
    assert closed(engine) == [(MONDAY, 8), (MONDAY + DAY, 2 + 6 + 1)]


@pytest.mark.parametrize(
    ("answer", "why"), [(feed(), "cs.AI waiting"), (Answer(status=404), "cs.AI failed")], ids=["nothing", "no answer"]
)
def test_its_hour_decides_while_a_category_lacks(engine: sa.Engine, answer: Route, why: str) -> None:
    with arxiv_and_a_feed(engine, "cs.LG", "cs.AI") as w:
        w.routes["/rss/cs.LG"] = arxiv_feed(*numbered(MONDAY, 11)[:5])
        w.routes["/rss/cs.AI"] = arxiv_feed(*numbered(MONDAY, 11)[5:])
        announce(w, MONDAY)
        list_at_arxiv(w, MONDAY + DAY, 5)
        w.routes["/rss/cs.AI"] = answer
        w.announce("A Paper of Tuesday")
        for now in (MONDAY + DAY, MONDAY + DAY + HOUR):
            announce(w, now)
            assert what_is_awaited(w, now) == (f"arXiv ({why})",)
        announce(w, DEADLINE + DAY)
    assert closed(engine) == [(MONDAY, 5 + 6 + 3), (DEADLINE + DAY, 5 + 1)]


@pytest.mark.parametrize("answer", [feed(), Answer(status=404)], ids=["waiting", "failed"])
def test_its_hour_decides_while_a_whole_source_lacks(engine: sa.Engine, answer: Route) -> None:
    with arxiv_and_a_feed(engine) as w:
        w.routes["/rss/cs.LG"] = answer
        for now in (MONDAY, MONDAY + HOUR):
            announce(w, now)
            assert closed(engine) == []
        announce(w, DEADLINE)
        with reading(engine) as tx:
            edition = editions.newest(tx)
    assert closed(engine) == [(DEADLINE, 3)]
    assert edition
    assert doubts(edition.sources).startswith("Today arXiv ")


def test_a_source_that_comes_late_ends_the_waiting(engine: sa.Engine) -> None:
    """arXiv stalls on Monday; on Tuesday it brings both days, and the edition closes with them before its hour."""
    with arxiv_and_a_feed(engine) as w:
        w.routes["/rss/cs.LG"] = feed()
        announce(w, MONDAY)
        announce(w, DEADLINE)
        w.announce("A Paper of Tuesday")
        announce(w, MONDAY + DAY)
        assert what_is_awaited(w, MONDAY + DAY) == ("arXiv (waiting, cs.LG waiting)",)
        w.routes["/rss/cs.LG"] = arxiv_feed(*numbered(MONDAY, 5), *numbered(MONDAY + DAY, 6))
        late = MONDAY + DAY + dt.timedelta(minutes=30)
        announce(w, late)
    assert closed(engine) == [(DEADLINE, 3), (late, 1 + 5 + 6)]


def test_a_source_that_is_switched_off_is_not_waited_for(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        w.routes["/rss/cs.LG"] = Answer(status=404)
        announce(w, MONDAY)
        assert closed(engine) == []
        w.dependencies = replace(w.dependencies, sources=w.dependencies.sources[1:])
        announce(w, MONDAY + dt.timedelta(minutes=1))
    assert closed(engine) == [(MONDAY + dt.timedelta(minutes=1), 3)]


def test_a_source_that_is_new_is_waited_for(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        arxiv, beside = w.dependencies.sources
        w.dependencies = replace(w.dependencies, sources=[beside])
        fetch(engine, [beside], make_http=w.dependencies.make_http, now=MONDAY)
        w.dependencies = replace(w.dependencies, sources=[arxiv, beside])
        assert what_is_awaited(w, MONDAY) == ("arXiv (not fetched yet today)",)


def test_of_a_holiday_the_calendar_is_not_believed(engine: sa.Engine) -> None:
    """It excuses arXiv, and does not close an edition before papers that come all the same."""
    holiday = dt.datetime(2026, 6, 19, 4, 10, tzinfo=dt.UTC)
    with arxiv_and_a_feed(engine) as w:
        list_at_arxiv(w, holiday, 0)
        announce(w, holiday)
        assert what_is_awaited(w, holiday) == ("arXiv (quiet, and no second route was asked)",)
        list_at_arxiv(w, holiday, 5)
        announce(w, holiday + HOUR)
        assert closed(engine) == [(holiday + HOUR, 5 + 3)]


def test_on_a_holiday_on_which_nothing_comes_its_hour_decides(engine: sa.Engine) -> None:
    holiday = dt.datetime(2026, 6, 19, 4, 10, tzinfo=dt.UTC)
    with arxiv_and_a_feed(engine) as w:
        list_at_arxiv(w, holiday, 0)
        for now in (holiday, holiday + HOUR, holiday + (DEADLINE - MONDAY)):
            announce(w, now)
    assert closed(engine) == [(holiday + (DEADLINE - MONDAY), 3)]


def test_a_day_that_the_second_route_calls_quiet_is_not_waited_for(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        list_at_arxiv(w, MONDAY, 0)
        page_at_arxiv(w, MONDAY, 0)
        announce(w, MONDAY)
    assert closed(engine) == [(MONDAY, 3)]


def mail_at(w: World, now: dt.datetime, holder: str) -> None:
    """Compose and deliver in a process of this name."""
    job = w.job(now, holder=holder)
    compose.run(job)
    deliver.run(job)


def days_of(w: World, sources: Sequence[Source], first: dt.datetime, papers: Sequence[int]) -> None:
    """Fetch on several days, on each of which cs.LG has so many papers."""
    for n, count in enumerate(papers):
        list_at_arxiv(w, first + n * DAY, count)
        page_at_arxiv(w, first + n * DAY, count)
        fetch(w.dependencies.engine, sources, make_http=w.dependencies.make_http, now=first + n * DAY)


def test_a_category_that_seldom_announces_vouches_for_nothing(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        arxiv, _ = w.dependencies.sources
        days_of(w, [arxiv], MONDAY, [1, 0, 0])
        thursday = MONDAY + 3 * DAY
        announce(w, thursday)
        assert what_is_awaited(w, thursday) == ("arXiv (quiet, and no second route was asked)",)
        assert closed(engine) == []


def test_where_nothing_has_come_there_is_nothing_to_close_early_for(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        arxiv, _ = w.dependencies.sources
        w.dependencies = replace(w.dependencies, sources=[arxiv])
        list_at_arxiv(w, MONDAY, 0)
        page_at_arxiv(w, MONDAY, 0)
        announce(w, MONDAY)
        assert what_is_awaited(w, MONDAY) == ("something new from a source",)
        announce(w, DEADLINE)
    assert closed(engine) == [(DEADLINE, 0)]


def test_the_day_is_that_of_the_source_when_the_edition_closes(engine: sa.Engine) -> None:
    """An edition of Tokyo closes when it is still the day before at arXiv: that day has to have come."""
    tokyo = replace(EARLY, zone="Asia/Tokyo")
    with arxiv_and_a_feed(engine) as w:
        w.dependencies = replace(w.dependencies, sources=w.dependencies.sources[:1])
        list_at_arxiv(w, MONDAY, 5)
        announce(w, MONDAY, timetable=tokyo)
        with reading(engine) as tx:
            assert [edition.day.day for edition in editions.every(tx)] == [20]
        midnight = dt.datetime(2026, 4, 20, 15, 1, tzinfo=dt.UTC)
        announce(w, midnight, timetable=tokyo)
        with reading(engine) as tx:
            assert [edition.day.day for edition in editions.every(tx)] == [20, 21]


def test_who_died_before_closing_is_made_up_for_without_another_fetch(engine: sa.Engine) -> None:
    requests: list[Asked] = []

    def noted(request: Asked) -> Answer:
        requests.append(request)
        return feed("A Paper With a Title")

    with world(engine) as w:
        w.routes["/feed"] = noted
        fetch(engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=MONDAY)
        announce(w, MONDAY + dt.timedelta(minutes=1))
    assert len(requests) == 1
    assert closed(engine) == [(MONDAY + dt.timedelta(minutes=1), 1)]


def test_readers_get_it_at_their_own_hour_also_after_a_restart(engine: sa.Engine) -> None:
    with arxiv_and_a_feed(engine) as w:
        w.admit("alice", now=MONDAY - DAY)
        announce(w, DEADLINE - DAY)
        mail_at(w, MONDAY.replace(day=19, hour=7), "one")
        assert len(w.tray.sent) == 1, "alice has got Sunday's"
        list_at_arxiv(w, MONDAY, 5)
        w.announce("A Paper of Monday")
        announce(w, MONDAY)
        assert len(closed(engine)) == 2
        for hour, holder in ((4, "one"), (6, "another"), (7, "another"), (7, "one")):
            mail_at(w, MONDAY.replace(hour=hour), holder)
            assert len(w.tray.sent) == 1 + (hour >= 7)


def test_nothing_closes_early_while_something_lacks(engine: sa.Engine) -> None:
    sources = [Feed(state.value, "https://example.org/feed") for state in State]
    with writing(engine) as tx:
        for state, source in zip(State, sources, strict=True):
            source_days.record(tx, source.name, "", MONDAY.date(), Freshness(state), now=MONDAY)
    with reading(engine) as tx:
        ready = {
            (one.name, other.name)
            for one, other in product(sources, repeat=2)
            if not awaited(tx, [one, other], closing=DEADLINE, now=MONDAY)
        }
    assert ready == {("fresh", "fresh"), ("fresh", "quiet"), ("quiet", "fresh")}
