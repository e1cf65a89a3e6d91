"""Events: noted with the change itself, as a post for each webhook that wants to know of them.

Where no webhook is set, nothing is noted. A post names its subscriber by number; the address is looked up when it is
posted, so that none outlives its subscriber here.
"""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.event import EventKind, PostState
from dailypapers.store.database import insert_new
from dailypapers.store.schema import posts, webhooks

_TARGET = "webhook "


@dataclass(frozen=True, slots=True)
class Listener:
    """A webhook as the database knows it."""

    name: str
    events: frozenset[str]
    """Kinds of events; empty for all."""
    disabled_at: dt.datetime | None = None

    @property
    def target(self) -> str:
        """What its posts are found by."""
        return target_of(self.name)

    def wants(self, kind: EventKind) -> bool:
        """Return whether it is to be told of an event."""
        return self.disabled_at is None and (not self.events or kind.value in self.events)


def target_of(name: str) -> str:
    """Return what the posts of a webhook are found by."""
    return f"{_TARGET}{name}"


def name_of(target: str) -> str:
    """Return the webhook that posts to a target are for."""
    return target.removeprefix(_TARGET)


def listeners(tx: sa.Connection) -> list[Listener]:
    """Return every webhook, by name."""
    rows = tx.execute(sa.select(webhooks).order_by(webhooks.c.name))
    return [Listener(row.name, frozenset(row.events.split()), row.disabled_at) for row in rows]


def listen(tx: sa.Connection, events_by_listener: Mapping[str, frozenset[str]]) -> None:
    """Have exactly these webhooks told, by name and kinds of events; posts to others are deleted. Idempotent.

    One that was disabled stays so.
    """
    stored = {each.name: each.events for each in listeners(tx)}
    if stored == events_by_listener:
        return
    for name in stored.keys() - events_by_listener.keys():
        tx.execute(sa.delete(posts).where(posts.c.target == target_of(name), posts.c.state == PostState.QUEUED.value))
        tx.execute(sa.delete(webhooks).where(webhooks.c.name == name))
    for name, events in events_by_listener.items():
        text = " ".join(sorted(events))
        if not insert_new(tx, webhooks, [{"name": name, "events": text}], webhooks.c.name):
            tx.execute(sa.update(webhooks).where(webhooks.c.name == name).values(events=text))


def is_listened_to(tx: sa.Connection) -> bool:
    """Return whether there is any webhook to be told."""
    return tx.execute(sa.select(webhooks.c.name).limit(1)).first() is not None


def disable(tx: sa.Connection, name: str, *, now: dt.datetime) -> None:
    """Tell a webhook no more, until `enable`; what waits for it is dead."""
    tx.execute(sa.update(webhooks).where(webhooks.c.name == name).values(disabled_at=now))
    waiting = sa.and_(posts.c.target == target_of(name), posts.c.state == PostState.QUEUED.value)
    values = {"state": PostState.DEAD.value, "next_attempt_at": None, "detail": "the webhook was disabled"}
    tx.execute(sa.update(posts).where(waiting).values(values))


def enable(tx: sa.Connection, name: str) -> None:
    """Tell a webhook again that was disabled."""
    tx.execute(sa.update(webhooks).where(webhooks.c.name == name).values(disabled_at=None))


def note(
    tx: sa.Connection,
    kind: EventKind,
    data: Mapping[str, object],
    *,
    now: dt.datetime,
    subscriber_id: int | None = None,
    only: Sequence[str] = (),
) -> int:
    """Note an event in the transaction of the change; returns how many webhooks will be told.

    `data` is what they are told besides the subscriber's number and address; `only` names those that are told.
    """
    event = secrets.token_hex(12)
    rows = [
        {
            "key": f"evt_{event}.{secrets.token_hex(4)}",
            "target": each.target,
            "kind": kind.value,
            "subscriber_id": subscriber_id,
            "data": dict(data),
            "state": PostState.QUEUED.value,
            "attempts": 0,
            "next_attempt_at": now,
            "created_at": now,
            "detail": "",
        }
        for each in listeners(tx)
        if each.wants(kind) and (not only or each.name in only)
    ]
    if rows:
        tx.execute(sa.insert(posts), rows)
    return len(rows)
