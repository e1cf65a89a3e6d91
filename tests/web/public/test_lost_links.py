"""Links that somebody has lost: one answer for all, and a mail to readers alone."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW, PRESS, SIGNER
from tests.web.test_pages import everything

from dailypapers.digests.layout import mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import outbox as deliveries
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.sign_up_policy import SignUpPolicy
from dailypapers.web.routes import web_app

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bob(engine: sa.Engine) -> int:
    """Somebody who reads."""
    with writing(engine) as tx:
        sign_up.admit(tx, "bob@example.org", Preferences(Rhythm(), Amount(5)), consent=Consent("operator"), now=NOW)
        reader = subscribers.by_address(tx, "bob@example.org")
    assert reader is not None
    return reader.id


@pytest.fixture
async def front(context: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """The pages for somebody on a network that may ask four times an hour."""
    policy = SignUpPolicy(limits=Limits(per_network_hour=4, overall_hour=12))
    transport = httpx.ASGITransport(app=web_app(replace(context, sign_up_policy=policy)), client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        yield client


def form(email: str, **more: str) -> dict[str, str]:
    return {"email": email, "form_timestamp": SIGNER.form_timestamp(now=NOW - MINUTE), **more}


def mails(engine: sa.Engine) -> list[str]:
    with reading(engine) as tx:
        links = deliveries.c.kind == "links"
        return [row.address for row in tx.execute(sa.select(deliveries).where(links).order_by(deliveries.c.id))]


async def test_a_reader_gets_links_to_their_own_pages(front: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    answer = await front.post("/links", data=form("Bob@Example.org"))
    assert (answer.status_code, "Check your inbox" in answer.text) == (200, True)
    with writing(engine) as tx:
        sheet = load_inputs(tx, outbox.claim(tx, "test", 9, now=NOW))[0]
    content = mail(PRESS, sheet)[1].content.decode()
    assert "Subject: Your links for Daily Papers" in content
    for purpose in (Purpose.PREFERENCES, Purpose.SAVED, Purpose.UNSUBSCRIBE):
        token = LINKS.token(purpose, bob, issued=NOW)
        assert f"/{purpose}/{token}" in re.sub(r"=\r\n", "", content)


async def test_the_answer_is_the_same_for_everybody(front: httpx.AsyncClient, engine: sa.Engine, bob: int) -> None:
    with writing(engine) as tx:
        suppressions.suppress(tx, "bob@example.org", reason="complaint", detail="", now=NOW)
    answers = [await front.post("/links", data=form(f"{name}@example.org")) for name in ("bob", "nobody")]
    bodies = [re.sub(r"\w+@example\.org|value=\"[^\"]*\"", "", answer.text) for answer in answers]
    assert ([answer.status_code for answer in answers], bodies[0] == bodies[1]) == ([200, 200], True)
    assert mails(engine) == []


async def test_only_who_reads_gets_links(front: httpx.AsyncClient, engine: sa.Engine, alice: int, bob: int) -> None:
    with writing(engine) as tx:
        lifecycle.unsubscribe(tx, bob, now=NOW)
    for name in ("alice", "bob"):
        assert "Check your inbox" in (await front.post("/links", data=form(f"{name}@example.org"))).text
    assert mails(engine) == []


async def test_one_mailbox_gets_one_an_hour_and_a_network_asks_for_a_few(
    front: httpx.AsyncClient, engine: sa.Engine, bob: int
) -> None:
    for _ in range(3):
        assert (await front.post("/links", data=form("bob@example.org"))).status_code == 200
    assert mails(engine) == ["bob@example.org"]
    statuses = [(await front.post("/links", data=form(f"eve{n}@example.org"))).status_code for n in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


async def test_asking_for_links_does_not_keep_anybody_from_subscribing(
    front: httpx.AsyncClient, engine: sa.Engine
) -> None:
    await front.post("/links", data=form("eve@example.org"))
    await front.post("/subscribe", data=form("eve@example.org"))
    with reading(engine) as tx:
        assert subscribers.by_address(tx, "eve@example.org") is not None


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"email": "bob"}, 422, "not a valid email address"),
        ({"email": "<b>\0"}, 422, "not a valid email address"),
        ({"email": "bob@example.org", "form_timestamp": "forged"}, 422, "open for a long time"),
        ({"email": "bob@example.org", "note": "honey"}, 200, "Check your inbox"),
        ({"email": "bob@example.org", "form_timestamp": SIGNER.form_timestamp(now=NOW)}, 200, "Check your inbox"),
    ],
)
@pytest.mark.usefixtures("bob")
async def test_what_is_no_request_mails_nothing(
    front: httpx.AsyncClient, engine: sa.Engine, sent: dict[str, str], status: int, sentence: str
) -> None:
    before = everything(engine)
    answer = await front.post("/links", data={**form(""), **sent})
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert "<b>" not in answer.text
    assert everything(engine) == before


@pytest.mark.parametrize("purpose", [Purpose.PREFERENCES, Purpose.SAVED, Purpose.UNSUBSCRIBE, Purpose.DIGEST])
async def test_the_page_of_an_expired_link_offers_new_ones(
    front: httpx.AsyncClient, bob: int, purpose: Purpose
) -> None:
    page = await front.get(LINKS.url(purpose, bob, issued=NOW - dt.timedelta(days=2000)))
    assert (page.status_code, 'action="/links"' in page.text, "Email me new links" in page.text) == (410, True, True)


async def test_an_expired_confirmation_leads_back_to_subscribing(front: httpx.AsyncClient, alice: int) -> None:
    page = await front.get(LINKS.url(Purpose.CONFIRM, alice, issued=NOW - dt.timedelta(days=8)))
    assert (page.status_code, "Subscribe again" in page.text, 'action="/links"' in page.text) == (410, True, False)
