"""What is counted, of a database in which a little has happened."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.web.a_digest import a_digest

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.delivery import DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.source import Freshness, State
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import attempts, bounces, editions, outbox, suppressions
from dailypapers.store.bounces import NewBounce
from dailypapers.store.controls import Name
from dailypapers.store.database import reading, writing
from dailypapers.store.metrics import Newest, Snapshot, SourceAge, snapshot

HOUR = dt.timedelta(hours=1)


def test_nothing_has_happened(engine: sa.Engine, now: dt.datetime) -> None:
    with reading(engine) as tx:
        assert snapshot(tx, now=now) == Snapshot({}, 0, {}, {}, {}, 0, {}, None, 0, dict.fromkeys(Name, False))


def test_a_little_has_happened(engine: sa.Engine, now: dt.datetime) -> None:
    sent, _ = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        edition = editions.newest(tx)
        assert edition is not None
        editions.count_due(tx, edition.id, 3)
        (claimed,) = outbox.claim(tx, "tester", 1, now=now)
        attempts.start(tx, [claimed], now=now)
        attempts.hand_over(tx, [claimed], now=now)
        attempts.answer(tx, [(claimed, Outcome(OutcomeKind.ACCEPTED, 250))], now=now)
        outbox.record(tx, [claimed._replace(state=DeliveryState.ACCEPTED)])
        told = Diagnosis(Fault.MAILBOX, is_hard=True)
        bounces.add(tx, NewBounce("a", sent.reader, ReportKind.BOUNCE, counts=True, diagnosis=told), now=now)
        bounces.add(tx, NewBounce("b", sent.reader, ReportKind.COMPLAINT, counts=False), now=now - 25 * HOUR)
        suppressions.suppress(tx, "carol@example.org", reason="dead", detail="", now=now)
        for hours, new in ((3, 2), (1, 0)):
            fresh = Freshness(State.FRESH if new else State.STALLED, items=9, new=new, skipped=0)
            editions.record_fetch(tx, "arxiv", fresh, now=now - hours * HOUR)
            editions.record_fetch(tx, "arxiv", replace(fresh, new=5), now=now, category="cs.LG")
    with reading(engine) as tx:
        counted = snapshot(tx, now=now)
    assert counted.waiting == {DeliveryState.QUEUED: 1}
    assert counted.replies == {"none final": 1}
    assert counted.bounces == {("bounce", "mailbox", True): 1}
    assert counted.subscribers == {SubscriberState.ACTIVE: 2}
    assert counted.suppressed == 1
    assert counted.sources == {"arxiv": SourceAge("stalled", now - HOUR, now - 3 * HOUR)}
    states = {DeliveryState.ACCEPTED: 1, DeliveryState.QUEUED: 1}
    assert counted.newest == Newest(edition.closed_at, edition.papers, 3, states, residue=1)
