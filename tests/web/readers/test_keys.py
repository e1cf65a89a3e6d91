"""A reader's keys: created and shown once, revoked, and never anybody else's."""

import re

import httpx
import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW

from dailypapers.accounts import reader_keys as keys
from dailypapers.domain.link import Purpose
from dailypapers.store import reader_keys
from dailypapers.store.database import reading


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    alice, bob = a_digest(engine).reader, a_digest(engine, "bob").reader
    page, his = (f"{LINKS.url(Purpose.PREFERENCES, who, issued=NOW)}/keys" for who in (alice, bob))
    assert "Create a key" in (await pages.get(page)).text
    made = (await pages.post(page, data={"action": "create", "acts": "1"})).text
    (key,) = re.findall(r"dpr_\w{8}_[\w-]{43}", made)
    with reading(engine) as tx:
        known = keys.recognise(tx, key)
    assert known
    assert (known.subscriber, known.may_act) == (alice, True)
    again = (await pages.get(page)).text
    assert key not in again
    assert f"{known.prefix}…" in again
    await pages.post(his, data={"action": "revoke", "prefix": known.prefix})
    with reading(engine) as tx:
        assert reader_keys.of_subscriber(tx, alice)
    assert "no longer works" in (await pages.post(page, data={"action": "revoke", "prefix": known.prefix})).text
    with reading(engine) as tx:
        assert keys.recognise(tx, key) is None


async def test_there_are_only_so_many_and_a_get_makes_none(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    page = f"{LINKS.url(Purpose.PREFERENCES, reader, issued=NOW)}/keys"
    await pages.get(page, params={"action": "create"})
    statuses = []
    for _ in range(6):
        with reading(engine) as tx:
            seen = " ".join(each.prefix for each in reader_keys.of_subscriber(tx, reader))
        statuses.append((await pages.post(page, data={"action": "create", "seen": seen})).status_code)
    assert statuses == [200] * 5 + [422]


async def test_a_form_that_is_sent_again_creates_no_other_key(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    page = f"{LINKS.url(Purpose.PREFERENCES, reader, issued=NOW)}/keys"
    assert "not shown again" in (await pages.post(page, data={"action": "create", "seen": ""})).text
    again = await pages.post(page, data={"action": "create", "seen": ""})
    assert (again.status_code, "No key was created" in again.text) == (422, True)
    with reading(engine) as tx:
        (key,) = reader_keys.of_subscriber(tx, reader)
    assert f'name="seen" value="{key.prefix}"' in again.text
    revoked = await pages.post(page, data={"action": "revoke", "prefix": key.prefix}, follow_redirects=False)
    assert (revoked.status_code, revoked.headers["location"].endswith("/keys?done=revoked")) == (303, True)
