"""A source is called fresh only if the store had not known what it announces."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.playing_arxiv import arxiv_feed, numbered
from tests.playing_sources import Answer
from tests.world import DAY, GRAPHS, MONDAY, TITLES, World, feed, world

from dailypapers.domain.edition import doubts
from dailypapers.domain.source import SourceStatus, State
from dailypapers.intake.close import close
from dailypapers.intake.fetch import SourceReport, fetch
from dailypapers.jobs.day import day
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.feed import Feed
from dailypapers.store import editions, source_days
from dailypapers.store.database import reading

HOUR = dt.timedelta(hours=1)
FRIDAY = MONDAY - 3 * DAY


def at(w: World, path: str) -> str:
    """An address of the world's web server."""
    (source,) = w.dependencies.sources
    assert isinstance(source, Feed)
    return source.url.removesuffix("/feed") + path


def ask(w: World, now: dt.datetime) -> State:
    (report,) = fetch(w.dependencies.engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=now)
    return report.freshness.state


def closed(w: World, now: dt.datetime) -> SourceStatus:
    (status,) = close(w.dependencies.engine, zone="UTC", now=now).sources
    return status


def test_a_source_that_repeats_fridays_papers_is_not_fresh_on_monday(engine: sa.Engine) -> None:
    with world(engine) as w:
        assert ask(w, FRIDAY) is State.FRESH
        assert closed(w, FRIDAY).state is State.FRESH
        assert ask(w, FRIDAY + DAY) is State.QUIET
        assert ask(w, MONDAY) is State.WAITING
        status = closed(w, MONDAY)
        assert (status.state, status.items, status.new) == (State.STALLED, 3, 0)
        assert status.note == "3 items, none new. New papers were expected."
        assert "feed had no new papers although some were expected" in doubts((status,))


def test_the_papers_that_come_later_make_it_fresh_again(engine: sa.Engine) -> None:
    with world(engine) as w:
        ask(w, FRIDAY)
        closed(w, FRIDAY)
        assert ask(w, MONDAY) is State.WAITING
        w.announce("A Wholly New Paper")
        assert ask(w, MONDAY + HOUR) is State.FRESH
        assert ask(w, MONDAY + 2 * HOUR) is State.QUIET
        status = closed(w, MONDAY + 3 * HOUR)
        assert (status.state, status.new, doubts((status,))) == (State.FRESH, 1, "")


