"""The private feed: one's picks, read by feedparser."""

import datetime as dt

import feedparser
import httpx
import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.sources.feed import read_feed
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase


async def test_the_feed_holds_the_picks_with_their_reasons(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    before = everything(engine)
    link = LINKS.url(Purpose.FEED, got.reader, issued=NOW) + ".atom"
    answer = await pages.get(link)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert [entry.title for entry in found.entries] == [GRAPHS.title, CELLS.title]
    assert "Matches your topic" in found.entries[0].summary
    assert {entry.id for entry in found.entries} == {
        "http://pages/paper/arxiv:2604.00001",
        "http://pages/paper/doi:10.1101/2026.04.17.1",
    }
    assert everything(engine) == before


async def test_the_feed_keeps_its_name_when_its_address_changes(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    links = [LINKS.url(Purpose.FEED, got.reader, issued=NOW - dt.timedelta(days=days)) for days in (0, 30)]
    feeds = [feedparser.parse((await pages.get(link)).content).feed for link in links]
    assert feeds[0].id == feeds[1].id
    assert feeds[0].title == "Daily Papers: my picks"


async def test_what_has_not_changed_is_not_sent_again(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    link = LINKS.url(Purpose.FEED, got.reader, issued=NOW) + ".atom"
    tag = (await pages.get(link)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await pages.get(link, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert (await pages.get(link, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_feed_without_picks_is_a_feed(pages: httpx.AsyncClient, alice: int) -> None:
    found = feedparser.parse((await pages.get(LINKS.url(Purpose.FEED, alice, issued=NOW) + ".atom")).content)
    assert (found.bozo, found.version, found.entries) == (False, "atom10", [])


async def test_the_feed_of_who_was_erased_is_gone(pages: httpx.AsyncClient, engine: sa.Engine, alice: int) -> None:
    link = LINKS.url(Purpose.FEED, alice, issued=NOW)
    with writing(engine) as tx:
        erase(tx, alice)
    assert (await pages.get(link)).status_code == 410


async def test_the_same_picks_come_as_json_feed(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    link = LINKS.url(Purpose.FEED, got.reader, issued=NOW)
    answer = await pages.get(link + ".json")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert (feed["version"], feed["feed_url"]) == ("https://jsonfeed.org/version/1.1", answer.url)
    atom = feedparser.parse((await pages.get(link + ".atom")).content)
    assert feed["title"] == atom.feed.title
    assert [(item["id"], item["title"], item["url"], item["content_html"]) for item in feed["items"]] == [
        (entry.id, entry.title, entry.link, entry.summary) for entry in atom.entries
    ]
    assert feed["items"][0]["date_published"] == atom.entries[0].published
    reading = read_feed(answer.content, url=link, day=NOW.date())
    assert [one.paper.title for one in reading.announcements] == [GRAPHS.title, CELLS.title]
