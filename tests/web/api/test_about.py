"""What a type of problem means can be looked up at its address, without a key."""

import httpx
import pytest
from tests.world import ON_SQLITE

from dailypapers.web.api.problem import Kind


@ON_SQLITE
@pytest.mark.parametrize("kind", [Kind.NOT_FOUND, Kind.LIMIT])
async def test_a_type_of_problem_is_explained_at_its_address(pages: httpx.AsyncClient, kind: Kind) -> None:
    shown = (await pages.get(f"/api/v1/problems/{kind.slug}")).json()
    assert shown == {
        "type": f"http://pages/api/v1/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "description": kind.meaning,
    }