def test_a_mail_says_that_a_source_repeats_itself(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        w.routes["/stale"] = feed("Something About the Weather")
        sources = [Feed("stale", at(w, "/stale")), *w.dependencies.sources]
        fetch(engine, sources[:1], make_http=w.dependencies.make_http, now=FRIDAY)
        close(engine, zone="UTC", now=FRIDAY)
        done = day(replace(w.dependencies, sources=sources), clock=lambda: MONDAY)
        mail = w.got()["alice"][0]
    assert [report.freshness.state for report in done.fetched] == [State.WAITING, State.FRESH]
    assert "stale had no new papers although some were expected" in mail


def test_a_replacement_alone_is_something_new_and_only_once(engine: sa.Engine) -> None:
    item = (
        "<item><title>A title</title><link>https://arxiv.org/abs/2604.00001</link>"
        "<description>arXiv:2604.00001v2 Announce Type: replace\nAbstract: More.</description></item>"
    )
    with world(engine) as w:
        w.routes["/rss/econ.TH"] = Answer(f'<rss version="2.0"><channel><title>t</title>{item}</channel></rss>')
        w.dependencies = replace(w.dependencies, sources=[Arxiv(("econ.TH",), base_url=at(w, ""))])
        assert ask(w, MONDAY) is State.FRESH
        assert ask(w, MONDAY + DAY) is State.QUIET


def test_a_failure_keeps_the_checkpoint(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.routes["/feed"] = replace(feed(*TITLES), etag=True)
        ask(w, FRIDAY)
        with reading(engine) as tx:
            before = editions.checkpoint(tx, "feed")
        w.routes["/feed"] = Answer(status=500)
        assert ask(w, MONDAY) is State.FAILED
        with reading(engine) as tx:
            assert editions.checkpoint(tx, "feed") == before
    assert before
    assert before.etags


def arxiv_day(w: World, now: dt.datetime, ids_of: dict[str, list[str]]) -> tuple[SourceReport, SourceStatus]:
    """What came of a morning on which each category's feed holds these papers."""
    for category, ids in ids_of.items():
        w.routes[f"/rss/{category}"] = arxiv_feed(*ids)
    (report,) = fetch(w.dependencies.engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=now)
    return report, closed(w, now)


def test_one_category_that_is_empty_while_others_are_not_is_named_that_day(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.dependencies = replace(w.dependencies, sources=[Arxiv(("cs.AI", "cs.CV"), base_url=at(w, ""))])
        for n in range(4):
            now = FRIDAY - (10 - n) * DAY  # Tuesday to Friday
            both = numbered(now, 12)
            _, status = arxiv_day(w, now, {"cs.AI": both[:6], "cs.CV": both[6:]})
            assert (status.state, status.lacking) == (State.FRESH, ())
        report, status = arxiv_day(w, FRIDAY, {"cs.AI": numbered(FRIDAY, 6), "cs.CV": []})
        assert {name: fresh.state for name, fresh in report.by_category.items()} == {
            "cs.AI": State.FRESH,
            "cs.CV": State.WAITING,
        }
        assert (status.state, status.new) == (State.FRESH, 6)
        assert "arXiv (cs.CV) had no new papers although some were expected" in doubts((status,))
        # Yesterday's feed again is as empty.
        _, status = arxiv_day(w, MONDAY, {"cs.AI": numbered(MONDAY, 6), "cs.CV": both[6:]})
        assert [lacking.category for lacking in status.lacking] == ["cs.CV"]
        # And what comes at last is news.
        report, status = arxiv_day(w, MONDAY + DAY, {"cs.AI": numbered(MONDAY + DAY, 6), "cs.CV": numbered(MONDAY, 9)})
        assert (report.by_category["cs.CV"].new, status.lacking) == (3, ())


def test_arxiv_that_is_empty_on_a_monday_is_waited_for_and_has_then_stalled(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.dependencies = replace(w.dependencies, sources=[Arxiv(("cs.AI", "cs.CV"), base_url=at(w, ""))])
        arxiv_day(w, FRIDAY, {"cs.AI": numbered(FRIDAY, 6), "cs.CV": []})
        report, status = arxiv_day(w, MONDAY, {"cs.AI": [], "cs.CV": []})
        assert (report.freshness.state, status.state) == (State.WAITING, State.STALLED)
        assert "arXiv had no new papers although some were expected" in doubts((status,))
        _, status = arxiv_day(w, dt.datetime(2026, 11, 27, 8, tzinfo=dt.UTC), {})
        assert (status.state, doubts((status,))) == (State.QUIET, "")
        assert "holiday" in status.note


def test_a_category_that_fails_is_named_and_takes_no_other_with_it(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.dependencies = replace(w.dependencies, sources=[Arxiv(("cs.AI", "cs.CV"), base_url=at(w, ""))])
        _, status = arxiv_day(w, MONDAY, {"cs.AI": numbered(MONDAY, 6)})
        assert (status.state, status.lacking[0].state) == (State.FRESH, State.FAILED)
        assert doubts((status,)).startswith("Today arXiv (cs.CV) could not be reached.")
    with reading(engine) as tx:
        days = source_days.since(tx, "arxiv", MONDAY.date())
        assert {category: day.state for category, (day,) in days.items()} == {
            "": State.FRESH,
            "cs.AI": State.FRESH,
            "cs.CV": State.FAILED,
        }
