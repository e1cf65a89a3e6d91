"""Subscribers and their interests."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
import structlog

from dailypapers.domain.event import EventKind, event_of
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.link import Bearer
from dailypapers.domain.subscriber import (
    AS_USUAL,
    READING,
    Abstracts,
    Amount,
    Consent,
    OnEmpty,
    Rhythm,
    Style,
    Subscriber,
    SubscriberState,
    days_in_words,
    parse_days,
)
from dailypapers.domain.zone import knows_zone
from dailypapers.store import events, forwarded
from dailypapers.store import groups as reading_groups
from dailypapers.store.database import begins_with, groups, insert_new, leave_no_trace
from dailypapers.store.editions import count_due_of_groups
from dailypapers.store.prepared import Prepared, among_ids
from dailypapers.store.schema import (
    Moment,
    api_answers,
    attempts,
    audit,
    bounces,
    channels,
    e_readers,
    editions,
    interests,
    outbox,
    picked,
    picks,
    posts,
    profiles,
    reader_keys,
    saved_papers,
    subscribers,
    tool_pushes,
    tools,
    votes,
)

log = structlog.get_logger()

#: How many are looked up at a time.
BATCH = 1000


def add(
    tx: sa.Connection,
    address: str,
    *,
    state: SubscriberState,
    rhythm: Rhythm,
    amount: Amount,
    consent: Consent,
    now: dt.datetime,
    style: Style = AS_USUAL,
) -> int | None:
    """Store a new subscriber and return the id; `None` where the address is already known."""
    active = state is SubscriberState.ACTIVE
    row = {
        "address": address,
        "state": state.value,
        **_columns(rhythm, amount, style),
        # No moment yet means the next run: whoever subscribes gets the newest edition at once.
        "next_digest_at": None,
        "created_at": now,
        "confirmed_at": now if active else None,
        "consent": consent.way,
        "consent_form": consent.form,
        "consent_network": consent.network,
    }
    added = insert_new(tx, subscribers, [row], subscribers.c.id)
    if not added:
        return None
    events.note(tx, EventKind.SUBSCRIBED, {"state": state.value}, subscriber_id=added[0].id, now=now)
    return int(added[0].id)


def _columns(rhythm: Rhythm, amount: Amount, style: Style) -> dict[str, Any]:
    return {
        "zone": rhythm.zone,
        "hour": rhythm.hour,
        "days": days_in_words(rhythm.days),
        "max_papers": amount.max_papers,
        "about_papers": amount.about,
        "least_papers": amount.least,
        "relevance": amount.relevance,
        "explore": amount.explore,
        "on_empty": amount.on_empty.value,
        "text_only": style.text_only,
        "abstracts": style.abstracts.value,
        "language": style.language or None,
        "figures": style.figures,
    }


def change(tx: sa.Connection, subscriber_id: int, *, rhythm: Rhythm, amount: Amount, style: Style = AS_USUAL) -> None:
    """Set when, how much and how somebody reads; the next digest follows the new rhythm from the next run on."""
    values = _columns(rhythm, amount, style)
    tx.execute(sa.update(subscribers).where(subscribers.c.id == subscriber_id).values(**values))


def asked_again(tx: sa.Connection, subscriber_id: int, *, consent: Consent, now: dt.datetime) -> None:
    """Note that somebody asked once more, and how: consent counts from here."""
    values = {
        "created_at": now,
        "consent": consent.way,
        "consent_form": consent.form,
        "consent_network": consent.network,
    }
    tx.execute(sa.update(subscribers).where(subscribers.c.id == subscriber_id).values(**values))


def transition(
    tx: sa.Connection,
    subscriber_id: int,
    *,
    to: SubscriberState,
    now: dt.datetime,
    from_states: Iterable[SubscriberState] = (),
) -> bool:
    """Move a subscriber to a state, from one of the given states (any, where none is named); tells whether it moved.

    Webhooks are told, where there are any.
    """
    before = _state(tx, subscriber_id) if events.is_listened_to(tx) else None
    values: dict[str, Any] = {"state": to.value, "next_digest_at": None}
    if to is SubscriberState.ACTIVE:
        is_pending = subscribers.c.state == SubscriberState.PENDING.value
        values |= {"confirmed_at": sa.case((is_pending, now), else_=subscribers.c.confirmed_at), "paused_until": None}
    query = sa.update(subscribers).where(subscribers.c.id == subscriber_id, subscribers.c.state != to.value)
    allowed = [state.value for state in from_states]
    if allowed:
        query = query.where(subscribers.c.state.in_(allowed))
    has_moved = tx.execute(query.values(values)).rowcount == 1
    if has_moved and before and (kind := event_of(before, to)):
        data = {"state": to.value, "previous_state": before.value}
        events.note(tx, kind, data, subscriber_id=subscriber_id, now=now)
    return has_moved


def _state(tx: sa.Connection, subscriber_id: int) -> SubscriberState | None:
    """Return a subscriber's state, and let nobody else change it before this transaction ends."""
    query = sa.select(subscribers.c.state).where(subscribers.c.id == subscriber_id)
    state = tx.execute(query.with_for_update(key_share=True)).scalar_one_or_none()
    return SubscriberState(state) if state else None


