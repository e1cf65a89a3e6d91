"""One's data: GET shows a button, POST gives the file."""

import json
import re

import httpx
import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.store.database import writing
from dailypapers.subscriptions.erase import erase


async def test_the_button_gives_a_file_and_changes_nothing(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    before = everything(engine)
    link = LINKS.url(Purpose.DATA, got.reader, issued=NOW)
    assert '<form method="post"' in (await pages.get(link)).text
    answer = await pages.post(link)
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data-2026-04-20.json"'
    assert json.loads(answer.content)["address"] == "alice@example.org"
    assert everything(engine) == before


async def test_from_its_page_everything_can_be_erased(pages: httpx.AsyncClient, engine: sa.Engine, alice: int) -> None:
    page = await pages.get(LINKS.url(Purpose.DATA, alice, issued=NOW))
    found = re.search(r'href="([^"]*/erase/[^"]+)"', page.text)
    assert found
    assert "Erase everything?" in (await pages.get(found[1])).text
    assert "Everything is erased" in (await pages.post(found[1])).text
    assert "alice" not in str(everything(engine))


async def test_who_was_erased_gets_a_calm_page(pages: httpx.AsyncClient, engine: sa.Engine, alice: int) -> None:
    link = LINKS.url(Purpose.DATA, alice, issued=NOW)
    with writing(engine) as tx:
        erase(tx, alice)
    for method in ("GET", "POST"):
        assert (await pages.request(method, link)).status_code == 410
