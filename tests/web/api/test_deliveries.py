"""Deliveries and digests by the API: what was sent to whom, what the servers said, what was in it, and why."""

from tests.web.a_digest import a_digest
from tests.web.api.conftest import Program
from tests.web.conftest import NOW

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.store import attempts, outbox
from dailypapers.store.database import writing


async def test_deliveries_are_listed_by_state_edition_and_reader(program: Program) -> None:
    alice, bob = a_digest(program.engine), a_digest(program.engine, "bob")
    await program.add("cal@example.org")

    async def listed(query: str = "") -> list[int]:
        return [each["id"] for each in (await program.get(f"/deliveries{query}"))["items"]]

    every = await listed()
    assert every[1:] == [bob.delivery, alice.delivery]
    assert await listed("?state=queued") == every
    assert await listed("?state=queued&kind=digest") == every[1:]
    assert await listed("?edition=2026-04-20&state=queued") == every[1:]
    assert await listed(f"?subscriber_id={alice.reader}") == [alice.delivery]
    assert await listed("?state=failed") == []
    first = await program.get("/deliveries?state=queued&limit=2")
    second = await program.get(first["next"].removeprefix("http://pages/api/v1"))
    assert [each["id"] for each in first["items"] + second["items"]] == every


async def test_a_delivery_is_shown_with_what_the_server_said(program: Program) -> None:
    digest = a_digest(program.engine)
    with writing(program.engine) as tx:
        claimed = outbox.claim(tx, "worker", 1, now=NOW)
        attempts.start(tx, claimed, now=NOW)
        refused = Outcome(OutcomeKind.DEFERRED, 450, "4.2.1", "greylisted")
        attempts.answer(tx, [(claimed[0], refused)], now=NOW)
    shown = await program.get(f"/deliveries/{digest.delivery}")
    assert (shown["state"], shown["edition"], shown["address"]) == ("claimed", "2026-04-20", "alice@example.org")
    (one_try,) = shown["tries"]
    assert (one_try["code"], one_try["enhanced_code"], one_try["text"]) == (450, "4.2.1", "greylisted")
    assert (one_try["answered_at"], one_try["handed_over_at"]) == ("2026-04-20T08:00:00Z", None)


async def test_a_digest_is_shown_with_the_reason_for_each_paper(program: Program) -> None:
    digest = a_digest(program.engine, outside=True)
    shown = await program.get(f"/digests/{digest.delivery}")
    assert await program.get(f"/subscribers/{digest.reader}/digests") == {"items": [shown], "next": None}
    graphs, cells = shown["picks"]
    assert (graphs["paper"]["id"], graphs["score"], graphs["outside_topics"]) == ("arxiv:2604.00001", 0.7, False)
    assert graphs["terms"] == [
        {"kind": "words", "text": "graph, networks", "weight": 0.7, "interest": "graph neural networks"}
    ]
    assert "graph neural networks" in graphs["reason"]
    assert cells["outside_topics"]
    ann = await program.add()
    (confirmation,) = (await program.get(f"/deliveries?subscriber_id={ann['id']}"))["items"]
    await program.ask("GET", f"/digests/{confirmation['id']}", 404)