def unconfirmed(tx: sa.Connection, *, before: dt.datetime, limit: int = BATCH) -> list[Subscriber]:
    """Return the next subscribers who asked before a moment and have not confirmed."""
    query = sa.select(subscribers).where(
        subscribers.c.state == SubscriberState.PENDING.value, subscribers.c.created_at < before
    )
    return [_subscriber(row) for row in tx.execute(query.order_by(subscribers.c.id).limit(limit))]


def pause(tx: sa.Connection, subscriber_id: int, *, until: dt.date | None, back_at: dt.datetime | None) -> bool:
    """Send nothing before a day, or before they come back by themselves; `back_at` is when the first digest is due.

    Tells whether they are paused now; who is neither active nor paused is not.
    """
    mine = sa.and_(
        subscribers.c.id == subscriber_id,
        subscribers.c.state.in_(sorted(state.value for state in READING)),
    )
    values = {"state": SubscriberState.PAUSED.value, "paused_until": until, "next_digest_at": back_at}
    return tx.execute(sa.update(subscribers).where(mine).values(values)).rowcount == 1


def wake(tx: sa.Connection, *, now: dt.datetime) -> int:
    """Make those active again whose pause is over; returns how many."""
    over = sa.and_(subscribers.c.state == SubscriberState.PAUSED.value, subscribers.c.next_digest_at <= now)
    values = {"state": SubscriberState.ACTIVE.value, "paused_until": None}
    return tx.execute(sa.update(subscribers).where(over).values(values)).rowcount


def state_interests(tx: sa.Connection, subscriber_id: int, new_interests: Iterable[Interest]) -> None:
    """Replace all interests of a subscriber; of a text that is too long for the database its beginning is kept."""
    tx.execute(sa.delete(interests).where(interests.c.subscriber_id == subscriber_id))
    rows = [
        {"subscriber_id": subscriber_id, "kind": i.kind.value, "stance": i.stance.value, "text": i.text}
        for i in sorted({interest.kept() for interest in new_interests})
    ]
    insert_new(tx, interests, rows)


def interests_of(tx: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[Interest, ...]]:
    """Return the interests of these subscribers, in an order that never varies; an empty tuple for who has none."""
    interests_by_id: dict[int, list[Interest]] = {subscriber_id: [] for subscriber_id in ids}
    for subscriber_id, kind, stance, text in _INTERESTS.rows(tx, ids=ids):
        interests_by_id[subscriber_id].append(_interest(kind, stance, text))
    return {subscriber_id: tuple(sorted(own)) for subscriber_id, own in interests_by_id.items()}


_INTERESTS = Prepared(
    sa.select(interests.c.subscriber_id, interests.c.kind, interests.c.stance, interests.c.text).where(
        among_ids(interests.c.subscriber_id)
    )
)


@lru_cache(maxsize=50_000)
def _interest(kind: str, stance: str, text: str) -> Interest:
    """Return the same for all who state the same: equal ones are found more slowly."""
    return Interest(InterestKind(kind), text, Stance(stance))


def by_address(tx: sa.Connection, address: str) -> Subscriber | None:
    """Find the subscriber of an address, as it is kept."""
    row = tx.execute(sa.select(subscribers).where(subscribers.c.address == address)).one_or_none()
    return _subscriber(row) if row else None


