"""History: deliveries to look at, by edition, by subscriber and by id, whatever has become of them."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import NEVER_ARRIVED, Delivery, DeliveryState, MailKind, Priority
from dailypapers.store import contents
from dailypapers.store.database import groups
from dailypapers.store.delivery_rows import COLUMNS, delivery_of, is_of_edition
from dailypapers.store.prepared import Prepared, among_ids
from dailypapers.store.schema import outbox, picks, subscribers


def of_edition(tx: sa.Connection, edition_id: int) -> list[Delivery]:
    """Return all digests of an edition, of readers and of groups, by address."""
    query = sa.select(*COLUMNS).where(is_of_edition(edition_id)).order_by(outbox.c.address, outbox.c.id)
    return [delivery_of(row) for row in tx.execute(query)]


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[Delivery]:
    """Return all deliveries to a subscriber, oldest first."""
    query = sa.select(*COLUMNS).where(outbox.c.subscriber_id == subscriber_id).order_by(outbox.c.id)
    return [delivery_of(row) for row in tx.execute(query)]


def newest_of_subscriber(
    tx: sa.Connection, subscriber_id: int, *, limit: int, before_id: int | None = None
) -> list[Delivery]:
    """Return deliveries to a subscriber, newest first; those older than `before_id`, where it is given."""
    query = sa.select(*COLUMNS).where(outbox.c.subscriber_id == subscriber_id)
    if before_id is not None:
        query = query.where(outbox.c.id < before_id)
    return [delivery_of(row) for row in tx.execute(query.order_by(outbox.c.id.desc()).limit(limit))]


def page(
    tx: sa.Connection,
    *,
    limit: int,
    before_id: int | None = None,
    state: DeliveryState | None = None,
    edition_id: int | None = None,
    subscriber_id: int | None = None,
    kind: MailKind | None = None,
) -> list[Delivery]:
    """Return deliveries, newest first: those older than `before_id`, and with these properties, where given."""
    query = sa.select(*COLUMNS).order_by(outbox.c.id.desc()).limit(limit)
    conditions = {
        outbox.c.state: state.value if state else None,
        outbox.c.kind: kind.value if kind else None,
        outbox.c.subscriber_id: subscriber_id,
    }
    query = query.where(*(column == value for column, value in conditions.items() if value is not None))
    if edition_id is not None:
        query = query.where(is_of_edition(edition_id))
    if before_id is not None:
        query = query.where(outbox.c.id < before_id)
    if state is None or edition_id is not None or subscriber_id is not None:
        return [delivery_of(row) for row in tx.execute(query)]
    # Of each priority the newest, which the index has in order; all of one state may be millions.
    rows = (tx.execute(query.where(outbox.c.priority == priority.value)).all() for priority in Priority)
    newest = sorted((row for some in rows for row in some), key=lambda row: row.id, reverse=True)
    return [delivery_of(row) for row in newest[:limit]]


def with_most_papers(tx: sa.Connection, *, limit: int) -> list[Delivery]:
    """Return the digests of the newest edition that have most papers."""
    newest = sa.select(sa.func.max(outbox.c.edition_id)).scalar_subquery()
    papers = sa.func.count(picks.c.paper_id)
    counted = (
        sa.select(outbox.c.id)
        .join(picks, picks.c.delivery_id == outbox.c.id)
        .where(outbox.c.edition_id == newest)
        .group_by(outbox.c.id)
        .order_by(papers.desc(), outbox.c.id)
        .limit(limit)
    )
    ids = [row.id for row in tx.execute(counted)]
    rows = tx.execute(sa.select(*COLUMNS).where(outbox.c.id.in_(ids)).order_by(outbox.c.id))
    return [delivery_of(row) for row in rows]


def by_id(tx: sa.Connection, delivery_id: int) -> Delivery | None:
    """Return a delivery by id, `None` where there is none."""
    row = tx.execute(sa.select(*COLUMNS).where(outbox.c.id == delivery_id)).one_or_none()
    return delivery_of(row) if row else None


def skipped_since_last(tx: sa.Connection, subscriber_ids: Iterable[int], reason: str) -> dict[int, int]:
    """Return how many digests each subscriber was skipped for a reason since the last one that may have arrived.

    Who has none is left out.
    """
    later = outbox.alias("later")
    may_have_arrived = sa.and_(
        later.c.subscriber_id == outbox.c.subscriber_id,
        later.c.edition_id > outbox.c.edition_id,
        later.c.state.not_in(sorted(state.value for state in NEVER_ARRIVED)),
    )
    accepted = sa.func.coalesce(subscribers.c.accepted_edition_id, 0)
    counted = (
        sa.select(outbox.c.subscriber_id, sa.func.count().label("skipped"))
        .join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
        .where(outbox.c.edition_id > accepted, outbox.c.state == DeliveryState.SKIPPED.value)
        .where(outbox.c.detail == reason, ~sa.exists().where(may_have_arrived))
        .group_by(outbox.c.subscriber_id)
    )
    skipped: dict[int, int] = {}
    for group in groups(subscriber_ids):
        rows = tx.execute(counted.where(outbox.c.subscriber_id.in_(group)))
        skipped.update((row.subscriber_id, row.skipped) for row in rows)
    return skipped


def confirmation_since(tx: sa.Connection, subscriber_id: int, moment: dt.datetime) -> bool:
    """Return whether a confirmation mail was put into the outbox for a subscriber after a moment."""
    query = sa.select(outbox.c.id).where(
        outbox.c.subscriber_id == subscriber_id,
        outbox.c.kind == MailKind.CONFIRM.value,
        outbox.c.created_at > moment,
    )
    return tx.execute(query.limit(1)).one_or_none() is not None


def answers_since(tx: sa.Connection, subscriber_id: int, moment: dt.datetime) -> int:
    """Count the answers that were put into the outbox for a subscriber after a moment."""
    query = sa.select(sa.func.count()).select_from(outbox)
    is_answer = (outbox.c.kind == MailKind.ANSWER.value, outbox.c.created_at > moment)
    return tx.execute(query.where(outbox.c.subscriber_id == subscriber_id, *is_answer)).scalar_one()


def has_edition(tx: sa.Connection, subscriber_id: int, edition_id: int) -> bool:
    """Return whether a subscriber's digest of an edition was composed, or skipped for a reason."""
    is_theirs = sa.and_(outbox.c.subscriber_id == subscriber_id, outbox.c.edition_id == edition_id)
    return tx.execute(sa.select(outbox.c.id).where(is_theirs).limit(1)).one_or_none() is not None


def contents_of(tx: sa.Connection, delivery_ids: Iterable[int]) -> dict[int, Content]:
    """Return what digests say besides their picks; those composed by versions that did not store it are left out."""
    content_of: dict[int, Content] = {}
    for group in groups(delivery_ids):
        content_of.update((key, contents.from_text(content)) for key, content in _CONTENTS.rows(tx, ids=group))
    return content_of


_CONTENTS = Prepared(
    sa.select(outbox.c.id, sa.cast(outbox.c.content, sa.Text)).where(
        among_ids(outbox.c.id), outbox.c.content.is_not(None)
    )
)
