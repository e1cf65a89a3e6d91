"""Mails that wait for an operator: on hold because of a fault of ours, or uncertain until somebody decides."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.delivery import DeliveryState, Doubt, Priority
from dailypapers.store.delivery_rows import is_of_edition
from dailypapers.store.picks import release as release_picks
from dailypapers.store.schema import editions, outbox, picks

_WAITING = (DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value)


def on_hold(tx: sa.Connection) -> tuple[int, str]:
    """Count the mails on hold because of a fault of ours; with what the server said of the last one."""
    waiting = outbox.c.state == DeliveryState.ON_HOLD.value
    count = tx.execute(sa.select(sa.func.count()).select_from(outbox).where(waiting)).scalar_one()
    newest = sa.select(outbox.c.detail).where(waiting).order_by(outbox.c.id.desc()).limit(1)
    return count, tx.execute(newest).scalar_one_or_none() or ""


def release(tx: sa.Connection, *, now: dt.datetime) -> int:
    """Let mails on hold go again, once our fault is mended; returns how many."""
    values = {"state": DeliveryState.QUEUED.value, "next_attempt_at": now}
    waiting = outbox.c.state == DeliveryState.ON_HOLD.value
    return tx.execute(sa.update(outbox).where(waiting).values(values)).rowcount


def hold_waiting(tx: sa.Connection, detail: str, *, through: dt.date | None = None) -> int:
    """Let an operator decide about the digests that wait, or those of editions through a day; returns how many.

    What was decided already is not held a second time because of its edition.
    """
    where = [outbox.c.state.in_(_WAITING), outbox.c.priority == Priority.BULK.value]
    if through is not None:
        edition_id = sa.func.coalesce(outbox.c.edition_id, outbox.c.group_edition_id)
        of_those = edition_id.in_(sa.select(editions.c.id).where(editions.c.day <= through))
        where += [of_those, outbox.c.doubt.is_(None)]
    values = {
        "state": DeliveryState.UNCERTAIN.value,
        "doubt": Doubt.HOLD.value,
        "detail": detail,
        "next_attempt_at": None,
    }
    return tx.execute(sa.update(outbox).where(*where).values(values)).rowcount


def hold_open(tx: sa.Connection, detail: str) -> int:
    """Let an operator decide about every mail that has not come to an end, whoever has claimed it; returns how many."""
    is_open = [DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.CLAIMED, DeliveryState.ON_HOLD]
    values = {
        "state": DeliveryState.UNCERTAIN.value,
        "doubt": Doubt.HOLD.value,
        "detail": detail,
        "next_attempt_at": None,
    }
    change = sa.update(outbox).where(outbox.c.state.in_([state.value for state in is_open]))
    return tx.execute(change.values(values)).rowcount


def decide(
    tx: sa.Connection,
    doubt: Doubt,
    *,
    edition_id: int | None = None,
    delivery_id: int | None = None,
    now: dt.datetime,
) -> int:
    """Decide what is done about the uncertain mails: one, those of an edition, or all; returns how many these are.

    What is past its deadline is not sent again; what was carried over or taken for arrived is decided already.
    """
    undecided = sa.or_(outbox.c.doubt.is_(None), outbox.c.doubt.in_((Doubt.HOLD.value, Doubt.RESEND.value)))
    where = [outbox.c.state == DeliveryState.UNCERTAIN.value, undecided]
    if edition_id is not None:
        where.append(is_of_edition(edition_id))
    if delivery_id is not None:
        where.append(outbox.c.id == delivery_id)
    values: dict[str, Any] = {"doubt": doubt.value}
    if doubt is Doubt.RESEND:
        where.append(outbox.c.deadline > now)
        values |= {"state": DeliveryState.QUEUED.value, "next_attempt_at": now}
    decided = tx.execute(sa.update(outbox).where(*where).values(values).returning(outbox.c.id)).all()
    if doubt is Doubt.CARRY:
        release_picks(tx, [row.id for row in decided])
    return len(decided)


def resend(
    tx: sa.Connection, delivery_id: int, states: Collection[DeliveryState], *, deadline: dt.datetime, now: dt.datetime
) -> bool:
    """Queue a digest once more that is in one of these states; tells whether it was.

    It counts as one that its reader may have twice.
    """
    mine = (outbox.c.id == delivery_id, outbox.c.state.in_([state.value for state in states]))
    values = {
        "state": DeliveryState.QUEUED.value,
        "doubt": Doubt.RESEND.value,
        "next_attempt_at": now,
        "deadline": deadline,
        "claimed_by": "",
    }
    has_picks = sa.exists().where(picks.c.delivery_id == outbox.c.id)
    return tx.execute(sa.update(outbox).where(*mine, has_picks).values(values)).rowcount == 1
