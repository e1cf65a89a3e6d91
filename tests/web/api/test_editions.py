"""Editions by the API: newest first, each with its sources, and its papers a page at a time."""

from tests.web.a_digest import a_digest
from tests.web.api.conftest import Program
from tests.web.conftest import NOW

from dailypapers.domain.source import Freshness, State
from dailypapers.store import editions
from dailypapers.store.database import writing


async def test_an_edition_is_shown_with_its_sources_and_papers(program: Program) -> None:
    with writing(program.engine) as tx:
        editions.record_fetch(tx, "arxiv", Freshness(State.FRESH, 2, 2), now=NOW)
    a_digest(program.engine)
    edition = {"day": "2026-04-20", "closed_at": "2026-04-20T08:00:00Z", "papers": 2}
    assert await program.get("/editions") == {"items": [edition], "next": None}
    shown = await program.get("/editions/2026-04-20")
    assert [(each["name"], each["state"], each["new"]) for each in shown["sources"]] == [("arXiv", "fresh", 2)]
    first = await program.get("/editions/2026-04-20/papers?limit=1")
    second = await program.get(first["next"].removeprefix("http://pages/api/v1"))
    (graphs,), (cells,) = first["items"], second["items"]
    assert (graphs["id"], graphs["published"], graphs["sources"]) == ("arxiv:2604.00001", "2026-04-17", ["arxiv"])
    assert (cells["id"], cells["upvotes"], second["next"]) == ("doi:10.1101/2026.04.17.1", None, None)


async def test_editions_come_newest_first_page_by_page(program: Program) -> None:
    with writing(program.engine) as tx:
        for day in (17, 18, 20):
            editions.close(tx, NOW.date().replace(day=day), now=NOW)
    first = await program.get("/editions?limit=2")
    second = await program.get(first["next"].removeprefix("http://pages/api/v1"))
    days = [each["day"] for each in first["items"] + second["items"]]
    assert (days, second["next"]) == (["2026-04-20", "2026-04-18", "2026-04-17"], None)
