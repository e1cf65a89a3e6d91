"""Suppressions: listed, added and lifted with a reason."""

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import Operator
from tests.web.conftest import NOW

from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers, suppressions
from dailypapers.store.database import reading, writing


async def test_an_address_is_suppressed_with_a_reason(owner: Operator, engine: sa.Engine) -> None:
    assert "No address is suppressed" in await owner.look("/suppressions")
    for address, reason, why, status in (
        ("nobody", "because", "not an email address", 400),
        ("bob@example.org", " ", "say why", 400),
    ):
        answer = await owner.post("/suppressions", address=address, reason=reason)
        assert (answer.status_code, why in answer.text, address in answer.text) == (status, True, True)
    answer = await owner.post("/suppressions", address="Bob@example.org", reason="asked by phone")
    assert answer.headers["location"] == "/admin/suppressions?done=added"
    again = await owner.post("/suppressions", address="bob@example.org", reason="asked by phone")
    assert (again.status_code, "suppressed already" in again.text) == (409, True)
    page = await owner.look("/suppressions?q=bob")
    assert ("bob@example.org" in page, "asked by phone" in page) == (True, True)
    assert "No suppressed address begins like this" in await owner.look("/suppressions?q=eve")
    assert owner.entries() == ["suppression"]


async def test_lifting_takes_a_reason_and_brings_back_who_bounced(owner: Operator, engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        suppressions.suppress(tx, "alice@example.org", reason="bounced", detail="full", now=NOW)
        subscribers.transition(tx, got.reader, to=SubscriberState.BOUNCED, now=NOW)
    at = "/suppressions/lift?address=alice@example.org"
    assert "Lift the suppression of alice@example.org?" in await owner.look(at)
    without = await owner.post("/suppressions/lift", at=at, address="alice@example.org")
    assert (without.status_code, "say why" in without.text) == (400, True)
    lifted = await owner.post("/suppressions/lift", at=at, address="alice@example.org", reason="she has room again")
    assert lifted.headers["location"] == "/admin/suppressions?done=lifted"
    with reading(engine) as tx:
        reader = subscribers.one(tx, got.reader)
    assert reader is not None
    assert reader.state is SubscriberState.ACTIVE
    assert "is not suppressed" in await owner.look(at, 404)
    gone = await owner.post("/suppressions/lift", at="", address="alice@example.org", reason="again")
    assert gone.status_code == 404
    assert "she has room again" in await owner.look(f"/subscribers/{got.reader}")
