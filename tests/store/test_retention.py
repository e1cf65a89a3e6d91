"""Old deliveries go, and what must outlive them stays: who had which paper, and what the ledger says."""

import datetime as dt

import sqlalchemy as sa
from tests.delivery.chaos import MAILS, fill
from tests.store.digests import put_for_group

from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.store import bounces, editions, picks, subscribers
from dailypapers.store import outbox as outbox_rows
from dailypapers.store.bounces import NewBounce
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.store.retention import fold_deliveries, prune_attempts, prune_fetches
from dailypapers.store.schema import attempts, fetches, outbox, picked, source_days
from dailypapers.store.schema import picks as stored_picks

TODAY = dt.datetime.now(dt.UTC)
TOMORROW = TODAY.date() + dt.timedelta(days=1)
ACCEPTED = MAILS - 4


def sent(engine: sa.Engine) -> None:
    """An edition whose digests were sent: one failed, one bounced, two wait."""
    fill(engine, now=TODAY)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'accepted'"))
        tx.execute(sa.text("UPDATE outbox SET doubt = 'resend' WHERE id = 5"))
        for key, state in enumerate(("failed", "bounced", "uncertain", "deferred"), 1):
            tx.execute(sa.text("UPDATE outbox SET state = :state WHERE id = :key"), {"state": state, "key": key})
        tx.execute(sa.text("UPDATE outbox SET doubt = 'hold' WHERE id = 3"))
        tx.execute(sa.delete(stored_picks).where(stored_picks.c.delivery_id == 1))
        bounces.add(tx, NewBounce("key", 2, ReportKind.COMPLAINT, counts=False, delivery_id=2), now=TODAY)
        rows = [{"delivery_id": key, "number": 1, "worker": "one", "started_at": TODAY} for key in range(1, MAILS + 1)]
        tx.execute(sa.insert(attempts), rows)


def count(tx: sa.Connection, table: sa.Table) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_the_ledger_and_who_had_which_paper_outlive_deliveries(engine: sa.Engine) -> None:
    sent(engine)
    with writing(engine) as tx:
        before, had = ledgers(tx), picks.already_sent(tx, range(1, MAILS + 1), [1])
        assert fold_deliveries(tx, before=TODAY.date()) == 0, "nothing is so old"
        deleted = [fold_deliveries(tx, before=TOMORROW, limit=5) for _ in range(4)]
        assert deleted == [5, 5, MAILS - 12, 0]
        assert ledgers(tx) == before
        assert picks.already_sent(tx, range(1, MAILS + 1), [1]) == had
        assert (1 in had, len(had)) == (False, MAILS - 1)
        assert [row.id for row in tx.execute(sa.select(outbox.c.id).order_by(outbox.c.id))] == [3, 4]
        assert (count(tx, attempts), len(bounces.of_subscriber(tx, 2))) == (2, 1)
        assert before[0].counts[DeliveryState.ACCEPTED] == ACCEPTED


def test_who_is_erased_leaves_nothing_of_what_was_kept(engine: sa.Engine) -> None:
    sent(engine)
    with writing(engine) as tx:
        fold_deliveries(tx, before=TOMORROW)
        subscribers.erase(tx, 6)
        assert count(tx, picked) == MAILS - 4
        assert picks.already_sent(tx, [6], [1]) == {}


def test_answers_go_before_their_deliveries_and_those_of_open_ones_stay(engine: sa.Engine) -> None:
    sent(engine)
    with writing(engine) as tx:
        assert prune_attempts(tx, before=TODAY.date()) == 0
        assert sum(prune_attempts(tx, before=TOMORROW, limit=5) for _ in range(4)) == MAILS - 1
        assert [row.delivery_id for row in tx.execute(sa.select(attempts))] == [4]
        assert count(tx, outbox) == MAILS


def test_fetches_and_days_of_sources_go_and_editions_stay(engine: sa.Engine) -> None:
    said = {"state": "fresh", "items": 1, "new": 1, "skipped": 0, "note": ""}
    with writing(engine) as tx:
        edition = editions.close(tx, TODAY.date(), now=TODAY)
        for days in (1, 9):
            moment = TODAY - dt.timedelta(days=days)
            tx.execute(sa.insert(fetches).values(source="a", fetched_at=moment, edition_id=edition.id, **said))
            day = {"source": "a", "category": "", "day": moment.date(), "fetched_at": moment}
            tx.execute(sa.insert(source_days).values(**day, **said))
        assert prune_fetches(tx, before=TODAY - dt.timedelta(days=5)) == 1
        assert (count(tx, fetches), count(tx, source_days)) == (1, 1)
    with reading(engine) as tx:
        assert editions.by_id(tx, [edition.id])


def test_digests_of_groups_and_books_go_where_nobody_has_a_digest_of_their_own(
    engine: sa.Engine, edition: int, now: dt.datetime
) -> None:
    put_for_group(engine, edition, now)
    with writing(engine) as tx:
        book = outbox_rows.NewDelivery(
            1, "ann@kindle.com", MailKind.BOOK, now + dt.timedelta(days=1), content=Content(book=(1,))
        )
        outbox_rows.put(tx, [book], now=now)
        put_last = outbox_rows.NewDelivery(1, "ann@example.org", MailKind.NOTICE, now, content=Content())
        outbox_rows.put(tx, [put_last], now=now)
        tx.execute(sa.update(outbox).values(state="accepted"))
    put_for_group(engine, edition, now)
    with writing(engine) as tx:
        before = ledgers(tx)
        day = editions.every(tx)[0].day
        assert fold_deliveries(tx, before=day) == 0
        assert fold_deliveries(tx, before=day + dt.timedelta(days=1)) == 3
        assert ledgers(tx) == before
        assert count(tx, outbox) == 1, "what waits stays"
