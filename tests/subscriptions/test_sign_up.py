"""Who asks gets one confirmation, whether known or not; whom the operator adds is a reader at once, or refused."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import MAX_TOPICS, Preferences
from dailypapers.domain.signup import Admission, Limits, Verdict
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, Subscriber, SubscriberState
from dailypapers.store import history, outbox, subscribers, suppressions
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.sign_up import CONFIRM_DEADLINE, sign_up_request
from dailypapers.tokens import Signer

ALICE = "alice@example.org"
SIGNER = Signer("https://papers.example.org", b"secret")
CONSENT = Consent("web", "form 1", "network")
HOUR = dt.timedelta(hours=1)


def wanting(*topics: str) -> Preferences:
    return Preferences(Rhythm("UTC", 7), Amount(5), tuple(Interest(InterestKind.TOPIC, topic) for topic in topics))


def ask(
    tx: sa.Connection,
    now: dt.datetime,
    address: str = ALICE,
    *,
    network: str = "192.0.2.0/24",
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Verdict:
    request = sign_up_request(SIGNER, address, network)
    return sign_up.ask(tx, address, wanting("graphs"), consent=CONSENT, request=request, limits=limits, now=now)


def known(tx: sa.Connection, address: str = ALICE) -> Subscriber:
    reader = subscribers.by_address(tx, address)
    assert reader is not None
    return reader


def topics(tx: sa.Connection) -> set[str]:
    reader = known(tx)
    return {interest.text for interest in subscribers.interests_of(tx, [reader.id])[reader.id]}


def confirmations(tx: sa.Connection) -> list[dt.datetime]:
    """When each mail to Alice was queued, all of which ask her to confirm."""
    deliveries = history.of_subscriber(tx, known(tx).id)
    assert {delivery.kind for delivery in deliveries} <= {MailKind.CONFIRM}
    return sorted(delivery.created_at for delivery in deliveries)


def test_who_asks_tells_nobody_who_it_was_and_details_are_of_one_mailbox() -> None:
    plain, detail = (
        sign_up_request(SIGNER, address, "192.0.2.0/24") for address in (ALICE, "alice+papers@example.org")
    )
    assert "alice" not in repr(plain)
    assert plain.address != detail.address
    assert replace(plain, address="") == replace(detail, address="")
    other = sign_up_request(Signer("https://papers.example.org", b"another secret"), ALICE, "192.0.2.0/24")
    assert not {other.address, other.network} & {plain.address, plain.network}


def test_who_asks_is_pending_and_gets_a_confirmation_that_is_of_use_for_a_day(
    engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        assert ask(tx, now) is Verdict.GRANTED
        reader = known(tx)
        assert (reader.state, reader.consent, reader.confirmed_at) == (SubscriberState.PENDING, CONSENT, None)
        assert (confirmations(tx), topics(tx)) == ([now], {"graphs"})
        assert outbox.claim(tx, "w", 9, now=now + CONFIRM_DEADLINE + HOUR) == []


def test_the_answer_is_the_same_whoever_is_known_and_nothing_changes_for_a_reader(
    engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, wanting("cells"), consent=Consent("operator"), now=now)
        before = known(tx)
        assert ask(tx, now) is ask(tx, now, "bob@example.org") is Verdict.GRANTED
        assert (known(tx), confirmations(tx), topics(tx)) == (before, [], {"cells"})


def test_one_confirmation_an_hour_is_queued_whoever_asks(engine: sa.Engine, now: dt.datetime) -> None:
    asked = [now + dt.timedelta(minutes=minutes) for minutes in (0, 10, 59, 61)]
    with writing(engine) as tx:
        for moment in asked:
            sign_up.subscribe(tx, ALICE, wanting("graphs"), consent=CONSENT, now=moment)
        assert confirmations(tx) == [asked[0], asked[-1]]
        assert known(tx).created_at == asked[-1]


def test_a_mailbox_that_has_its_confirmation_is_answered_as_if_it_were_granted(
    engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        assert ask(tx, now) is Verdict.GRANTED
        assert ask(tx, now, "alice+again@example.org") is Verdict.ASKED_LATELY
        assert subscribers.by_address(tx, "alice+again@example.org") is None


def test_a_suppressed_address_is_answered_alike_and_not_mailed(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        suppressions.suppress(tx, ALICE, reason="complaint", detail="", now=now)
        assert ask(tx, now) is Verdict.GRANTED
        assert subscribers.by_address(tx, ALICE) is None


def test_who_has_left_may_ask_again_and_what_they_wanted_is_kept_beside_the_new(
    engine: sa.Engine, now: dt.datetime
) -> None:
    later, again = now + 2 * HOUR, Consent("mail", "form 2", "another network")
    with writing(engine) as tx:
        first = sign_up.subscribe(tx, ALICE, wanting("graphs"), consent=CONSENT, now=now)
        assert first is not None
        lifecycle.confirm(tx, first, now=now)
        lifecycle.unsubscribe(tx, first, now=now)
        assert sign_up.subscribe(tx, ALICE, wanting("cells"), consent=again, now=later) is None
        reader = known(tx)
        assert (reader.id, reader.state, reader.consent) == (first, SubscriberState.PENDING, again)
        assert (confirmations(tx), topics(tx)) == ([now, later], {"graphs", "cells"})
        # They have been a reader: that is remembered until they confirm, or do not.
        assert reader.confirmed_at == now


@pytest.mark.parametrize("state", [SubscriberState.BOUNCED, SubscriberState.COMPLAINED, SubscriberState.PAUSED])
def test_asking_moves_nobody_else(engine: sa.Engine, now: dt.datetime, state: SubscriberState) -> None:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, wanting("cells"), consent=Consent("operator"), now=now)
        subscribers.transition(tx, known(tx).id, to=state, now=now)
        sign_up.subscribe(tx, ALICE, wanting("graphs"), consent=CONSENT, now=now)
        assert (known(tx).state, topics(tx), confirmations(tx)) == (state, {"cells"}, [])


def test_asking_again_and_again_does_not_pile_up_topics(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        for n in range(5):
            asked_for = wanting(*(f"topic {n}.{m}" for m in range(MAX_TOPICS // 2)))
            sign_up.subscribe(tx, ALICE, asked_for, consent=CONSENT, now=now + n * 2 * HOUR)
        assert len(topics(tx)) == MAX_TOPICS


def test_attack_mode_is_logged_once_when_it_begins_and_once_when_it_is_over(
    engine: sa.Engine, now: dt.datetime
) -> None:
    limits = Limits(per_network_hour=99, overall_hour=3)
    with writing(engine) as tx, capture_logs() as logs:
        verdicts = [ask(tx, now, f"a{n}@example.org", limits=limits) for n in range(5)]
        assert ask(tx, now + 2 * HOUR, "late@example.org", limits=limits) is Verdict.GRANTED
    assert verdicts == [*[Verdict.GRANTED] * 3, *[Verdict.ONE_MORE_STEP] * 2]
    assert [entry["event"] for entry in logs] == ["attack mode", "attack mode is over"]
    assert "example.org" not in str(logs)


def test_whom_the_operator_adds_reads_at_once_and_is_not_asked(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        assert sign_up.admit(tx, ALICE, wanting("graphs"), consent=CONSENT, now=now) is Admission.ADDED
        reader = known(tx)
        assert (reader.state, reader.confirmed_at, reader.consent) == (SubscriberState.ACTIVE, now, CONSENT)
        assert (confirmations(tx), topics(tx)) == ([], {"graphs"})


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (SubscriberState.PENDING, SubscriberState.ACTIVE),
        (SubscriberState.ACTIVE, SubscriberState.ACTIVE),
        (SubscriberState.PAUSED, SubscriberState.PAUSED),
        (SubscriberState.BOUNCED, SubscriberState.BOUNCED),
        (SubscriberState.COMPLAINED, SubscriberState.COMPLAINED),
    ],
)
def test_who_is_known_gets_the_new_preferences_and_is_a_reader_if_that_was_all_that_lacked(
    engine: sa.Engine, now: dt.datetime, state: SubscriberState, after: SubscriberState
) -> None:
    with writing(engine) as tx:
        sign_up.subscribe(tx, ALICE, wanting("graphs"), consent=CONSENT, now=now)
        subscribers.transition(tx, known(tx).id, to=state, now=now)
        outcome = sign_up.admit(tx, ALICE, wanting("cells"), consent=Consent("operator"), now=now)
        assert (outcome, known(tx).state, topics(tx)) == (Admission.CHANGED, after, {"cells"})


def test_who_has_unsubscribed_is_not_subscribed_by_anybody_else(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, wanting("graphs"), consent=CONSENT, now=now)
        lifecycle.unsubscribe(tx, known(tx).id, now=now)
        before = known(tx)
        outcome = sign_up.admit(tx, ALICE, wanting("cells"), consent=CONSENT, now=now)
        assert (outcome, outcome.is_refused) == (Admission.UNSUBSCRIBED, True)
        assert (known(tx), topics(tx)) == (before, {"graphs"})


@pytest.mark.parametrize("is_known", [True, False])
def test_a_suppressed_address_is_refused_until_that_is_lifted(
    engine: sa.Engine,
    now: dt.datetime,
    is_known: bool,
) -> None:
    with writing(engine) as tx:
        if is_known:
            sign_up.admit(tx, ALICE, wanting("graphs"), consent=CONSENT, now=now)
        suppressions.suppress(tx, ALICE, reason="dead", detail="550 5.1.1", now=now)
        assert sign_up.admit(tx, ALICE, wanting("cells"), consent=CONSENT, now=now) is Admission.SUPPRESSED
        assert [reader.address for reader in subscribers.every(tx)] == [ALICE] * is_known
        lifecycle.lift(tx, ALICE, now=now)
        assert not sign_up.admit(tx, ALICE, wanting("cells"), consent=CONSENT, now=now).is_refused
        assert topics(tx) == {"cells"}
