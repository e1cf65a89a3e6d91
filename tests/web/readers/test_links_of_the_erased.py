"""No link of somebody who was erased works on whoever has their id since: not on a database restored from a copy."""

import httpx
import pytest
import sqlalchemy as sa
from tests.subscriptions.an_id_again import given_again
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase

#: The state in which somebody else's link would do the most.
_STATES = {Purpose.CONFIRM: SubscriberState.PENDING, Purpose.RESUBSCRIBE: SubscriberState.UNSUBSCRIBED}
_TAILS = {Purpose.FEEDBACK: ("/like", "/less"), Purpose.FEED: (".atom",), Purpose.SAVED: ("", "/papers.bib")}


#: A reply and a forwarded alert have addresses, and no page.
_PAGES = [purpose for purpose in Purpose if purpose not in {Purpose.REPLY, Purpose.ALERT}]


@pytest.mark.parametrize("purpose", _PAGES)
async def test_an_erased_readers_link_does_nothing_to_who_has_the_id_now(
    pages: httpx.AsyncClient, engine: sa.Engine, purpose: Purpose
) -> None:
    got = a_digest(engine)
    about = {Purpose.FEEDBACK: got.papers[0], Purpose.DIGEST: got.delivery}.get(purpose, 0)
    link = LINKS.url(purpose, got.reader, issued=NOW, about=about)
    with writing(engine) as tx:
        erase(tx, got.reader)
    assert given_again(engine, got.reader, state=_STATES.get(purpose, SubscriberState.ACTIVE)) == got.reader
    before = everything(engine)
    for tail in _TAILS.get(purpose, ("",)):
        for method in ("GET", "POST"):
            answer = await pages.request(method, link + tail)
            assert answer.status_code in {200, 405, 410}, answer.text
            assert "carol" not in answer.text
            assert "my-data" not in answer.headers.get("content-disposition", "")
    assert everything(engine) == before


async def test_less_mail_by_an_erased_readers_link_is_less_for_nobody(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    got = a_digest(engine)
    link = LINKS.url(Purpose.UNSUBSCRIBE, got.reader, issued=NOW) + "/less"
    with writing(engine) as tx:
        erase(tx, got.reader)
    assert given_again(engine, got.reader) == got.reader
    before = everything(engine)
    for choice in ("weekly", "fewer", "pause", "two-weeks"):
        await pages.post(link, data={"choice": choice})
    assert everything(engine) == before