def by_id(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Subscriber]:
    """Return subscribers by id."""
    subscriber_by_id: dict[int, Subscriber] = {}
    for group in groups(ids):
        rows = tx.execute(sa.select(subscribers).where(subscribers.c.id.in_(group)))
        subscriber_by_id.update((row.id, _subscriber(row)) for row in rows)
    return subscriber_by_id


def bearers(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Bearer]:
    """Return whom the links of these subscribers are for; who has been erased is left out."""
    bearer_by_id: dict[int, Bearer] = {}
    for group in groups(ids):
        rows = _LINK_KEYS.rows(tx, ids=group)
        bearer_by_id.update((key, Bearer(key, link_key or "")) for key, link_key in rows)
    return bearer_by_id


_LINK_KEYS = Prepared(sa.select(subscribers.c.id, subscribers.c.link_key).where(among_ids(subscribers.c.id)))


def styles(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Style]:
    """Return how the mails of these subscribers look; who has been erased is left out."""
    return {key: reader.style for key, reader in by_id(tx, ids).items()}


def one(tx: sa.Connection, subscriber_id: int) -> Subscriber | None:
    """Return a subscriber by id, `None` where there is none."""
    return by_id(tx, [subscriber_id]).get(subscriber_id)


def locked(tx: sa.Connection, subscriber_id: int) -> Subscriber | None:
    """Return a subscriber whom nobody else changes before this transaction ends, `None` where there is none."""
    row = tx.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id).with_for_update()).one_or_none()
    return _subscriber(row) if row else None


def page(tx: sa.Connection, *, limit: int, after_id: int = 0, state: SubscriberState | None = None) -> list[Subscriber]:
    """Return subscribers in the order in which they came, behind one of them; those in a state, where it is given."""
    query = sa.select(subscribers).where(subscribers.c.id > after_id)
    if state is not None:
        query = query.where(subscribers.c.state == state.value)
    return [_subscriber(row) for row in tx.execute(query.order_by(subscribers.c.id).limit(limit))]


def every(tx: sa.Connection) -> Iterator[Subscriber]:
    """Yield all subscribers, by address."""
    for row in tx.execute(sa.select(subscribers).order_by(subscribers.c.address)):
        yield _subscriber(row)


def beginning_with(tx: sa.Connection, text: str, *, limit: int, after: str = "") -> list[Subscriber]:
    """Return subscribers whose address begins with a text, by address: those behind `after`, where it is given."""
    query = sa.select(subscribers).where(begins_with(tx, subscribers.c.address, text, after=after))
    return [_subscriber(row) for row in tx.execute(query.order_by(subscribers.c.address).limit(limit))]


def _due(edition_id: int, now: dt.datetime) -> sa.ColumnElement[bool]:
    """Select readers whose hour has come and who have no delivery of this edition yet.

    Whoever's hour came when no new edition had closed stays due, so that a missed hour is made up.
    """
    has_one = sa.exists().where(outbox.c.subscriber_id == subscribers.c.id, outbox.c.edition_id == edition_id)
    return sa.and_(
        subscribers.c.state == SubscriberState.ACTIVE.value,
        sa.or_(subscribers.c.next_digest_at.is_(None), subscribers.c.next_digest_at <= now),
        ~has_one,
    )


def count_due(tx: sa.Connection, edition_id: int, *, now: dt.datetime) -> int:
    """Return how many readers are due who have no delivery of this edition yet, claimed by a composer or not."""
    query = sa.select(sa.func.count()).select_from(subscribers).where(_due(edition_id, now))
    return tx.execute(query).scalar_one()


def coming(tx: sa.Connection, edition_id: int, *, until: dt.datetime, limit: int) -> list[Subscriber]:
    """Return readers whose next digest is due by then and who have no delivery of this edition, the next ones first."""
    query = (
        sa.select(subscribers).where(_due(edition_id, until)).order_by(subscribers.c.next_digest_at, subscribers.c.id)
    )
    return [_subscriber(row) for row in tx.execute(query.limit(limit))]


