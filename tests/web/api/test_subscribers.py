"""Subscribers by the API: asked to confirm or admitted, changed, paused, resumed, unsubscribed, erased."""

import asyncio
import json

import pytest
from tests.web.api.conftest import CONSENT, Program, add_key

from dailypapers.domain.api_key import Scope
from dailypapers.domain.delivery import MailKind
from dailypapers.store import history, subscribers
from dailypapers.store.database import reading


async def test_somebody_is_asked_to_confirm_before_they_read(program: Program) -> None:
    stated = {"preferences": {"hour": 9}, "interests": [{"kind": "category", "text": "cs.LG"}]}
    ann = await program.add("Ann@Example.org", **stated)
    assert (ann["address"], ann["state"], ann["consent"]["source"]) == (
        "ann@example.org",
        "pending",
        "api: library card form",
    )
    assert (ann["preferences"]["hour"], ann["preferences"]["max_papers"]) == (9, 10)
    with reading(program.engine) as tx:
        (mail,) = history.of_subscriber(tx, ann["id"])
        assert mail.kind is MailKind.CONFIRM
        (interest,) = subscribers.interests_of(tx, [ann["id"]])[ann["id"]]
        assert interest.text == "cs.LG"
    assert await program.get(f"/subscribers/{ann['id']}") == ann
    assert program.noted() == [("subscription requested", "ann@example.org")]


async def test_a_key_that_vouches_for_consent_makes_somebody_active(program: Program) -> None:
    assert (await program.add(state="active"))["state"] == "active"
    assert program.noted() == [("subscriber added", "ann@example.org")]
    program.key = add_key(program.engine, Scope.SUBSCRIBERS_WRITE, name="form")
    body = {"address": "bob@example.org", "consent": CONSENT, "state": "active"}
    refused = await program.post("/subscribers", body, 403)
    assert "subscribers:admit" in refused["detail"]


async def test_who_is_there_is_a_conflict_and_who_left_is_asked_again(program: Program) -> None:
    ann = await program.add(state="active")
    body = {"address": "ann@example.org", "consent": CONSENT}
    conflict = await program.post("/subscribers", body, 409)
    assert conflict["subscriber"] == f"http://pages/api/v1/subscribers/{ann['id']}"
    await program.post(f"/subscribers/{ann['id']}/unsubscribe", {})
    left = await program.post("/subscribers", {**body, "state": "active"}, 409)
    assert left["type"] == "http://pages/api/v1/problems/has-unsubscribed"
    assert (await program.post("/subscribers", body, 200))["state"] == "pending"


async def test_a_suppressed_address_is_not_subscribed(program: Program) -> None:
    await program.post("/suppressions", {"address": "ann@example.org", "reason": "asked"}, 201)
    refused = await program.post("/subscribers", {"address": "ann@example.org", "consent": CONSENT}, 409)
    assert refused["type"].endswith("/suppressed")


async def test_preferences_change_and_what_is_not_named_stays(program: Program) -> None:
    ann = await program.add(state="active", preferences={"hour": 9, "days": "mon,thu"})
    answer = await program.ask("PATCH", f"/subscribers/{ann['id']}", json={"max_papers": 3, "relevance": 0.5})
    changed = answer.json()["preferences"]
    assert (changed["hour"], changed["days"], changed["max_papers"], changed["relevance"]) == (9, "mon,thu", 3, 0.5)
    assert program.noted()[-1] == ("subscriber changed", "ann@example.org")


async def test_a_change_that_names_an_old_version_is_not_made(program: Program) -> None:
    ann = await program.add(state="active")
    path = f"/subscribers/{ann['id']}"
    version = (await program.ask("GET", path)).headers["etag"]
    assert (await program.ask("GET", path, 304, headers={"If-None-Match": version})).content == b""
    newer = await program.ask("PATCH", path, json={"hour": 9}, headers={"If-Match": version})
    assert newer.headers["etag"] == (await program.ask("GET", path)).headers["etag"] != version
    await program.ask("PATCH", path, 412, json={"hour": 10}, headers={"If-Match": version})
    await program.ask("DELETE", path, 412, headers={"If-Match": version})
    await program.ask("DELETE", path, 400, headers={"If-Match": "1"})
    await program.ask("GET", path, 304, headers={"If-None-Match": f'"x", W/{newer.headers["etag"]}'})
    assert (await program.get(path))["preferences"]["hour"] == 9


