"""Every mail is a row with a life, claimed by one sender at a time, and the ledger balances."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import sqlalchemy as sa
from tests.store.digests import CAST, DEADLINE, REASON, claim, digest, put_all, record

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import (
    DeliveryState,
    Doubt,
    MailKind,
    OutcomeKind,
    Priority,
    in_doubt,
)
from dailypapers.domain.digest import Pick
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.domain.worker import Process
from dailypapers.store import controls, editions, history, outbox, subscribers, suppressions, workers
from dailypapers.store.database import driver_of, reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.store.picks import already_sent, of_deliveries


def ledger(engine: sa.Engine) -> str:
    with reading(engine) as tx:
        return ledgers(tx)[0].reconciliation()


def test_one_digest_per_subscriber_and_edition(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        assert outbox.put(tx, [digest(1, edition, now)], now=now) == 0
        assert already_sent(tx, [1, 2], [1, 2]) == {1: frozenset({1}), 2: frozenset({1})}


def test_picks_come_back_with_their_reason(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    first = claim(engine, now)[0]
    with reading(engine) as tx:
        assert of_deliveries(tx, [first.id])[first.id][0].reason == REASON


def test_a_pick_from_outside_comes_back_as_one_and_is_not_sent_again(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    outside = replace(digest(1, edition, now), picks=(Pick("arxiv:2604.01234", 0.5, REASON, outside=True, paper_id=1),))
    with writing(engine) as tx:
        outbox.put(tx, [outside, digest(2, edition, now)], now=now)
    kept = {delivery.subscriber: delivery.id for delivery in claim(engine, now)}
    with reading(engine) as tx:
        chosen = of_deliveries(tx, kept.values())
        assert [chosen[kept[reader]][0].outside for reader in (1, 2)] == [True, False]
        assert already_sent(tx, [1], [1])[1] == {1}


def test_two_claims_never_share_a_row(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    with ThreadPoolExecutor(4) as workers:
        taken = list(workers.map(lambda n: claim(engine, now, worker=f"w{n}", limit=1), range(6)))
    ids = [delivery.id for claimed in taken for delivery in claimed]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) + len(claim(engine, now)) == 3


def test_mails_somebody_waits_for_go_first(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        new = {"rhythm": Rhythm(), "amount": Amount(5), "consent": Consent("web"), "now": now}
        dora = subscribers.add(tx, "dora@example.org", state=SubscriberState.PENDING, **new)  # type: ignore[arg-type]
        assert dora is not None
        confirm = outbox.NewDelivery(dora, "dora@example.org", MailKind.CONFIRM, deadline=now + DEADLINE)
        outbox.put(tx, [confirm], now=now + dt.timedelta(seconds=1))
    first = claim(engine, now + dt.timedelta(minutes=1), limit=1)
    assert [(d.address, d.priority) for d in first] == [("dora@example.org", Priority.URGENT)]


def test_suppressed_unsubscribed_and_late_ones_get_nothing(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        suppressions.suppress(tx, CAST[0], reason="complaint", detail="", now=now)
        subscribers.transition(tx, 2, to=SubscriberState.UNSUBSCRIBED, now=now)
    assert [delivery.address for delivery in claim(engine, now)] == [CAST[2]]
    with writing(engine) as tx:
        outbox.unclaim(tx, [d for d in history.of_edition(tx, edition) if d.state is DeliveryState.CLAIMED], now=now)
    assert claim(engine, now + DEADLINE) == []
    assert ledger(engine) == "3 due = 0 accepted + 0 failed + 1 suppressed + 1 skipped + 1 expired + 0 uncertain"


def test_a_mail_that_never_arrived_gives_its_papers_back(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    kinds = (OutcomeKind.FAILED, OutcomeKind.ACCEPTED, OutcomeKind.UNCERTAIN)
    for delivery, kind in zip(claim(engine, now), kinds, strict=True):
        record(engine, delivery, kind, now)
    with reading(engine) as tx:
        assert set(already_sent(tx, [1, 2, 3], [1])) == {2, 3}


def test_a_deferred_mail_waits_for_its_time(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    done = record(engine, claim(engine, now, limit=1)[0], OutcomeKind.DEFERRED, now)
    assert done.next_attempt_at is not None
    assert dt.timedelta(minutes=5) <= done.next_attempt_at - now <= dt.timedelta(minutes=6)
    assert done.id not in {d.id for d in claim(engine, now + dt.timedelta(minutes=4))}
    again = claim(engine, now + dt.timedelta(minutes=6))
    assert [(d.id, d.attempts) for d in again] == [(done.id, 2)]


def register(engine: sa.Engine, worker: str, now: dt.datetime) -> None:
    with writing(engine) as tx:
        workers.register(tx, worker, Process(), now=now)


def test_a_claim_is_an_orphan_once_its_worker_has_ended(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    register(engine, "alive", now)
    register(engine, "ended", now)
    for worker in ("alive", "ended", "never heard of"):
        claim(engine, now, worker=worker, limit=1)
    with writing(engine) as tx:
        assert [each.claimed_by for each in outbox.orphans(tx)] == ["never heard of"]
        workers.end(tx, "ended", stopped="", now=now)
        assert [each.claimed_by for each in outbox.orphans(tx)] == ["ended", "never heard of"]


def test_what_another_worker_has_taken_meanwhile_is_left_alone(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    [slow] = claim(engine, now, worker="slow", limit=1)
    with writing(engine) as tx:
        outbox.unclaim(tx, [slow], now=now)
    taken = claim(engine, now, worker="quick")
    record(engine, slow, OutcomeKind.DEFERRED, now)
    with reading(engine) as tx:
        assert {(each.state, each.claimed_by) for each in history.of_edition(tx, edition)} == {
            (DeliveryState.CLAIMED, "quick")
        }
        assert len(taken) == 3


def test_an_acceptance_counts_whoever_has_the_mail_now(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    [slow] = claim(engine, now, worker="slow", limit=1)
    with writing(engine) as tx:
        outbox.record(tx, [in_doubt(slow, Doubt.RESEND, resend_at=now)])
    quick = claim(engine, now, worker="quick")
    record(engine, slow, OutcomeKind.ACCEPTED, now)
    with writing(engine) as tx:
        still = outbox.still_to_send(tx, "quick", [each.id for each in quick], now=now)
        assert still == {each.id for each in quick} - {slow.id}
        assert history.by_id(tx, slow.id).state is DeliveryState.ACCEPTED  # type: ignore[union-attr]


def test_what_nobody_wants_any_more_is_not_handed_over(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    ids = [each.id for each in claim(engine, now)]
    with writing(engine) as tx:
        suppressions.suppress(tx, CAST[0], reason="complaint", detail="", now=now)
        subscribers.transition(tx, 2, to=SubscriberState.UNSUBSCRIBED, now=now)
    with writing(engine) as tx:
        assert outbox.still_to_send(tx, "w", ids, now=now) == {ids[2]}
        assert outbox.still_to_send(tx, "another", ids, now=now) == set()
        assert outbox.still_to_send(tx, "w", ids, now=now + DEADLINE) == set()
    assert ledger(engine) == "3 due = 0 accepted + 0 failed + 1 suppressed + 1 skipped + 1 expired + 0 uncertain"


def test_a_mail_in_doubt_ends_uncertain_whatever_ends_it(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        outbox.record(tx, [in_doubt(each, Doubt.RESEND, resend_at=now) for each in outbox.claim(tx, "w", 9, now=now)])
        suppressions.suppress(tx, CAST[0], reason="complaint", detail="", now=now)
        subscribers.transition(tx, 2, to=SubscriberState.UNSUBSCRIBED, now=now)
    assert [each.address for each in claim(engine, now)] == [CAST[2]]
    with writing(engine) as tx:
        outbox.unclaim(tx, outbox.orphans(tx), now=now)
        outbox.expire(tx, now=now + DEADLINE)
        assert set(already_sent(tx, [1, 2, 3], [1])) == {1, 2, 3}
    assert ledger(engine).endswith("0 suppressed + 0 skipped + 0 expired + 3 uncertain")


def test_what_waits_is_skipped_by_kind_and_what_may_have_arrived_ends_uncertain(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    claimed, waiting, lost = claim(engine, now, limit=1), 2, 3
    with writing(engine) as tx:
        (slow,) = outbox.claim(tx, "w", 1, now=now)
        outbox.record(tx, [in_doubt(slow, Doubt.RESEND, resend_at=now)])
    with writing(engine) as tx:
        for reader in (1, 2, 3):
            outbox.skip_waiting(tx, reader, [MailKind.BOOK, MailKind.GROUP], "not these")
        assert ledgers(tx)[0].count(DeliveryState.SKIPPED) == 0
        for reader in (1, 2, 3):
            outbox.skip_waiting(tx, reader, [MailKind.DIGEST], "left")
        states = {each.subscriber: (each.state, each.detail) for each in history.of_edition(tx, edition)}
        assert set(already_sent(tx, [1, 2, 3], [1])) == {claimed[0].subscriber, slow.subscriber}
    assert states == {
        claimed[0].subscriber: (DeliveryState.CLAIMED, ""),
        slow.subscriber: (DeliveryState.UNCERTAIN, "left"),
        lost: (DeliveryState.SKIPPED, "left"),
    }
    assert slow.subscriber == waiting


def test_of_one_group_only_its_mails_are_skipped(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        of_groups = [
            outbox.NewDelivery(1, CAST[0], MailKind.GROUP, now + DEADLINE, content=Content(group=(group, edition)))
            for group in (7, 8)
        ]
        outbox.put(tx, of_groups, now=now)
        outbox.skip_waiting(tx, 1, [MailKind.GROUP], "left the group", group=8)
        assert [(each.state, each.detail) for each in history.of_subscriber(tx, 1)] == [
            (DeliveryState.QUEUED, ""),
            (DeliveryState.SKIPPED, "left the group"),
        ]


def test_a_claim_of_which_nothing_is_wanted_goes_on_to_the_next(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        suppressions.suppress(tx, CAST[0], reason="complaint", detail="", now=now)
        subscribers.transition(tx, 2, to=SubscriberState.UNSUBSCRIBED, now=now)
    assert [each.address for each in claim(engine, now, limit=1)] == [CAST[2]]


def test_a_lost_row_shows_in_the_books(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    for delivery in claim(engine, now):
        record(engine, delivery, OutcomeKind.ACCEPTED, now)
    with reading(engine) as tx:
        assert ledgers(tx)[0].balanced
    with writing(engine) as tx:
        tx.execute(sa.text("DELETE FROM picks WHERE delivery_id = 1"))
        tx.execute(sa.text("DELETE FROM outbox WHERE id = 1"))
        assert not ledgers(tx)[0].balanced


def test_a_claim_takes_no_more_than_its_limit(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    """Whatever plan the database makes: its statistics know of yesterday, when 500 were accepted and none waited."""
    tomorrow = now + dt.timedelta(days=1)
    with writing(engine) as tx:
        readers = _admit(tx, 500, now)
        outbox.put(tx, _digests(readers, edition, now), now=now)
        tx.execute(sa.text("UPDATE outbox SET state = 'accepted'"))
    with writing(engine) as tx:
        tx.execute(sa.text("ANALYZE"))
    with writing(engine) as tx:
        later = editions.close(tx, tomorrow.date(), now=tomorrow).id
        outbox.put(tx, _digests(readers, later, tomorrow), now=tomorrow)
    with writing(engine) as tx:
        if engine.dialect.name == "postgresql":
            tx.execute(sa.text("SET LOCAL enable_hashjoin = off"))
            tx.execute(sa.text("SET LOCAL enable_mergejoin = off"))
        assert len(outbox.claim(tx, "w", 50, now=tomorrow)) == 50
        waiting = sa.text("SELECT count(*) FROM outbox WHERE state = 'queued'")
        assert tx.execute(waiting).scalar_one() == 450


def _admit(tx: sa.Connection, many: int, now: dt.datetime) -> list[tuple[int, str]]:
    """Add active readers; returns the id and the address of each."""
    readers = []
    for number in range(many):
        address = f"reader{number}@example.org"
        reader = subscribers.add(
            tx,
            address,
            state=SubscriberState.ACTIVE,
            rhythm=Rhythm(),
            amount=Amount(5),
            consent=Consent("test"),
            now=now,
        )
        assert reader is not None
        readers.append((reader, address))
    return readers


def _digests(readers: list[tuple[int, str]], edition: int, now: dt.datetime) -> list[outbox.NewDelivery]:
    return [
        outbox.NewDelivery(reader, address, MailKind.DIGEST, deadline=now + DEADLINE, edition=edition)
        for reader, address in readers
    ]


def test_a_clock_that_is_set_back_stops_nothing(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    later = now + dt.timedelta(hours=1)
    put_all(engine, edition, later)
    record(engine, claim(engine, later, limit=1)[0], OutcomeKind.DEFERRED, later)
    with reading(engine) as tx:
        assert outbox.next_attempt(tx, now=now) == now
    assert len(claim(engine, now)) == 3


def test_the_next_attempt_is_the_earliest(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    with reading(engine) as tx:
        assert outbox.next_attempt(tx, now=now) is None
    put_all(engine, edition, now)
    first, *_ = claim(engine, now)
    retry_at = record(engine, first, OutcomeKind.DEFERRED, now).next_attempt_at
    with reading(engine) as tx:
        assert outbox.next_attempt(tx, now=now) == retry_at


def test_nothing_is_claimed_while_an_operator_has_paused_sending(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        controls.switch_on(tx, controls.Name.PAUSE, by="ann", now=now)
    assert claim(engine, now) == []
    with writing(engine) as tx:
        assert controls.switch_off(tx, controls.Name.PAUSE)
    assert len(claim(engine, now)) == 3


def test_a_claim_reads_no_more_rows_than_it_takes_however_many_wait(sqlite: sa.Engine, now: dt.datetime) -> None:
    run: list[str] = []
    with writing(sqlite) as tx:
        driver_of(tx).set_trace_callback(run.append)
        outbox.claim(tx, "w", 100, now=now)
        outbox.still_to_send(tx, "w", [1, 2], now=now)
        driver_of(tx).set_trace_callback(None)
        by_ids = {text for text in run if "outbox.id IN" in text}
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all() for text in by_ids]
    assert len(plans) == 5
    for plan in plans:
        assert plan[0].detail == "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)"