def has_due(tx: sa.Connection, edition_id: int, *, now: dt.datetime, at: dt.datetime, at_least: int) -> bool:
    """Return whether so many readers are due at `now` whom no composer has claimed beyond the moment `at`."""
    free = sa.or_(subscribers.c.composing_until.is_(None), subscribers.c.composing_until <= at)
    few = sa.select(subscribers.c.id).where(_due(edition_id, now), free).limit(at_least).subquery()
    return tx.execute(sa.select(sa.func.count()).select_from(few)).scalar_one() == at_least


def claim_due(
    tx: sa.Connection, edition_id: int, *, now: dt.datetime, at: dt.datetime, until: dt.datetime, limit: int
) -> list[Subscriber]:
    """Claim the next readers who are due at `now` and whom no composer has claimed beyond the moment `at`.

    Nobody else gets them before `until`, or before they are released; the claim must be committed before it counts.
    A row that somebody is writing at this moment is waited for only where there is no other.
    """
    free = sa.or_(subscribers.c.composing_until.is_(None), subscribers.c.composing_until <= at)
    query = sa.select(subscribers).where(_due(edition_id, now), free).order_by(subscribers.c.id).limit(limit)
    # Votes hold a share of their reader's key, which this leaves alone.
    rows = tx.execute(query.with_for_update(key_share=True, skip_locked=True)).all()
    rows = rows or tx.execute(query.with_for_update(key_share=True)).all()
    readers = [_subscriber(row) for row in rows]
    _set_claims(tx, [reader.id for reader in readers], until)
    return readers


def release_claims(tx: sa.Connection, ids: Iterable[int]) -> None:
    """Let any composer have these readers."""
    _set_claims(tx, ids, None)


def renew_claims(tx: sa.Connection, ids: Iterable[int], *, until: dt.datetime) -> None:
    """Keep these readers from other composers until then."""
    _set_claims(tx, ids, until)


def _set_claims(tx: sa.Connection, ids: Iterable[int], until: dt.datetime | None) -> None:
    _CLAIMING.run(tx, ids=[*ids], until=until)


_CLAIMING = Prepared(
    sa.update(subscribers)
    .where(among_ids(subscribers.c.id))
    .values(composing_until=sa.bindparam("until", type_=Moment))
)


def schedule_next(tx: sa.Connection, moments: Mapping[int, dt.datetime]) -> None:
    """Set when each reader's next digest is due."""
    _schedule(tx, moments, _SCHEDULING)


def schedule_after_composing(tx: sa.Connection, moments: Mapping[int, dt.datetime]) -> None:
    """Set when each reader's next digest is due, and let any composer have them: each row is written once."""
    _schedule(tx, moments, _RELEASING)


def _schedule(tx: sa.Connection, moments: Mapping[int, dt.datetime], statement: Prepared) -> None:
    readers_by_moment: dict[dt.datetime, list[int]] = {}
    for reader, at in moments.items():
        readers_by_moment.setdefault(at, []).append(reader)
    for at, readers in readers_by_moment.items():
        statement.run(tx, ids=readers, moment=at)


_NEXT = sa.update(subscribers).where(among_ids(subscribers.c.id))
_SCHEDULING = Prepared(_NEXT.values(next_digest_at=sa.bindparam("moment", type_=Moment)))
_RELEASING = Prepared(_NEXT.values(next_digest_at=sa.bindparam("moment", type_=Moment), composing_until=None))


def accepted(tx: sa.Connection, editions: Mapping[int, int]) -> None:
    """Note which edition each reader was last accepted for; it never goes back."""
    _ACCEPTING.run_tuples(tx, ("key", "edition"), list(editions.items()))


_ACCEPTED_EDITION = sa.bindparam("edition", type_=sa.BigInteger())
_ACCEPTING = Prepared(
    sa.update(subscribers)
    .where(subscribers.c.id == sa.bindparam("key", type_=sa.BigInteger()))
    .where(sa.or_(subscribers.c.accepted_edition_id.is_(None), subscribers.c.accepted_edition_id < _ACCEPTED_EDITION))
    .values(accepted_edition_id=_ACCEPTED_EDITION)
)


def counts(tx: sa.Connection) -> dict[SubscriberState, int]:
    """Return how many subscribers are in each state; states of nobody are left out."""
    query = sa.select(subscribers.c.state, sa.func.count().label("readers")).group_by(subscribers.c.state)
    return {SubscriberState(row.state): row.readers for row in tx.execute(query)}


