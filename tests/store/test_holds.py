"""What waits for an operator goes on as it is decided, and a digest can be sent once more."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.store.digests import DEADLINE, claim, put_all, put_for_group, record

from dailypapers.domain.delivery import DeliveryState, Doubt, MailKind, OutcomeKind, in_doubt
from dailypapers.store import editions, history, holds, outbox
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.store.picks import already_sent


@pytest.mark.parametrize("decision", [Doubt.RESEND, Doubt.CARRY, Doubt.KEEP])
def test_an_operator_decides_about_the_uncertain(
    engine: sa.Engine, edition: int, now: dt.datetime, decision: Doubt
) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        outbox.record(tx, [in_doubt(each, Doubt.HOLD, resend_at=now) for each in outbox.claim(tx, "w", 2, now=now)])
        assert ledgers(tx)[0].undecided == 2
        assert holds.decide(tx, decision, edition_id=edition + 1, now=now) == 0
        assert holds.decide(tx, decision, now=now) == 2
        assert ledgers(tx)[0].undecided == 0
    with reading(engine) as tx:
        assert len(already_sent(tx, [1, 2, 3], [1])) == (1 if decision is Doubt.CARRY else 3)
    assert len(claim(engine, now)) == (3 if decision is Doubt.RESEND else 1)


def test_what_is_past_its_deadline_is_not_sent_again(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        outbox.record(tx, [in_doubt(each, Doubt.HOLD, resend_at=now) for each in outbox.claim(tx, "w", 9, now=now)])
        assert holds.decide(tx, Doubt.RESEND, now=now + DEADLINE) == 0
        assert holds.decide(tx, Doubt.CARRY, now=now + DEADLINE) == 3


def test_held_mails_wait_until_they_are_released(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    record(engine, claim(engine, now, limit=1)[0], OutcomeKind.OUR_FAULT, now)
    assert len(claim(engine, now)) == 2
    with writing(engine) as tx:
        assert holds.on_hold(tx)[0] == 1
        assert holds.release(tx, now=now) == 1
    assert len(claim(engine, now)) == 1


def test_a_digest_can_be_queued_once_more_and_counts_as_one_that_may_arrive_twice(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    sent = [record(engine, delivery, OutcomeKind.ACCEPTED, now) for delivery in claim(engine, now)]
    again = {"deadline": now + DEADLINE, "now": now}
    with writing(engine) as tx:
        assert not holds.resend(tx, sent[0].id, [DeliveryState.EXPIRED], **again)
        assert holds.resend(tx, sent[0].id, [DeliveryState.ACCEPTED], **again)
        assert not holds.resend(tx, 99, [DeliveryState.ACCEPTED], **again)
    [delivery] = claim(engine, now)
    assert (delivery.id, delivery.message_id) == (sent[0].id, sent[0].message_id)
    record(engine, delivery, OutcomeKind.ACCEPTED, now)
    with reading(engine) as tx:
        assert (ledgers(tx)[0].resent, ledgers(tx)[0].residue) == (1, 0)


def test_a_group_s_digests_wait_and_are_decided_about_with_those_of_their_edition(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_for_group(engine, edition, now)
    with writing(engine) as tx:
        (day,) = [each.day for each in editions.every(tx)]
        assert holds.hold_waiting(tx, "restored", through=day - dt.timedelta(days=1)) == 0
        assert holds.hold_waiting(tx, "restored", through=day) == 1
        assert [each.kind for each in history.of_edition(tx, edition)] == [MailKind.GROUP]
        assert len(history.page(tx, limit=9, edition_id=edition)) == 1
        assert not history.page(tx, limit=9, edition_id=edition + 1)
        assert holds.decide(tx, Doubt.RESEND, edition_id=edition + 1, now=now) == 0
        assert holds.decide(tx, Doubt.RESEND, edition_id=edition, now=now) == 1
    (delivery,) = claim(engine, now)
    assert (delivery.edition, delivery.group_edition) == (None, edition)
