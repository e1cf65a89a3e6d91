"""Rows of the outbox as deliveries."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.delivery import Delivery, DeliveryState, Doubt, MailKind, Priority
from dailypapers.store.schema import outbox

#: By what they are stored as: to call an enumeration takes five times as long.
_KINDS, _STATES, _PRIORITIES = (
    {each.value: each for each in MailKind},
    {each.value: each for each in DeliveryState},
    {each.value: each for each in Priority},
)
#: What `delivery_of` reads, in its order; the content, which is long, is read where it is shown.
COLUMNS = (
    *(outbox.c.id, outbox.c.subscriber_id, outbox.c.address, outbox.c.kind, outbox.c.state, outbox.c.created_at),
    *(outbox.c.deadline, outbox.c.edition_id, outbox.c.priority, outbox.c.attempts, outbox.c.next_attempt_at),
    *(outbox.c.claimed_by, outbox.c.message_id, outbox.c.detail, outbox.c.doubt, outbox.c.max_bytes),
    outbox.c.group_edition_id,
)


def is_of_edition(edition_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a mail is a digest of an edition, a reader's or a group's."""
    return sa.or_(outbox.c.edition_id == edition_id, outbox.c.group_edition_id == edition_id)


def delivery_of(row: Sequence[Any]) -> Delivery:
    """Return a delivery from the values of `COLUMNS`."""
    delivery_id, subscriber, address, kind, state, created_at, deadline, edition, priority, *more = row
    attempts, next_attempt_at, claimed_by, message_id, detail, doubt, max_bytes, group_edition = more
    return Delivery(
        delivery_id,
        subscriber,
        address,
        _KINDS[kind],
        _STATES[state],
        created_at,
        deadline,
        edition,
        _PRIORITIES[priority],
        attempts,
        next_attempt_at,
        claimed_by,
        message_id,
        detail,
        Doubt(doubt) if doubt else None,
        max_bytes=max_bytes,
        group_edition=group_edition,
    )
