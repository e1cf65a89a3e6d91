"""Days long past are asked for once, stored as they come, and announced only where they are news."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.playing_arxiv import Listed, arxiv_feed, catchup_page, numbered
from tests.playing_sources import Answer
from tests.world import DAY, World, world

from dailypapers.domain.source import State
from dailypapers.intake.backfill import Backfilled, backfill, missing_days
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.base import Source
from dailypapers.sources.feed import Feed
from dailypapers.sources.huggingface import HuggingFace
from dailypapers.store import papers, source_days
from dailypapers.store.database import reading

#: A Wednesday.
NOW = dt.datetime(2026, 4, 22, 8, tzinfo=dt.UTC)
TODAY = NOW.date()


@contextmanager
def backfilled(engine: sa.Engine, *, is_arxiv: bool = True) -> Iterator[World]:
    with world(engine) as w:
        (feed,) = w.dependencies.sources
        assert isinstance(feed, Feed)
        base = feed.url.removesuffix("/feed")
        source: Source = Arxiv(("cs.LG",), base_url=base, pages_url=base) if is_arxiv else HuggingFace(base_url=base)
        w.dependencies = replace(w.dependencies, sources=[source, feed])
        yield w


def page(w: World, day: dt.date, count: int) -> None:
    listed = [Listed(id_, f"Paper {id_}") for id_ in numbered(day, count)]
    w.routes[f"/catchup/cs.LG/{day}"] = Answer(catchup_page(day, listed))


def run(w: World, since: dt.date) -> list[Backfilled]:
    dependencies = w.dependencies
    missing = missing_days(dependencies.engine, dependencies.sources, since, now=NOW)
    return list(backfill(dependencies.engine, missing, make_http=dependencies.make_http, now=NOW))


def test_days_are_asked_for_once_and_only_the_last_week_is_news(engine: sa.Engine) -> None:
    first = TODAY - 20 * DAY
    days = [day for n in range(1, 21) if (day := TODAY - n * DAY).weekday() < 5]
    with backfilled(engine) as w:
        for day in days:
            page(w, day, 2)
        del w.routes[f"/catchup/cs.LG/{days[3]}"]
        done = run(w, first)
        assert [each.day for each in done] == days
        assert [each.day for each in done if each.failure] == [days[3]]
        assert sum(each.new for each in done) == 2 * (len(days) - 1)
        page(w, days[3], 2)
        assert [(each.day, each.new) for each in run(w, first)] == [(days[3], 2)]
        assert run(w, first) == []
        w.routes["/rss/cs.LG"] = arxiv_feed(*numbered(TODAY, 1))
        fetch(engine, w.dependencies.sources[:1], make_http=w.dependencies.make_http, now=NOW)
        # Five working days of the last week, and today.
        assert close(engine, zone="UTC", now=NOW).papers == 5 * 2 + 1
        with reading(engine) as tx:
            assert len(papers.every(tx)) == 2 * len(days) + 1
            known = source_days.since(tx, "arxiv", first)["cs.LG"]
    assert {each.state for each in known} == {State.FRESH}


def test_what_is_stored_when_it_is_stopped_stays(engine: sa.Engine) -> None:
    class Stopped(Exception):
        """Somebody pressed Ctrl-C."""

    def stop(each: Backfilled) -> None:
        if each.day == TODAY - 2 * DAY:
            raise Stopped

    with backfilled(engine) as w:
        for n in range(1, 4):
            page(w, TODAY - n * DAY, 2)
        missing = missing_days(engine, w.dependencies.sources, TODAY - 2 * DAY, now=NOW)
        with pytest.raises(Stopped):
            backfill(engine, missing, make_http=w.dependencies.make_http, now=NOW, on_progress=stop)
        assert missing_days(engine, w.dependencies.sources, TODAY - 2 * DAY, now=NOW) == []


def test_no_day_is_asked_for_that_the_source_does_not_keep(engine: sa.Engine) -> None:
    with backfilled(engine) as w:
        missing = missing_days(engine, w.dependencies.sources, dt.date(2020, 1, 1), now=NOW)
    assert min(each.day for each in missing) == TODAY - 90 * DAY
    assert {each.source.name for each in missing} == {"arxiv"}


def test_hugging_faces_lists_are_backfilled_day_by_day(engine: sa.Engine) -> None:
    entry = {"paper": {"id": "2604.01234", "title": "A title", "summary": "More."}}
    with backfilled(engine, is_arxiv=False) as w:
        w.routes["/api/daily_papers"] = Answer(json.dumps([entry]))
        assert [(each.day, each.new) for each in run(w, TODAY - 2 * DAY)] == [
            (TODAY - DAY, 1),
            (TODAY - 2 * DAY, 0),
        ]
