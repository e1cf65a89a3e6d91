"""Suppressions by the API: added and lifted with a reason, and listed by address."""

from tests.web.api.conftest import Program
from tests.web.conftest import NOW

from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import writing


async def test_an_address_is_suppressed_once_and_lifted_once(program: Program) -> None:
    body = {"address": "Bob@example.org", "reason": "asked by telephone"}
    added = await program.post("/suppressions", body, 201)
    assert (added["address"], added["reason"], added["detail"]) == ("bob@example.org", "operator", "asked by telephone")
    assert await program.post("/suppressions", {**body, "reason": "again"}) == added
    await program.post("/suppressions/lift", body, 204)
    await program.post("/suppressions/lift", body, 404)
    await program.post("/suppressions/lift", {"address": "bob@example.org"}, 422)
    assert program.noted() == [("suppression", "bob@example.org"), ("suppression lifted", "bob@example.org")]


async def test_whose_mail_bounced_is_active_again_once_it_is_lifted(program: Program) -> None:
    ann = await program.add(state="active")
    with writing(program.engine) as tx:
        subscribers.transition(tx, ann["id"], to=SubscriberState.BOUNCED, now=NOW)
    body = {"address": "ann@example.org", "reason": "bounced"}
    await program.post("/suppressions", body, 201)
    await program.post("/suppressions/lift", body, 204)
    assert (await program.get(f"/subscribers/{ann['id']}"))["state"] == "active"


async def test_suppressions_are_listed_page_by_page(program: Program) -> None:
    for name in ("cal", "ann", "bob"):
        await program.post("/suppressions", {"address": f"{name}@example.org", "reason": "asked"}, 201)
    first = await program.get("/suppressions?limit=2")
    second = await program.get(first["next"].removeprefix("http://pages/api/v1"))
    listed = [each["address"] for each in first["items"] + second["items"]]
    assert listed == ["ann@example.org", "bob@example.org", "cal@example.org"]
    assert [each["address"] for each in (await program.get("/suppressions?address=BOB@example.org"))["items"]] == [
        "bob@example.org"
    ]
