"""The history of a source is stored once, goes on where it was stopped, and is nobody's news."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from tests.playing_arxiv import Listed, api_page, oai_error, oai_page
from tests.playing_sources import Answer, Asked
from tests.world import World, world

from dailypapers.intake.close import close
from dailypapers.intake.harvest import HarvestedPage, harvest, missing_parts
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.feed import Feed
from dailypapers.store import papers
from dailypapers.store.database import reading

NOW = dt.datetime(2026, 4, 22, 8, tzinfo=dt.UTC)
SINCE = dt.date(2026, 2, 10)


class Oai:
    """A server of three months, three pages each, whose tokens can expire and that can be away."""

    def __init__(self) -> None:
        self.is_away = False
        self.expired: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, asked: Asked) -> Answer:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        token = query.get("resumptionToken", "")
        self.asked.append(token or query["from"])
        if self.is_away:
            return Answer(status=404)
        if token in self.expired:
            return oai_error("badResumptionToken")
        month, page = token.split("-") if token else (query["from"][5:7], "1")
        following = f"{month}-{int(page) + 1}" if page != "3" else ""
        return oai_page([Listed(f"26{month}.0{page}00{n}") for n in (1, 2)], token=following)


@contextmanager
def arxiv(engine: sa.Engine) -> Iterator[tuple[World, Oai]]:
    with world(engine) as w:
        (feed,) = w.dependencies.sources
        assert isinstance(feed, Feed)
        base = feed.url.removesuffix("/feed")
        source = Arxiv(("cs.LG",), base_url=base, oai_url=base, api_url=base)
        w.dependencies = replace(w.dependencies, sources=[source])
        w.routes["/oai"] = oai = Oai()
        yield w, oai


def run(w: World, *, pages: int | None = None) -> list[HarvestedPage]:
    """Harvest; killed after so many pages."""
    dependencies, done = w.dependencies, list[HarvestedPage]()

    def told(page: HarvestedPage) -> None:
        done.append(page)
        if len(done) == pages:
            raise KeyboardInterrupt

    parts = missing_parts(dependencies.engine, dependencies.sources, SINCE, now=NOW)
    try:
        harvest(dependencies.engine, parts, make_http=dependencies.make_http, now=NOW, on_progress=told)
    except KeyboardInterrupt:
        assert pages
    return done


def stored(engine: sa.Engine) -> int:
    with reading(engine) as tx:
        return len(papers.every(tx))


def test_each_page_is_asked_for_once_however_often_it_is_killed(engine: sa.Engine) -> None:
    with arxiv(engine) as (w, oai):
        for pages in range(1, 10):
            run(w, pages=1)
            assert stored(engine) == 2 * pages
        assert run(w) == []
        assert oai.asked == [
            *("2026-04-01", "04-2", "04-3", "2026-03-01", "03-2", "03-3", "2026-02-01", "02-2", "02-3"),
        ]
        assert close(engine, zone="UTC", now=NOW).papers == 0


def test_a_token_that_has_expired_begins_the_month_anew(engine: sa.Engine) -> None:
    with arxiv(engine) as (w, oai):
        run(w, pages=2)
        oai.expired = {"04-3"}
        run(w, pages=1)
        assert oai.asked == ["2026-04-01", "04-2", "04-3", "2026-04-01"]
        oai.expired = set()
        run(w)
        assert stored(engine) == 18


def test_a_month_that_has_gone_on_is_asked_for_to_its_end(engine: sa.Engine) -> None:
    with arxiv(engine) as (w, _):
        run(w)
        later = missing_parts(engine, w.dependencies.sources, SINCE, now=NOW + dt.timedelta(days=3))
        spans = [(part.harvest.first, part.harvest.last) for part in later]
        assert spans == [(dt.date(2026, 4, 1), dt.date(2026, 4, 24))]


@pytest.mark.parametrize("has_api", [True, False])
def test_where_it_is_away_the_api_stands_in_or_the_rest_waits(engine: sa.Engine, *, has_api: bool) -> None:
    with arxiv(engine) as (w, oai):
        oai.is_away = True
        if has_api:
            first, second = (api_page([Listed(f"2604.0900{n}")], start=n - 1, total=2) for n in (1, 2))
            w.routes["/api/query"] = [first, second]
        done = run(w)
        assert [each.harvest.is_done for each in done] == ([False, True, True, True] if has_api else [False, False])
        assert bool(done[-1].failure) is not has_api
        assert stored(engine) == (2 if has_api else 0)
        oai.is_away = False
        run(w)
        assert stored(engine) == (2 if has_api else 18)
