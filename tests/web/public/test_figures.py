"""Figures are served from our own address, for ever the same, and nothing else is."""

import datetime as dt

import httpx
import pytest
import sqlalchemy as sa
from tests.sources.parsing.test_pictures import picture
from tests.web.a_digest import a_digest

from dailypapers.sources.parsing.pictures import small
from dailypapers.store import thumbnails
from dailypapers.store.database import writing

DAY = dt.date(2026, 4, 20)


async def test_a_figure_is_served_under_its_content_s_name_until_it_is_kept_no_more(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    made, got = small(picture()), a_digest(engine)
    with writing(engine) as tx:
        thumbnails.put(tx, got.papers[0], made.thumbnail, made.content, day=DAY)
    answer = await pages.get(f"/figures/{made.thumbnail.file_name}")
    assert (answer.status_code, answer.content) == (200, made.content)
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    # Web mail shows it on its own pages.
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await pages.get(answer.url.path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    with writing(engine) as tx:
        assert thumbnails.prune(tx, before=DAY, limit=9) == 0
        assert thumbnails.prune(tx, before=DAY + dt.timedelta(days=1), limit=9) == 1
    assert (await pages.get(answer.url.path)).status_code == 404


@pytest.mark.parametrize("name", ["", "x.jpg", f"{'0' * 32}.jpg", f"{'0' * 32}.png", f"{'0' * 32}", "..%2F..%2Fetc"])
async def test_nothing_else_is_there(pages: httpx.AsyncClient, name: str) -> None:
    assert (await pages.get(f"/figures/{name}")).status_code == 404
