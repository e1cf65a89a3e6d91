"""The way in: keys, scopes, limits, bodies of every kind; each error is a problem with a sentence."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.web.api.conftest import BY, CONSENT, Program, add_key
from tests.web.conftest import NOW
from tests.web.test_pages import everything
from tests.world import ON_SQLITE

from dailypapers.accounts import api_keys
from dailypapers.domain.api_key import Scope
from dailypapers.store import api_keys as stored
from dailypapers.store import history
from dailypapers.store.database import connect, reading, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

JSON = {"Content-Type": "application/json"}
ANN = {"address": "ann@example.org", "consent": CONSENT}


async def test_nobody_gets_anything_without_a_key_that_is_live(program: Program) -> None:
    key = program.key
    with writing(program.engine) as tx:
        expired = api_keys.add(tx, "old", [Scope.SOURCES_READ], by=BY, now=NOW.replace(year=2025), expires_at=NOW)
        revoked = api_keys.add(tx, "gone", [Scope.SOURCES_READ], by=BY, now=NOW)
        api_keys.revoke(tx, "gone", by=BY, now=NOW)
    for sent, says in {
        "": "Send an API key as",
        "dpk_aaaaaaaa_" + "x" * 43: "not an API key of this installation",
        key[:-1]: "not an API key of this installation",
        expired: "has expired",
        revoked: "has been revoked",
    }.items():
        program.key = sent
        refused = await program.ask("GET", "/sources", 401)
        assert says in refused.json()["detail"]
        assert refused.headers["www-authenticate"].startswith('Bearer realm="dailypapers"')
    assert (await program.client.get("/api/v1/sources", auth=("ann", key))).status_code == 401


async def test_a_key_in_an_address_is_refused_and_said_to_be_burnt(program: Program) -> None:
    refused = await program.ask("GET", "/sources", 400, params={"key": program.key})
    assert "revoke this one" in refused.json()["detail"]
    assert program.key not in refused.text


async def test_a_key_does_what_its_scopes_say_and_the_day_it_was_used_is_noted(program: Program) -> None:
    program.key = add_key(program.engine, Scope.SOURCES_READ, name="looks")
    assert await program.get("/sources") == {"items": [], "next": None}
    refused = await program.ask("GET", "/subscribers", 403)
    assert 'scope="subscribers:read"' in refused.headers["www-authenticate"]
    assert (await program.get("/key"))["scopes"] == ["sources:read"]
    with reading(program.engine) as tx:
        key = stored.by_name(tx, "looks")
    assert key is not None
    assert key.last_used_on == NOW.date()


async def test_a_key_has_so_many_requests_a_minute(program: Program) -> None:
    program.key = add_key(program.engine, name="busy", per_minute=2)
    for left in (1, 0):
        answer = await program.ask("GET", "/key")
        assert answer.headers["ratelimit"] == f'"minute";r={left};t=60'
    assert answer.headers["ratelimit-policy"] == '"minute";q=2;w=60'
    refused = await program.ask("GET", "/key", 429)
    assert (refused.headers["retry-after"], "2 requests a minute" in refused.json()["detail"]) == ("60", True)


async def test_the_same_request_is_done_once(program: Program) -> None:
    again = {"Idempotency-Key": "8e03978e", **JSON}
    first, second = await asyncio.gather(
        *(
            program.client.post(
                "/api/v1/subscribers", json=ANN, headers={**again, "Authorization": f"Bearer {program.key}"}
            )
            for _ in range(2)
        )
    )
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert {answer.headers.get("idempotency-replayed") for answer in (first, second)} == {None, "true"}
    assert (first.headers["location"], first.headers["etag"]) == (second.headers["location"], second.headers["etag"])
    with reading(program.engine) as tx:
        assert len(history.of_subscriber(tx, first.json()["id"])) == 1
    other = {**ANN, "address": "bob@example.org"}
    refused = await program.ask("POST", "/subscribers", 422, json=other, headers=again)
    assert refused.json()["type"].endswith("/idempotency-key-reused")
    for strange in ("x" * 256, "a b", ""):
        await program.ask("POST", "/subscribers", 400, json=ANN, headers={**again, "Idempotency-Key": strange})
    await program.ask("DELETE", f"/subscribers/{first.json()['id']}", 204)
    assert (await program.ask("POST", "/subscribers", 201, json=ANN, headers=again)).json()["id"] != first.json()["id"]


async def test_what_failed_may_be_sent_again_under_its_key(program: Program) -> None:
    await program.ask("POST", "/subscribers/1/unsubscribe", 404, json={}, headers={"Idempotency-Key": "k"})
    ann = await program.add()
    path = f"/subscribers/{ann['id']}/unsubscribe"
    assert (await program.ask("POST", path, json={}, headers={"Idempotency-Key": "k"})).json()[
        "state"
    ] == "unsubscribed"


@pytest.mark.parametrize(
    ("content", "headers", "status", "says"),
    [
        (b"{", JSON, 400, "not valid JSON: Expecting property name"),
        (b"", JSON, 400, "not valid JSON"),
        (b"[" * 100_000, JSON, 400, "nested too deeply"),
        (b'{"a":' * 50_000, JSON, 400, "nested too deeply"),
        (b"\xff\xfe", JSON, 400, "not UTF-8"),
        (b'{"a": NaN}', JSON, 400, "NaN is not a number"),
        (b"1" * 5000, JSON, 400, "too long"),
        (b'{"address": "a", "address": "b"}', JSON, 400, "twice"),
        (b"[]", JSON, 422, "The body must be an object"),
        (b"{}", JSON, 422, "/address is missing"),
        (b'{"address": "a\\u0000@b.c", "consent": {"source": "x"}}', JSON, 422, "/address must not hold U+0000"),
        (b'{"address": "a@b.c", "consent": {"source": "\\ud800"}}', JSON, 422, "half of a surrogate pair"),
        (b'{"\\ud800": 1}', JSON, 422, "is missing"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "must be JSON"),
        (b"{}", {"Content-Type": "application/json; charset=latin-1"}, 415, "must be JSON"),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "must be JSON"),
        (b"{}", {}, 415, "must be JSON"),
        (b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}, 415, "not packed"),
    ],
)
@ON_SQLITE
async def test_a_body_that_cannot_be_taken_is_answered_in_a_sentence(
    program: Program, content: bytes, headers: Mapping[str, str], status: int, says: str
) -> None:
    refused = await program.ask("POST", "/subscribers", status, content=content, headers=dict(headers))
    assert says in refused.json()["detail"]


async def megabytes(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 1_000_000


@ON_SQLITE
async def test_a_hundred_megabytes_are_refused(program: Program) -> None:
    refused = await program.ask("POST", "/subscribers", 413, content=megabytes(100), headers=JSON)
    assert refused.json()["type"].endswith("/too-large")


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nothing", 404, "nothing at this address"),
        ("GET", "/subscribers/0", 404, "nothing"),
        ("GET", "/subscribers/x", 404, "nothing"),
        ("GET", "/subscribers/99999999999999999999", 404, "nothing"),
        ("GET", "/subscribers/7", 404, "no subscriber with this id"),
        ("GET", "/subscribers/7/digests", 404, "no subscriber with this id"),
        ("GET", "/subscribers/7%2F8", 404, "nothing"),
        ("GET", "/subscribers/%00", 404, "nothing"),
        ("GET", "/editions/2026-04-31", 404, "nothing"),
        ("GET", "/editions/2026-04-19", 404, "no edition of 2026-04-19"),
        ("GET", "/deliveries/1", 404, "no delivery"),
        ("GET", "/digests/1", 404, "no digest"),
        ("GET", "/problems/none", 404, "nothing"),
        ("PUT", "/subscribers", 405, "cannot be done"),
        ("DELETE", "/subscribers", 405, "cannot be done"),
        ("TRACE", "/key", 405, "cannot be done"),
        ("FOO", "/key", 405, "cannot be done"),
        ("GET", "/subscribers?limit=0", 400, "“limit” must be at least 1"),
        ("GET", "/subscribers?limit=ten", 400, "“limit” must be an integer"),
        ("GET", "/subscribers?limit=1&limit=2", 400, "“limit” is given twice"),
        ("GET", "/subscribers?colour=red", 400, "“colour” is not known here"),
        ("GET", "/subscribers?state=%00", 400, "“state” must be one of"),
        ("GET", "/subscribers?address=%00%00%00", 400, "“address” must not hold U+0000"),
        ("GET", "/subscribers?address=ann", 400, "not an email address"),
        ("GET", "/subscribers?cursor=made-up", 400, "not made by this list"),
        ("GET", "/subscribers?cursor=%ff", 400, "not made by this list"),
        ("GET", "/deliveries?edition=2026-04-19", 400, "no edition of 2026-04-19"),
    ],
)
@ON_SQLITE
async def test_an_address_that_means_nothing_is_answered_in_a_sentence(
    program: Program, method: str, path: str, status: int, says: str
) -> None:
    refused = await program.ask(method, path, status)
    assert says in refused.json()["detail"]
    if status == 405:
        assert "GET" in refused.headers["allow"]


@ON_SQLITE
async def test_looking_changes_nothing_but_the_day_a_key_was_used(program: Program) -> None:
    await program.get("/key")
    before = everything(program.engine)
    for path in ("/subscribers", "/editions", "/deliveries", "/suppressions", "/sources", "/openapi.json"):
        await program.get(path)
        head = await program.ask("HEAD", path)
        assert head.content == b""
    assert everything(program.engine) == before


@ON_SQLITE
async def test_what_breaks_is_a_problem_too(
    context: WebContext, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("dailypapers.store.editions.page", broken)
    assert "our fault" in (await program.ask("GET", "/editions", 500)).json()["detail"]
    away = replace(context, engine=connect("sqlite:////no/such/folder/papers.db"))
    transport = httpx.ASGITransport(app=web_app(away), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        answer = await Program(client, program.engine, program.key).ask("GET", "/key", 503)
    assert answer.headers["retry-after"] == "30"
    assert "/no/such/folder" not in answer.text


@ON_SQLITE
async def test_a_cursor_works_for_its_list_and_its_filters_only(program: Program) -> None:
    for name in ("ann", "bob"):
        await program.add(f"{name}@example.org")
    following = (await program.get("/subscribers?limit=1&state=pending"))["next"]
    cursor = dict(httpx.URL(following).params)["cursor"]
    assert len((await program.get("/subscribers", params={"state": "pending", "cursor": cursor}))["items"]) == 1
    for path in ("/subscribers", "/subscribers?state=active", "/deliveries"):
        at = "&" if "?" in path else "?"
        await program.ask("GET", f"{path}{at}cursor={cursor}", 400)
