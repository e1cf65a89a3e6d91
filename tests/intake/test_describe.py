"""More about the papers of the last edition is asked for once, and nothing waits for it."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.playing_arxiv import Listed, api_page, arxiv_feed
from tests.playing_sources import Answer, Asked
from tests.world import DAY, world

from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.feed import Feed
from dailypapers.store import papers
from dailypapers.store.database import reading

NOW = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
MORE = "<arxiv:comment>Accepted at ICML</arxiv:comment><arxiv:doi>10.1000/j.1</arxiv:doi>"


def test_comments_and_dois_come_once_the_api_knows_them(engine: sa.Engine) -> None:
    asked: list[str] = []
    known: list[Listed] = []

    def api(request: Asked) -> Answer:
        asked.append(request.path)
        return api_page(known, more=MORE) if known else Answer(status=404)

    with world(engine) as w:
        (feed,) = w.dependencies.sources
        assert isinstance(feed, Feed)
        base = feed.url.removesuffix("/feed")
        sources = [Arxiv(("cs.LG",), base_url=base, api_url=base)]
        w.routes |= {"/rss/cs.LG": arxiv_feed("2604.00001", "2604.00002"), "/api/query": api}
        for hours in range(4):
            (report,) = fetch(engine, sources, make_http=w.dependencies.make_http, now=NOW + hours * DAY / 24)
            assert not report.fetched.failure
            known = [Listed("2604.00001", "Paper 2604.00001")]
        assert ["2604.00001" in path for path in asked] == [True, True, False, False]
        with reading(engine) as tx:
            paper_id = papers.named(tx, "doi:10.1000/j.1")
            assert paper_id == papers.named(tx, "arxiv:2604.00001")
            shown = papers.presentations(tx, [paper_id or 0]).get(paper_id or 0)
        assert shown is not None
        assert shown.comment == "Accepted at ICML"
        # What is in an older edition is asked for no longer.
        for day in (0, 1):
            close(engine, zone="UTC", now=NOW + day * DAY)
        w.routes["/rss/cs.LG"] = replace(arxiv_feed(), etag=True)
        fetch(engine, sources, make_http=w.dependencies.make_http, now=NOW + DAY)
        assert len(asked) == 4