def erase(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime | None = None) -> None:
    """Remove a subscriber with all that is kept of them; a suppression of the address stays.

    Editions forget that they were due, so that the ledger balances as before. Webhooks are told the number alone, where
    the moment is given.
    """
    leave_no_trace(tx)
    reading_groups.leave_all(tx, subscriber_id)
    if now and _state(tx, subscriber_id):
        events.note(tx, EventKind.ERASED, {"subscriber": subscriber_id}, now=now)
    address = sa.select(subscribers.c.address).where(subscribers.c.id == subscriber_id).scalar_subquery()
    tx.execute(sa.update(audit).where(audit.c.address == address).values(address=None))
    # Of their posts those to webhooks stay, and no longer say whose they are.
    private_posts = sa.and_(posts.c.subscriber_id == subscriber_id, posts.c.delivery_id.is_(None))
    tx.execute(sa.update(posts).where(private_posts).values(subscriber_id=None))
    for table in (
        posts,
        channels,
        votes,
        saved_papers,
        picks,
        picked,
        interests,
        bounces,
        api_answers,
        tool_pushes,
        tools,
        e_readers,
        profiles,
        reader_keys,
    ):
        tx.execute(sa.delete(table).where(table.c.subscriber_id == subscriber_id))
    forwarded.erase(tx, subscriber_id)
    delivery_ids = sa.select(outbox.c.id).where(outbox.c.subscriber_id == subscriber_id)
    tx.execute(sa.delete(attempts).where(attempts.c.delivery_id.in_(delivery_ids)))
    sent = sa.delete(outbox).where(outbox.c.subscriber_id == subscriber_id)
    ended = tx.execute(sent.returning(outbox.c.edition_id, outbox.c.group_edition_id)).all()
    for group in groups(row.edition_id for row in ended if row.edition_id is not None):
        tx.execute(sa.update(editions).where(editions.c.id.in_(group)).values(due=editions.c.due - 1))
    # Somebody in several groups has several of one edition.
    for number, mails in Counter(row.group_edition_id for row in ended if row.group_edition_id is not None).items():
        count_due_of_groups(tx, number, -mails)
    tx.execute(sa.delete(subscribers).where(subscribers.c.id == subscriber_id))


@cache
def _tell_unknown(zone: str) -> None:
    """Log once in a process that a reader's zone is unknown here, so that they are mailed by UTC."""
    if not knows_zone(zone):
        log.warning("unknown time zone: its readers get their digests by UTC", zone=zone)


def _amount(row: sa.Row[Any]) -> Amount:
    return Amount(
        row.max_papers,
        row.about_papers,
        row.least_papers or 1,
        row.relevance,
        bool(row.explore),
        OnEmpty(row.on_empty or OnEmpty.SILENT),
    )


def _subscriber(row: sa.Row[Any]) -> Subscriber:
    _tell_unknown(row.zone)
    return Subscriber(
        id=row.id,
        address=row.address,
        state=SubscriberState(row.state),
        rhythm=Rhythm(row.zone, row.hour, parse_days(row.days)),
        amount=_amount(row),
        next_digest_at=row.next_digest_at,
        accepted_edition=row.accepted_edition_id,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        consent=Consent(row.consent, row.consent_form or "", row.consent_network or ""),
        style=Style(
            bool(row.text_only),
            Abstracts(row.abstracts or Abstracts.EXTRACT),
            row.language or "",
            figures=bool(row.figures),
        ),
        paused_until=row.paused_until,
        link_key=row.link_key or "",
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """Readers of one zone whose digests are to be composed at one moment."""

    zone: str
    at: dt.datetime
    readers: int


def planned(tx: sa.Connection, *, until: dt.datetime) -> list[Planned]:
    """Return how many readers' digests are to be composed until a moment, by zone and moment."""
    query = sa.select(subscribers.c.zone, subscribers.c.next_digest_at, sa.func.count().label("readers"))
    query = query.where(subscribers.c.state == SubscriberState.ACTIVE.value, subscribers.c.next_digest_at <= until)
    rows = tx.execute(query.group_by(subscribers.c.zone, subscribers.c.next_digest_at))
    return [Planned(row.zone, row.next_digest_at, row.readers) for row in rows]
