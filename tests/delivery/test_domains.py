"""A domain that refuses us is left alone, and one with a limit holds up no other."""

import sqlalchemy as sa
from tests.delivery import queued
from tests.delivery.paced import MINUTE, NOW, SECOND, as_digests, claim, send, set_states

from dailypapers.delivery.pace import Pace
from dailypapers.delivery.tally import Delivered
from dailypapers.domain.delivery import MOST_JITTER, DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.pace import FIRST_PAUSE, Limit
from dailypapers.mail.transport import MemoryTransport
from dailypapers.store import attempts, paces
from dailypapers.store.database import reading, writing

THROTTLED = Outcome(OutcomeKind.THROTTLED, 451, "4.7.1", "later")


def refuse(engine: sa.Engine, *keys: int) -> Delivered:
    """Send; these readers' server wants no more of us."""
    refusing = {f"reader{key}@example.org": THROTTLED for key in keys}
    return send(engine, Pace(), MemoryTransport(refusing))


def test_a_domain_that_refuses_is_left_alone_by_everybody_and_that_is_nobodys_try(engine: sa.Engine) -> None:
    queued.queue(engine, 4)
    as_digests(engine)
    set_states(engine, "skipped", 4)
    refuse(engine, 1, 2, 3)
    set_states(engine, "queued", 4)
    tray = MemoryTransport()
    done = send(engine, Pace(), tray, now=NOW + MINUTE)
    assert done.states == {DeliveryState.DEFERRED: 1}
    assert not tray.sent
    waiting = queued.delivery(engine, 4)
    assert (waiting.state, waiting.attempts) == (DeliveryState.DEFERRED, 0)
    assert waiting.next_attempt_at == NOW + FIRST_PAUSE
    assert waiting.detail == "not tried: example.org refuses our emails for now"
    with reading(engine) as tx:
        assert attempts.of_delivery(tx, 4) == []


def test_after_a_pause_one_mail_shows_whether_the_domain_takes_any(engine: sa.Engine) -> None:
    queued.queue(engine, 6)
    as_digests(engine)
    for key in (4, 5, 6):
        set_states(engine, "skipped", key)
    refuse(engine, 1, 2, 3)
    for key in (4, 5, 6):
        set_states(engine, "queued", key)
    pace, later = Pace(), NOW + FIRST_PAUSE * (1 + MOST_JITTER)
    claimed = claim(engine, pace, "a", 10, now=later)
    assert [turn.delivery.id for turn in claimed.turns] == [1]
    assert {each.next_attempt_at for each in claimed.parked} == {later + MINUTE}
    with writing(engine) as tx:
        pace.note(tx, [], [(claimed.turns[0].delivery, Outcome(OutcomeKind.ACCEPTED, 250))], now=later)
        assert paces.domains(tx, {"example.org"})["example.org"].breaker is None
    assert len(claim(engine, pace, "a", 10, now=later + MINUTE).turns) == 5


def test_a_limit_for_each_domain_holds_up_no_other(engine: sa.Engine) -> None:
    queued.queue(engine, 6)
    as_digests(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET address = 'reader6@example.com' WHERE id = 6"))
    per_domain = Limit(6, MINUTE)
    claimed = claim(engine, Pace(per_domain=per_domain), "a", 10)
    assert [(turn.delivery.id, turn.at) for turn in claimed.turns] == [(1, NOW), (6, NOW)]
    assert [each.next_attempt_at for each in claimed.parked] == [NOW + n * 10 * SECOND for n in range(1, 5)]
    again = claim(engine, Pace(per_domain=per_domain), "b", 10, now=NOW + 30 * SECOND)
    assert [turn.delivery.id for turn in again.turns] == [2]
