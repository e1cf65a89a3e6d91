"""Test mode: all emails go to an operator, with a banner, and act for nobody."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa
from tests.delivery import queued
from tests.web.a_digest import a_digest

from dailypapers.delivery.deliver import deliver_once
from dailypapers.digests.test_mode import with_banner
from dailypapers.domain.delivery import DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.i18n import untranslated
from dailypapers.domain.message import Message
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store import controls, history, suppressions
from dailypapers.store.controls import Name
from dailypapers.store.database import reading, writing

OWNER, READER = "owner@example.org", "alice@example.org"


@pytest.fixture
def delivery(engine: sa.Engine, now: dt.datetime) -> int:
    """A digest that waits while test mode is on."""
    got = a_digest(engine)
    with writing(engine) as tx:
        controls.switch_on(tx, Name.TEST_MODE, by="ann", now=now, value=OWNER)
    return got.delivery


def test_an_email_goes_to_the_operator_with_a_banner(engine: sa.Engine, delivery: int, now: dt.datetime) -> None:
    tray = MemoryTransport()
    deliver_once(queued.sending(engine, tray), clock=lambda: now)
    (sent,) = tray.sent
    assert (sent.envelope.recipient, sent.envelope.sender) == (OWNER, "bounce@example.org")
    mail = message_from_bytes(sent.content, policy=default)
    assert (mail["To"], mail["Subject"].startswith("[Test] "), mail["List-Unsubscribe"]) == (OWNER, True, None)
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        assert f"Test mode: this email was for {READER}. Its links do nothing." in part.get_content()


def test_the_operators_dead_address_is_our_fault_and_not_the_readers(
    engine: sa.Engine, delivery: int, now: dt.datetime
) -> None:
    dead = Outcome(OutcomeKind.DEAD_ADDRESS, 550, "5.1.1", "no such user")
    done = deliver_once(queued.sending(engine, MemoryTransport({OWNER: dead})), clock=lambda: now)
    with reading(engine) as tx:
        (found,) = [each for each in history.of_edition(tx, 1) if each.id == delivery]
        assert not suppressions.is_suppressed(tx, READER)
    assert (found.state, done.stopped is not None) == (DeliveryState.ON_HOLD, True)


def test_a_banner_says_no_markup_of_an_address_and_fits_text_only() -> None:
    message = Message("New", "text", '<html><body class="a">\n<p>x</p></body></html>')
    made = with_banner(message, reader='"<b>"@example.org', translate=untranslated)
    assert '<body class="a"><p style=' in made.html
    assert "&lt;b&gt;" in made.html
    assert with_banner(replace(message, html=""), reader=READER, translate=untranslated).html == ""
