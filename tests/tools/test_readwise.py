"""Readwise: what it is told of a paper."""

from tests.playing_tools import PlayingReadwise, playing
from tests.web.a_digest import GRAPHS

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.tool import Sent
from dailypapers.sources.http.client import Http
from dailypapers.tools.base import Account
from dailypapers.tools.readwise import Readwise


async def test_a_paper_is_saved_under_its_page_and_only_once() -> None:
    service, account = PlayingReadwise(), Account("readwise-token")
    with playing(service):
        async with Http(allow_private=True, pace=0) as http:
            client = Readwise(service.url)
            results = [(await client.save(http, account, GRAPHS)).sent for _ in range(2)]
            nowhere = await client.save(http, account, Paper(PaperId("feed", "x"), "Without a page"))
    assert results == [Sent.SAVED, Sent.EXISTS]
    assert nowhere.sent is Sent.IMPOSSIBLE
    document = service.documents[GRAPHS.url]
    assert (document["author"], document["published_date"]) == ("Ann Lee, Bo Roy", "2026-04-17")
