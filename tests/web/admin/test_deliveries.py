"""One email: its tries, what was in it, what it looks like; and sending it again."""

import datetime as dt
import re

import sqlalchemy as sa
from tests.web.a_digest import Got, a_digest
from tests.web.admin.conftest import Operator
from tests.web.conftest import NOW

from dailypapers.domain.delivery import DeliveryState, Doubt, Outcome, OutcomeKind
from dailypapers.store import attempts, history, ledger, outbox
from dailypapers.store.database import reading, writing

LATER = NOW + dt.timedelta(minutes=5)


def tried(engine: sa.Engine, state: DeliveryState, doubt: Doubt | None = None) -> Got:
    """Let a digest be tried once."""
    got = a_digest(engine)
    with writing(engine) as tx:
        (delivery,) = outbox.claim(tx, "w", 9, now=NOW)
        attempts.start(tx, [delivery], now=NOW)
        attempts.hand_over(tx, [delivery], now=NOW)
        kind = OutcomeKind.ACCEPTED if state is DeliveryState.ACCEPTED else OutcomeKind.UNCERTAIN
        attempts.answer(tx, [(delivery, Outcome(kind, 250, "2.0.0", "queued as <b>42</b>"))], now=NOW)
        outbox.record(
            tx, [delivery._replace(state=state, detail="250 queued as 42", doubt=doubt, next_attempt_at=None)]
        )
    return got


def state(engine: sa.Engine, got: Got) -> DeliveryState:
    with reading(engine) as tx:
        delivery = history.by_id(tx, got.delivery)
    assert delivery is not None
    return delivery.state


async def test_each_try_is_told_with_the_servers_words(viewer: Operator, engine: sa.Engine) -> None:
    got = tried(engine, DeliveryState.ACCEPTED)
    page = await viewer.look(f"/deliveries/{got.delivery}")
    assert "queued as &lt;b&gt;42&lt;/b&gt;" in page
    assert "Faster Single-Cell Genomics" in page
    assert 'value="resend"' not in page
    assert " sandbox " in page


async def test_the_email_is_shown_in_a_frame_that_can_do_nothing(viewer: Operator, engine: sa.Engine) -> None:
    got = tried(engine, DeliveryState.ACCEPTED)
    page = await viewer.client.get(f"/admin/deliveries/{got.delivery}")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    email = await viewer.client.get(f"/admin/deliveries/{got.delivery}/email")
    assert email.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "Deeper Graph Neural Networks" in email.text
    # The links in it are nobody's.
    links = set(re.findall(r'href="http://pages(/(?:preferences|unsubscribe)/[^"#]+)"', email.text))
    assert len(links) >= 2
    for link in links:
        answer = await (viewer.client.post if "unsubscribe" in link else viewer.client.get)(link)
        assert "no longer exists" in answer.text or "won’t receive any emails" in answer.text, link


async def test_an_accepted_digest_is_sent_again_and_counts_as_perhaps_doubled(
    owner: Operator, engine: sa.Engine
) -> None:
    got = tried(engine, DeliveryState.ACCEPTED)
    path = f"/deliveries/{got.delivery}"
    assert (await owner.post(path, action="resend")).headers["location"] == f"/admin{path}?done=queued"
    assert state(engine, got) is DeliveryState.QUEUED
    again = await owner.client.get(f"/admin{path}?done=queued")
    assert "leaves with the next run" in again.text
    # Twice changes nothing: it waits already.
    assert (await owner.post(path, at="", action="resend")).headers["location"] == f"/admin{path}?done=too-late"
    with writing(engine) as tx:
        (delivery,) = outbox.claim(tx, "w", 9, now=LATER)
        outbox.record(tx, [delivery._replace(state=DeliveryState.ACCEPTED, next_attempt_at=None)])
        (books,) = ledger.ledgers(tx)
    assert (books.resent, delivery.attempts) == (1, 2)
    assert owner.entries() == ["delivery resent"]


async def test_an_uncertain_digest_is_carried_over_once(owner: Operator, engine: sa.Engine) -> None:
    got = tried(engine, DeliveryState.UNCERTAIN, Doubt.HOLD)
    path = f"/deliveries/{got.delivery}"
    assert "It is not known whether it arrived" in await owner.look(path)
    for outcome in ("carried", "too-late"):
        answer = await owner.post(path, at="", action="carry")
        assert answer.headers["location"] == f"/admin{path}?done={outcome}"
    with reading(engine) as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM picks")).scalar_one() == 0
    # Nothing is left in it that could be sent.
    assert (await owner.post(path, at="", action="resend")).headers["location"] == f"/admin{path}?done=too-late"


async def test_a_confirmation_has_a_page_too(owner: Operator, engine: sa.Engine, alice: int) -> None:
    with reading(engine) as tx:
        (delivery,) = history.of_subscriber(tx, alice)
    page = await owner.look(f"/deliveries/{delivery.id}")
    assert "It has not been tried yet" in page
    assert "Confirm" in await owner.look(f"/deliveries/{delivery.id}/email")
