"""What the feeds did not bring is asked for by arXiv's pages: today's at once, and that of earlier days in time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.playing_arxiv import Listed, arxiv_feed, catchup_page, new_page, numbered
from tests.playing_sources import Answer
from tests.world import DAY, World, arxiv_of, world

from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.source import State
from dailypapers.intake.close import close
from dailypapers.intake.fetch import SourceReport, fetch
from dailypapers.sources.arxiv import Arxiv
from dailypapers.store import source_days
from dailypapers.store.database import reading

#: A Monday, Eastern time as well.
MONDAY = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + n * DAY for n in range(1, 5))


@contextmanager
def arxiv(engine: sa.Engine, *categories: str) -> Iterator[World]:
    """A world whose only source is arXiv, feeds and pages."""
    with world(engine) as w:
        w.dependencies = replace(w.dependencies, sources=[arxiv_of(w, *categories)])
        yield w


def morning(w: World, now: dt.datetime) -> tuple[SourceReport, Edition]:
    (report,) = fetch(w.dependencies.engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=now)
    return report, close(w.dependencies.engine, zone="UTC", now=now)


def announce(w: World, day: dt.datetime, count: int, *, category: str = "cs.LG") -> None:
    w.routes[f"/rss/{category}"] = arxiv_feed(*numbered(day, count))


def page(w: World, day: dt.datetime, count: int, *, category: str = "cs.LG", is_past: bool = False) -> None:
    papers = [Listed(id_, f"Paper {id_}") for id_ in numbered(day, count)]
    path = f"/catchup/{category}/{day:%Y-%m-%d}" if is_past else f"/list/{category}/new"
    w.routes[path] = Answer((catchup_page if is_past else new_page)(day.date(), papers))


def states(engine: sa.Engine, category: str) -> list[tuple[int, State, int]]:
    with reading(engine) as tx:
        days = source_days.since(tx, "arxiv", MONDAY.date())[category]
    return [(each.day.day, each.state, each.new) for each in days]


def test_papers_that_a_feed_lacks_come_by_the_page(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG", "cs.AI") as w:
        announce(w, MONDAY, 8)
        announce(w, MONDAY, 0, category="cs.AI")
        page(w, MONDAY, 0, category="cs.AI")
        report, edition = morning(w, MONDAY)
        announce(w, TUESDAY, 0)
        page(w, TUESDAY, 5)
        page(w, TUESDAY, 0, category="cs.AI")
        report, edition = morning(w, TUESDAY)
        assert (report.freshness.state, report.freshness.new) == (State.FRESH, 5)
        assert report.by_category["cs.LG"].state is State.FRESH
        assert (edition.papers, doubts(edition.sources)) == (5, "")
        (status,) = edition.sources
        assert (status.state, status.new, status.lacking) == (State.FRESH, 5, ())


def test_half_a_feed_is_seen_and_the_other_half_comes_by_the_page(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 20)
        page(w, MONDAY, 20)
        report, _ = morning(w, MONDAY)
        assert report.relisted == ()
        announce(w, TUESDAY, 10)
        page(w, TUESDAY, 20)
        report, edition = morning(w, TUESDAY)
        assert (report.by_category["cs.LG"].state, report.freshness.new) == (State.FRESH, 20)
        assert (edition.papers, doubts(edition.sources)) == (20, "")


def test_a_small_day_is_verified_once(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 20)
        morning(w, MONDAY)
        announce(w, TUESDAY, 13)
        page(w, TUESDAY, 13)
        for pages in (1, 0):
            dependencies = w.dependencies
            (report,) = fetch(engine, dependencies.sources, make_http=dependencies.make_http, now=TUESDAY)
            assert len(report.relisted) == pages
        edition = close(engine, zone="UTC", now=TUESDAY)
        assert doubts(edition.sources) == ""
        assert states(engine, "cs.LG") == [(20, State.FRESH, 20), (21, State.FRESH, 13)]


def test_a_small_day_that_nothing_vouches_for_is_said_and_repaired(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 20)
        morning(w, MONDAY)
        announce(w, TUESDAY, 10)
        _, edition = morning(w, TUESDAY)
        assert "arXiv had fewer new papers than expected" in doubts(edition.sources)
        announce(w, WEDNESDAY, 20)
        page(w, TUESDAY, 19, is_past=True)
        _, edition = morning(w, WEDNESDAY)
        assert (edition.papers, doubts(edition.sources)) == (20 + 9, "")


def test_a_day_that_the_page_calls_empty_is_quiet(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 8)
        morning(w, MONDAY)
        page(w, TUESDAY, 0)
        report, edition = morning(w, TUESDAY)
        assert report.freshness.state is State.QUIET
        assert doubts(edition.sources) == ""
        assert states(engine, "cs.LG") == [(20, State.FRESH, 8), (21, State.QUIET, 0)]


def test_a_page_that_is_still_yesterdays_vouches_for_nothing(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 8)
        morning(w, MONDAY)
        page(w, MONDAY, 8)
        report, edition = morning(w, TUESDAY)
        assert report.freshness.state is State.WAITING
        assert report.relisted[0].note == "the page of cs.LG is about 2026-04-20, not about 2026-04-21"
        assert "arXiv had no new papers although some were expected" in doubts(edition.sources)


def test_two_days_on_which_arxiv_was_away_are_caught_up_with_once(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 8)
        morning(w, MONDAY)
        w.routes["/rss/cs.LG"] = Answer(status=503)
        for day in (TUESDAY, WEDNESDAY):
            _, edition = morning(w, day)
            assert "arXiv could not be reached" in doubts(edition.sources)
        announce(w, THURSDAY, 6)
        page(w, TUESDAY, 7, is_past=True)
        page(w, WEDNESDAY, 9, is_past=True)
        report, edition = morning(w, THURSDAY)
        assert edition.papers == 6 + 7 + 9
        assert [(each.day.day, each.freshness and each.freshness.new) for each in report.relisted] == [(21, 7), (22, 9)]
        assert states(engine, "cs.LG") == [
            (20, State.FRESH, 8),
            (21, State.FRESH, 7),
            (22, State.FRESH, 9),
            (23, State.FRESH, 6),
        ]
        announce(w, FRIDAY, 4)
        report, edition = morning(w, FRIDAY)
        assert (edition.papers, report.relisted) == (4, ())


def test_days_on_which_nobody_asked_are_caught_up_with_and_no_older_ones(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 8)
        morning(w, MONDAY)
        later = FRIDAY + 5 * DAY  # Wednesday of the week after
        announce(w, later, 3)
        for day in (WEDNESDAY, THURSDAY, FRIDAY, FRIDAY + 3 * DAY):
            page(w, day, 2, is_past=True)
        report, edition = morning(w, later)
        assert [each.day.day for each in report.relisted] == [22, 23, 24, 27, 28]
        assert edition.papers == 3 + 4 * 2
        # The page of the 28th did not answer; it is asked for again.
        page(w, FRIDAY + 4 * DAY, 2, is_past=True)
        report, edition = morning(w, later + dt.timedelta(minutes=30))
        assert [each.day.day for each in report.relisted] == [28]


def test_a_category_that_is_added_has_missed_nothing(engine: sa.Engine) -> None:
    with arxiv(engine, "cs.LG") as w:
        for n, day in enumerate((MONDAY, TUESDAY, WEDNESDAY)):
            if n == 2:
                (source,) = w.dependencies.sources
                assert isinstance(source, Arxiv)
                w.dependencies = replace(w.dependencies, sources=[replace(source, categories=("cs.LG", "cs.AI"))])
                announce(w, FRIDAY, 2, category="cs.AI")
            announce(w, day, 8)
            report, _ = morning(w, day)
            assert report.relisted == ()


def test_a_host_that_serves_no_pages_is_not_asked_for_all_of_them(engine: sa.Engine) -> None:
    with arxiv(engine, *(categories := ("cs.LG", "cs.AI", "cs.CV", "cs.CL"))) as w:
        for category in categories:
            announce(w, MONDAY, 0, category=category)
        report, _ = morning(w, MONDAY)
        assert [each.category for each in report.relisted] == ["cs.LG", "cs.AI"]
        assert report.freshness.state is State.WAITING


def test_a_page_that_breaks_the_reader_takes_nothing_with_it(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dailypapers.sources.arxiv.read_listing", broken)
    with arxiv(engine, "cs.LG") as w:
        announce(w, MONDAY, 0)
        page(w, MONDAY, 5)
        report, _ = morning(w, MONDAY)
        assert report.relisted[0].note == "its page could not be read (ZeroDivisionError)"