async def test_of_two_changes_of_one_version_at_once_one_is_made(program: Program) -> None:
    ann = await program.add(state="active")
    path = f"/api/v1/subscribers/{ann['id']}"
    version = (await program.ask("GET", f"/subscribers/{ann['id']}")).headers["etag"]
    headers = {"Authorization": f"Bearer {program.key}", "If-Match": version}
    answers = await asyncio.gather(
        *(program.client.patch(path, json={"hour": hour}, headers=headers) for hour in (1, 2, 3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_a_pause_begins_and_ends(program: Program) -> None:
    ann = await program.add(state="active")
    path = f"/subscribers/{ann['id']}"
    await program.post(f"{path}/pause", {"until": "2026-04-20"}, 422)
    paused = await program.post(f"{path}/pause", {"until": "2026-05-01"})
    assert (paused["state"], paused["paused_until"]) == ("paused", "2026-05-01")
    assert (await program.post(f"{path}/resume", {}))["state"] == "active"
    assert (await program.ask("POST", f"{path}/pause")).json()["state"] == "paused"
    await program.post(f"{path}/unsubscribe", {})
    assert (await program.post(f"{path}/resume", {}, 409))["state"] == "unsubscribed"


async def test_erasing_leaves_nothing_but_a_keyed_hash(program: Program) -> None:
    ann = await program.add()
    await program.ask("DELETE", f"/subscribers/{ann['id']}", 204)
    await program.ask("GET", f"/subscribers/{ann['id']}", 404)
    await program.ask("DELETE", f"/subscribers/{ann['id']}", 404)
    assert program.noted() == [("subscription requested", ""), ("subscriber erased", "")]


async def test_subscribers_are_listed_page_by_page(program: Program) -> None:
    for name in ("ann", "bob", "cal"):
        await program.add(f"{name}@example.org", state="active" if name == "bob" else "pending")
    first = await program.ask("GET", "/subscribers", params={"limit": 2})
    assert [each["address"] for each in first.json()["items"]] == ["ann@example.org", "bob@example.org"]
    following = first.json()["next"]
    assert first.headers["link"] == f'<{following}>; rel="next"'
    second = await program.get(following.removeprefix("http://pages/api/v1"))
    assert ([each["address"] for each in second["items"]], second["next"]) == (["cal@example.org"], None)
    listed = await program.get("/subscribers", params={"state": "active"})
    assert [each["address"] for each in listed["items"]] == ["bob@example.org"]
    listed = await program.get("/subscribers", params={"address": "Cal@example.org"})
    assert [each["address"] for each in listed["items"]] == ["cal@example.org"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"preferences": {"hour": 24}}, "/preferences/hour"),
        ({"preferences": {"hour": "7"}}, "/preferences/hour"),
        ({"preferences": {"colour": "red"}}, "/preferences/colour"),
        ({"interests": [{"kind": "topic"}]}, "/interests/0/text"),
        ({"interests": [{"kind": "category", "text": "cs.XX"}]}, "/interests/0/text"),
        ({"interests": [{"kind": "paper", "text": "no id"}]}, "/interests/0/text"),
        ({"interests": [{"kind": "topic", "text": f"t{n}"} for n in range(41)]}, "/interests"),
        ({"consent": {"source": ""}}, "/consent/source"),
        ({"address": "a\ud800@example.org"}, "/address"),
    ],
)
async def test_a_field_that_is_wrong_is_named(program: Program, fields: dict[str, object], pointer: str) -> None:
    body = {"address": "ann@example.org", "consent": CONSENT, **fields}
    refused = await program.ask(
        "POST", "/subscribers", 422, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert refused.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("fields", [{"preferences": {"zone": "Europe/Nowhere"}}, {"address": "ann@example"}])
async def test_what_only_a_rule_of_ours_tells_is_said_in_a_sentence(
    program: Program, fields: dict[str, object]
) -> None:
    refused = await program.post("/subscribers", {"address": "ann@example.org", "consent": CONSENT, **fields}, 422)
    assert refused["detail"].startswith(("Zone “Europe/Nowhere”", "“ann@example” is not an email address"))
