"""Each report is stored once, and what came back can be marked on the mail it is about."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.web.a_digest import a_digest

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.fault import Fault
from dailypapers.store import bounces, history, outbox
from dailypapers.store.bounces import NewBounce
from dailypapers.store.database import reading, writing

FULL = Diagnosis(Fault.MAILBOX, is_hard=False, status="5.2.2", code=552, text="full " * 500)
DAY = dt.timedelta(days=1)


def test_a_report_is_new_once(engine: sa.Engine, now: dt.datetime) -> None:
    reader = a_digest(engine).reader
    bounce = NewBounce("one", reader, ReportKind.BOUNCE, counts=True, diagnosis=FULL)
    with writing(engine) as tx:
        assert [bounces.add(tx, bounce, now=now) for _ in range(2)] == [True, False]
        assert bounces.add(tx, replace(bounce, key="two", kind=ReportKind.COMPLAINT, diagnosis=None), now=now)
        full, complaint = bounces.of_subscriber(tx, reader)
        assert (full.fault, full.status, len(full.text), full.received_at) == (Fault.MAILBOX, "5.2.2", 500, now)
        assert (complaint.kind, complaint.fault, complaint.is_hard) == (ReportKind.COMPLAINT, None, False)
        assert bounces.counts(tx, since=now - DAY) == {
            (ReportKind.BOUNCE, Fault.MAILBOX, False): 1,
            (ReportKind.COMPLAINT, None, False): 1,
        }


def test_what_counts_counts_until_it_is_forgiven_or_forgotten(engine: sa.Engine, now: dt.datetime) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        for days, counts in ((0, True), (1, False), (40, True)):
            bounce = NewBounce(str(days), reader, ReportKind.BOUNCE, counts=counts, diagnosis=FULL)
            bounces.add(tx, bounce, now=now - days * DAY)
        assert bounces.counted_moments(tx, reader, since=now - 30 * DAY) == [now]
        assert bounces.prune(tx, before=now - 30 * DAY) == 1
        bounces.forgive(tx, reader)
        assert bounces.counted_moments(tx, reader, since=now - 99 * DAY) == []
        assert len(bounces.of_subscriber(tx, reader)) == 2


def test_only_a_mail_that_left_can_come_back(engine: sa.Engine, now: dt.datetime) -> None:
    delivery_id = a_digest(engine).delivery
    with writing(engine) as tx:
        assert not bounces.mark_delivery(tx, delivery_id, DeliveryState.BOUNCED, "gone")
        (claimed,) = outbox.claim(tx, "tester", 1, now=now)
        outbox.record(tx, [claimed._replace(state=DeliveryState.ACCEPTED)])
        steps = (DeliveryState.BOUNCED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED, DeliveryState.BOUNCED)
        assert [bounces.mark_delivery(tx, delivery_id, to, "gone") for to in steps] == [True, False, True, False]
    with reading(engine) as tx:
        delivery = history.by_id(tx, delivery_id)
        assert delivery is not None
        assert (delivery.state, delivery.detail) == (DeliveryState.COMPLAINED, "gone")


def test_domains_that_refuse_us_are_counted_for_as_long_as_is_asked(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        for domain, days in (("a.example", 3), ("b.example", 1), ("a.example", 0), ("a.example", 0)):
            bounces.note_refusal_of_us(tx, domain, now=now - dt.timedelta(days=days))
        counts = [bounces.domains_refusing_us(tx, since=now - dt.timedelta(days=days)) for days in (2, 1)]
        assert counts == [2, 1]
        bounces.prune(tx, before=now - dt.timedelta(days=1) + dt.timedelta(seconds=1))
        assert bounces.domains_refusing_us(tx, since=now - dt.timedelta(days=9)) == 1
