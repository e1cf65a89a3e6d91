"""A source is called fresh only if the store had not known what it announces."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.playing_sources import Answer
from tests.world import DAY, GRAPHS, MONDAY, TITLES, World, feed, world

from dailypapers.domain.edition import doubts
from dailypapers.domain.source import SourceStatus, State
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.jobs.day import day
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.feed import Feed
from dailypapers.store import editions
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
        assert (status.state, status.items, status.new) == (State.WAITING, 3, 0)
        assert status.note == "3 items, none new. New papers were expected."
        assert "feed had not announced its papers yet" in doubts((status,))


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
    assert "stale had not announced its papers yet" in mail


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
