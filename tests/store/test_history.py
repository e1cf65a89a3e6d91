"""Deliveries are found by whom they were for, what they hold, and when they came."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.store.digests import CAST, DEADLINE, REASON, digest, put_all

from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.digest import Pick
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.store import history, outbox, papers
from dailypapers.store.database import reading, writing


def test_a_readers_deliveries_are_shown_newest_first_a_page_at_a_time(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        outbox.put(tx, [outbox.NewDelivery(1, CAST[0], MailKind.CONFIRM, deadline=now + DEADLINE)], now=now)
        both = [delivery.id for delivery in history.newest_of_subscriber(tx, 1, limit=9)]
        assert both == sorted((delivery.id for delivery in history.of_subscriber(tx, 1)), reverse=True)
        assert len(both) == 2
        assert [each.id for each in history.newest_of_subscriber(tx, 1, limit=1)] == both[:1]
        assert [each.id for each in history.newest_of_subscriber(tx, 1, limit=9, before_id=both[0])] == both[1:]


def test_the_digest_with_most_papers_is_found(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        papers.add(tx, [Announcement(Paper(PaperId.parse("2604.01235"), "Another"), "arxiv", now.date())], now=now)
        second = Pick("arxiv:2604.01235", 0.4, REASON, paper_id=2)
        larger = digest(2, edition, now)
        outbox.put(tx, [digest(1, edition, now), replace(larger, picks=(*larger.picks, second))], now=now)
        assert [delivery.subscriber for delivery in history.with_most_papers(tx, limit=1)] == [2]


def test_what_was_put_for_a_reader_since_a_moment_is_known(engine: sa.Engine, edition: int, now: dt.datetime) -> None:
    put_all(engine, edition, now)
    before, kinds = now - dt.timedelta(seconds=1), (MailKind.CONFIRM, MailKind.ANSWER)
    with writing(engine) as tx:
        assert not history.confirmation_since(tx, 1, before)
        outbox.put(tx, [outbox.NewDelivery(1, CAST[0], kind, deadline=now + DEADLINE) for kind in kinds], now=now)
    with reading(engine) as tx:
        assert history.confirmation_since(tx, 1, before)
        assert not history.confirmation_since(tx, 1, now)
        assert [history.answers_since(tx, reader, before) for reader in (1, 2)] == [1, 0]
        assert [history.has_edition(tx, 1, each) for each in (edition, edition + 1)] == [True, False]


def test_a_page_holds_the_newest_of_a_state_whatever_their_priority(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_all(engine, edition, now)
    with writing(engine) as tx:
        confirmation = outbox.NewDelivery(2, CAST[1], MailKind.CONFIRM, now + DEADLINE)
        outbox.put(tx, [confirmation], now=now)

        def ids(**wanted: object) -> list[int]:
            return [delivery.id for delivery in history.page(tx, **{"limit": 3, **wanted})]  # type: ignore[arg-type]

        assert ids() == ids(state=DeliveryState.QUEUED) == [4, 3, 2]
        assert ids(before_id=2) == ids(state=DeliveryState.QUEUED, before_id=2) == [1]
        assert ids(subscriber_id=2, state=DeliveryState.QUEUED) == [4, 2]
        assert ids(edition_id=edition) == ids(kind=MailKind.DIGEST) == [3, 2, 1]
        assert ids(state=DeliveryState.FAILED) == []
