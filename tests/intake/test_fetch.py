"""Every source is asked, and whatever one of them does, the others are kept."""

import asyncio
import datetime as dt
import json
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from tests.playing_sources import Answer, playing_sources
from tests.world import DAY, MONDAY, World, world

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, State
from dailypapers.intake.fetch import SourceReport, fetch
from dailypapers.sources.base import Source
from dailypapers.sources.crossref import Crossref
from dailypapers.sources.feed import Feed
from dailypapers.sources.http.client import Http
from dailypapers.sources.openreview import OpenReview
from dailypapers.store import editions, papers
from dailypapers.store.database import reading


@dataclass(frozen=True, slots=True)
class Broken:
    """A source whose reader has a fault."""

    name: str = "broken"
    zone: str = "UTC"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        raise ZeroDivisionError(f"{http} {since} {now}")


@dataclass(frozen=True, slots=True)
class Told:
    """A source that announces one paper, named by what it was told."""

    name: str = "told"
    zone: str = "UTC"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        assert http
        paper = Paper(PaperId("file", since.highest_id if since else "first"), "A title")
        item = Announcement(paper, self.name, now.date())
        return Fetched((item,), checkpoint=Checkpoint(highest_id="second"))


@dataclass(frozen=True, slots=True)
class Endless:
    """A source that never comes to an end."""

    name: str = "endless"
    zone: str = "UTC"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        await asyncio.Event().wait()
        raise AssertionError(http, since, now)


def asked(w: World, *more: Source, now: dt.datetime = MONDAY) -> list[SourceReport]:
    engine, sources = w.dependencies.engine, [*more, *w.dependencies.sources]
    return list(fetch(engine, sources, make_http=w.dependencies.make_http, now=now))


def known(engine: sa.Engine) -> int:
    with reading(engine) as tx:
        return len(papers.every(tx))


def test_a_source_that_fails_is_named_and_takes_nothing_with_it(engine: sa.Engine) -> None:
    with world(engine) as w:
        away = Feed("away", "http://127.0.0.1:1/feed")
        reports = asked(w, away, Broken())
    assert [(report.source, report.freshness.state) for report in reports] == [
        ("away", State.FAILED),
        ("broken", State.FAILED),
        ("feed", State.FRESH),
    ]
    assert "could not be fetched" in reports[0].freshness.note
    assert reports[1].freshness.note == "its answer could not be read (ZeroDivisionError)"
    assert known(engine) == 3


def test_a_source_that_never_ends_is_given_up(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dailypapers.intake.fetch.DEADLINE", 1.5)
    with world(engine) as w:
        endless, feed = asked(w, Endless())
    assert (endless.freshness.state, feed.freshness.state) == (State.FAILED, State.FRESH)
    assert "it took longer than" in endless.freshness.note


def test_asking_again_keeps_nothing_twice(engine: sa.Engine) -> None:
    with world(engine) as w:
        assert [report.freshness.new for report in asked(w)] == [3]
        assert [report.freshness.new for report in asked(w)] == [0]
    assert known(engine) == 3


def test_a_source_is_told_what_it_wanted_to_be_told(engine: sa.Engine) -> None:
    with world(engine) as w:
        first, second = (asked(w, Told(), now=MONDAY + n * DAY)[0] for n in range(2))
    assert [str(report.fetched.announcements[0].paper.id) for report in (first, second)] == [
        "file:first",
        "file:second",
    ]


def test_a_hostile_item_takes_no_other_with_it(engine: sa.Engine) -> None:
    items = (
        "<item><title></title><link>https://example.org/1</link></item>"
        "<item><title>A good paper</title><link>https://example.org/2</link></item>"
        f"<item><title>Too long a name</title><link>https://example.org/{'x' * 9000}</link></item>"
    )
    with world(engine) as w:
        w.routes["/feed"] = Answer(f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>')
        (report,) = asked(w)
    assert (report.freshness.items, report.freshness.new, report.freshness.skipped) == (3, 1, 2)
    assert known(engine) == 1


def test_each_source_is_heard_as_soon_as_it_has_answered(engine: sa.Engine) -> None:
    names: list[str] = []
    with world(engine) as w:
        fetch(
            engine,
            [Told(), *w.dependencies.sources],
            make_http=w.dependencies.make_http,
            now=MONDAY,
            on_progress=names.append,
        )
    assert sorted(names) == ["feed", "told"]


def test_what_came_of_a_fetch_is_recorded(engine: sa.Engine) -> None:
    with world(engine) as w:
        (report,) = asked(w)
    with reading(engine) as tx:
        (status,) = editions.statuses(tx, None)
        assert editions.last_fetch(tx) == MONDAY
    assert (status.state, status.items, status.new, status.note) == (State.FRESH, 3, 3, report.freshness.note)


@pytest.mark.parametrize("said", ["\ud800", "\x1b[2J\x00", "x" * 100_000])
def test_what_a_source_says_harms_neither_the_database_nor_other_sources(engine: sa.Engine, said: str) -> None:
    routes = {
        "/notes": Answer(json.dumps({"message": said})),
        "/works": Answer(json.dumps({"status": "ok", "message": {"items": [{"DOI": said, "title": ["T"]}]}})),
    }
    with playing_sources(routes) as base:
        sources: list[Source] = [OpenReview("v", base_url=base), Crossref(("1",), base_url=base), Told()]
        reports = fetch(engine, sources, make_http=lambda: Http(allow_private=True, pace=0), now=MONDAY)
    assert [report.freshness.state for report in reports] == [State.FAILED, State.WAITING, State.FRESH]
    assert reports[0].freshness.note.isprintable()
    assert all(len(item.why) < 300 and item.why.isprintable() for item in reports[1].fetched.skipped)
