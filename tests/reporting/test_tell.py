"""What is wrong reaches the operator by mail and by webhook, once, from whichever process."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes

import sqlalchemy as sa
from tests.conftest import NOW
from tests.delivery.chaos import fill
from tests.posted import listening

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Sender
from dailypapers.mail.transport import MemoryTransport
from dailypapers.posting.webhooks import Webhook
from dailypapers.reporting.tell import OperatorOptions, tell
from dailypapers.store.database import writing

HOUR = dt.timedelta(hours=1)
EARLY = NOW.replace(hour=3)
_SENDER = Sender("Papers", "papers@example.org", "bounce@example.org", "papers.example.org")


def options(tray: MemoryTransport) -> OperatorOptions:
    return OperatorOptions("Papers", _SENDER, lambda: tray, b"secret", email="owner@example.org")


def held(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'on_hold', detail = '550 5.7.1 policy'"))


def test_an_alert_comes_at_once_and_not_again_while_nothing_changes(engine: sa.Engine) -> None:
    held(engine)
    tray = MemoryTransport()
    arrived = [tell(engine, options(tray), now=EARLY + minutes * HOUR / 60) for minutes in (0, 1, 61)]
    assert arrived == [["on hold"], [], []]
    (mail,) = tray.sent
    read = message_from_bytes(mail.content)
    assert (read["To"], read["Subject"]) == ("owner@example.org", "Papers: on hold")
    assert "dailypapers deliver --release" in read.get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_the_report_comes_once_a_day(engine: sa.Engine) -> None:
    tray = MemoryTransport()
    arrived = [tell(engine, options(tray), now=NOW.replace(hour=hour)) for hour in (8, 9, 11)]
    assert arrived == [[], ["report"], []]
    assert tell(engine, options(tray), now=NOW.replace(hour=9) + 24 * HOUR) == ["report"]


def test_what_the_server_refuses_is_tried_again_after_an_hour(engine: sa.Engine) -> None:
    held(engine)
    refusing = MemoryTransport({"owner@example.org": Outcome(OutcomeKind.OUR_FAULT, 550, text="no")})
    assert [tell(engine, options(refusing), now=EARLY + wait) for wait in (0 * HOUR, HOUR / 2)] == [[], []]
    assert tell(engine, options(MemoryTransport()), now=EARLY + HOUR) == ["on hold"]


def test_a_webhook_is_told_where_mail_does_not_leave(engine: sa.Engine) -> None:
    held(engine)
    with listening() as listener:
        told = replace(
            options(MemoryTransport()), email="", webhook=Webhook("operator", listener.url, allow_private=True)
        )
        assert tell(engine, told, now=EARLY) == ["on hold"]
    assert listener.requests[0].body["type"] == "operator.on_hold"
