"""Everything below /api is answered for programs, whatever it is."""

import httpx
import pytest
from tests.world import ON_SQLITE


@ON_SQLITE
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/subscribers", "/api/v1//key"])
async def test_an_address_that_is_not_there_is_a_problem(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@ON_SQLITE
async def test_a_slash_at_the_end_does_not_matter(pages: httpx.AsyncClient) -> None:
    assert (await pages.get("/api/v1/openapi.json/")).json()["openapi"] == "3.1.0"
