"""Links to their own pages go to readers alone, and to them no more often than sign-ups would."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits, Verdict
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import history, subscribers, suppressions
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.lost_links import links_request, mail_links
from dailypapers.tokens import Signer

ALICE = "alice@example.org"
SIGNER = Signer("https://papers.example.org", b"secret")
LIMITS = Limits(per_network_hour=3, overall_hour=9)


def ask(tx: sa.Connection, now: dt.datetime, network: str = "192.0.2.0") -> Verdict:
    return mail_links(tx, ALICE, request=links_request(SIGNER, ALICE, network), limits=LIMITS, now=now)


def admit(tx: sa.Connection, now: dt.datetime) -> int:
    sign_up.admit(tx, ALICE, Preferences(Rhythm(), Amount(5)), consent=Consent("operator"), now=now)
    reader = subscribers.by_address(tx, ALICE)
    assert reader is not None
    return reader.id


def test_one_mail_an_hour_waits_for_who_reads(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        reader = admit(tx, now)
        verdicts = [ask(tx, now + minutes * dt.timedelta(minutes=1)) for minutes in (0, 1, 61)]
        assert verdicts == [Verdict.GRANTED, Verdict.ASKED_LATELY, Verdict.GRANTED]
        assert [mail.kind for mail in history.of_subscriber(tx, reader)] == [MailKind.LINKS] * 2


@pytest.mark.parametrize("state", ["unknown", "unsubscribed", "suppressed"])
def test_nobody_else_gets_any_and_the_verdict_is_the_same(engine: sa.Engine, now: dt.datetime, state: str) -> None:
    with writing(engine) as tx:
        if state != "unknown":
            reader = admit(tx, now)
        if state == "unsubscribed":
            lifecycle.unsubscribe(tx, reader, now=now)
        if state == "suppressed":
            suppressions.suppress(tx, ALICE, reason="bounced", detail="", now=now)
        assert ask(tx, now) is Verdict.GRANTED
        assert state == "unknown" or history.of_subscriber(tx, reader) == []


def test_a_network_that_asks_too_often_is_refused(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        requests = [links_request(SIGNER, f"{name}@example.org", "192.0.2.0") for name in "abcd"]
        verdicts = [mail_links(tx, "a@example.org", request=each, limits=LIMITS, now=now) for each in requests]
    assert verdicts == [Verdict.GRANTED] * 3 + [Verdict.NETWORK_FULL]
