"""A token opens what it was made for, for whom it was made, and shows a button before anything is done."""

import datetime as dt
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from starlette.requests import Request
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything
from tests.world import ON_SQLITE

from dailypapers.domain.link import Claim, Purpose
from dailypapers.errors import BadToken
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.erase import erase
from dailypapers.tokens import LIFETIME
from dailypapers.web.http import static
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import GONE, claim_of, reader_of, ready


@pytest.mark.parametrize("purpose", list(Purpose))
@ON_SQLITE
def test_a_token_says_for_whom_it_is_and_about_what(context: WebContext, alice: int, purpose: Purpose) -> None:
    claim = claim_of(context, purpose, LINKS.token(purpose, alice, issued=NOW, about=7))
    assert (claim.purpose, claim.subscriber_id, claim.about) == (purpose, alice, 7)


@pytest.mark.parametrize("purpose", list(Purpose))
@ON_SQLITE
def test_a_token_for_another_purpose_opens_nothing(context: WebContext, alice: int, purpose: Purpose) -> None:
    for other in set(Purpose) - {purpose}:
        with pytest.raises(BadToken):
            claim_of(context, purpose, LINKS.token(other, alice, issued=NOW))


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.RESUBSCRIBE, Purpose.ERASE])
@ON_SQLITE
def test_a_token_is_too_old_a_second_after_its_time(context: WebContext, alice: int, purpose: Purpose) -> None:
    claim_of(context, purpose, LINKS.token(purpose, alice, issued=NOW - LIFETIME[purpose]))
    late = LINKS.token(purpose, alice, issued=NOW - LIFETIME[purpose] - dt.timedelta(seconds=1))
    with pytest.raises(BadToken):
        claim_of(context, purpose, late)


@pytest.mark.parametrize("token", ["", "x", "a.b", "\0", "é", "." * 500])
@ON_SQLITE
def test_what_we_have_not_signed_is_not_a_token(context: WebContext, token: str) -> None:
    with pytest.raises(BadToken):
        claim_of(context, Purpose.CONFIRM, token)


@ON_SQLITE
def test_the_reader_is_who_the_token_was_made_for_until_they_are_erased(
    context: WebContext, engine: sa.Engine, alice: int
) -> None:
    claim = claim_of(context, Purpose.DATA, LINKS.token(Purpose.DATA, alice, issued=NOW))
    with reading(engine) as tx:
        assert reader_of(context, tx, claim).address == "alice@example.org"
    with writing(engine) as tx:
        erase(tx, alice)
        with pytest.raises(BadToken, match=GONE):
            reader_of(context, tx, claim)


@ON_SQLITE
def test_nobody_is_found_by_an_id_alone(context: WebContext, engine: sa.Engine, alice: int) -> None:
    with reading(engine) as tx, pytest.raises(BadToken, match=GONE):
        reader_of(context, tx, Claim(Purpose.DATA, alice))


@ON_SQLITE
def test_a_page_with_a_button_changes_nothing(context: WebContext, engine: sa.Engine, alice: int) -> None:
    before = everything(engine)
    show = ready(replace(context, static=static.load(context.templates)), Purpose.RESUBSCRIBE, "resubscribe")
    request = Request({"type": "http", "method": "GET", "path": "/undo/x", "headers": []})
    answer = show(request, LINKS.token(Purpose.RESUBSCRIBE, alice, issued=NOW))
    assert answer.status_code == 200
    assert b'<form method="post"' in answer.body
    with pytest.raises(BadToken):
        show(request, LINKS.token(Purpose.ERASE, alice, issued=NOW))
    assert everything(engine) == before


@ON_SQLITE
async def test_an_erased_readers_page_says_that_the_subscription_is_gone(
    pages: httpx.AsyncClient, engine: sa.Engine, alice: int
) -> None:
    link = LINKS.url(Purpose.PREFERENCES, alice, issued=NOW)
    with writing(engine) as tx:
        erase(tx, alice)
    answer = await pages.get(link)
    assert (answer.status_code, GONE in answer.text) == (410, True)
