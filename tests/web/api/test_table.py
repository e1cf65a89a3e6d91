"""The table: nothing twice, and the description is served without a key."""

import httpx
from tests.world import ON_SQLITE

from dailypapers.web.api.table import OPERATIONS


def test_nothing_is_there_twice() -> None:
    assert len({each.name for each in OPERATIONS}) == len(OPERATIONS)
    assert len({(each.method, each.path) for each in OPERATIONS}) == len(OPERATIONS)


@ON_SQLITE
async def test_the_description_is_served_without_a_key(pages: httpx.AsyncClient) -> None:
    described = (await pages.get("/api/v1/openapi.json")).json()
    assert described["servers"] == [{"url": "http://pages/api/v1"}]
    assert set(described["paths"]) == {each.path for each in OPERATIONS}
