"""Sources by the API: how each stands, and its categories."""

from tests.web.api.conftest import Program
from tests.web.conftest import NOW

from dailypapers.domain.source import Freshness, State
from dailypapers.store import source_days
from dailypapers.store.database import writing


async def test_sources_are_listed_with_their_categories(program: Program) -> None:
    with writing(program.engine) as tx:
        for category, state in (("", State.FRESH), ("cs.LG", State.STALLED)):
            source_days.record(tx, "arxiv", category, NOW.date(), Freshness(state, new=4), now=NOW)
    whole, category = (await program.get("/sources"))["items"]
    assert (whole["name"], whole["category"], whole["state"], whole["needs_attention"]) == (
        "arXiv",
        None,
        "fresh",
        False,
    )
    assert (category["category"], category["out_since"], category["needs_attention"]) == ("cs.LG", "2026-04-20", True)
    assert category["detail"].startswith("arXiv cs.LG: stalled on 2026-04-20")
