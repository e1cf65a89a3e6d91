"""A subscriber's life: one function per verb, used by web, cli and inbound mail alike.

Every function works inside the caller's transaction and tells what it did.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import READING, SUBSCRIBED, Rhythm, Subscriber, SubscriberState, parse_days
from dailypapers.store import editions, outbox, subscribers, suppressions

#: The next edition closes a day after the last, a little earlier or later.
NEXT_EDITION = dt.timedelta(hours=23)
#: Nobody pauses for longer.
LONGEST_PAUSE = dt.timedelta(days=3650)
#: A digest of fewer papers than this is not worth a mail of its own.
FEWEST = 3


def preferences_of(tx: sa.Connection, reader: Subscriber) -> Preferences:
    """Return what a subscriber asks for now."""
    interests = subscribers.interests_of(tx, [reader.id])[reader.id]
    return Preferences(reader.rhythm, reader.amount, interests, reader.style)


def change(tx: sa.Connection, subscriber_id: int, wishes: Preferences, *, now: dt.datetime) -> None:
    """Replace what somebody asks for.

    Where when they want mail has changed: who has the newest edition gets the next one at the first new hour after it
    can have closed; who has not gets it at today's new hour, with the next run if that has passed. A pause stays.
    """
    before = subscribers.one(tx, subscriber_id)
    subscribers.change(tx, subscriber_id, rhythm=wishes.rhythm, amount=wishes.amount, style=wishes.style)
    subscribers.state_interests(tx, subscriber_id, wishes.interests)
    # Whoever waits for the next run, or is paused without end, has no hour to be moved.
    if before and before.next_digest_at and before.rhythm != wishes.rhythm:
        subscribers.schedule_next(tx, {subscriber_id: _next_digest(tx, before, wishes.rhythm, now)})


def _next_digest(tx: sa.Connection, reader: Subscriber, rhythm: Rhythm, now: dt.datetime) -> dt.datetime:
    if reader.state is SubscriberState.PAUSED and reader.paused_until:
        return rhythm.first_from(reader.paused_until)
    edition = editions.newest(tx)
    if edition and outbox.has_edition(tx, reader.id, edition.id):
        # An hour before it would be missed, and made up at whatever hour the edition closes.
        return rhythm.next_after(max(now, edition.closed_at + NEXT_EDITION))
    return rhythm.first_from(rhythm.day_of(now))


def confirm(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Make a pending subscriber active; confirming twice is well. Tells whether they are subscribed now."""
    subscribers.transition(tx, subscriber_id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.PENDING])
    return _reading(tx, subscriber_id) is not None


def weekly(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """One digest a week, on Mondays, from the next Monday on. Tells whether they read still."""
    reader = _reading(tx, subscriber_id)
    if reader is None:
        return False
    rhythm = replace(reader.rhythm, days=parse_days("weekly"))
    subscribers.change(tx, reader.id, rhythm=rhythm, amount=reader.amount, style=reader.style)
    if reader.state is SubscriberState.ACTIVE:
        subscribers.schedule_next(tx, {reader.id: rhythm.next_after(now)})
    elif reader.paused_until:
        subscribers.schedule_next(tx, {reader.id: rhythm.first_from(reader.paused_until)})
    return True


def fewer(tx: sa.Connection, subscriber_id: int, *, than: int) -> bool:
    """Half as many papers in a digest as `than`, but no fewer than three; twice is as once. Tells whether they read."""
    reader = _reading(tx, subscriber_id)
    if reader is None:
        return False
    most = min(reader.amount.max_papers, max(FEWEST, than // 2))
    about = reader.amount.about and min(reader.amount.about, most)
    amount = replace(reader.amount, max_papers=most, about=about, least=min(reader.amount.least, most))
    subscribers.change(tx, reader.id, rhythm=reader.rhythm, amount=amount, style=reader.style)
    return True


def _reading(tx: sa.Connection, subscriber_id: int) -> Subscriber | None:
    reader = subscribers.one(tx, subscriber_id)
    return reader if reader and reader.state in READING else None


def may_pause_until(reader: Subscriber, day: dt.date, *, now: dt.datetime) -> bool:
    """Whether a form may name this day for a pause to end: one to come in the reader's zone, within ten years."""
    today = reader.rhythm.day_of(now)
    return today < day <= today + LONGEST_PAUSE


def pause(tx: sa.Connection, subscriber_id: int, *, until: dt.date | None, now: dt.datetime) -> bool:
    """Send nothing before the day `until`, or before they resume; what waits in the outbox is left unsent as well.

    Their first digest then comes at their hour, and holds what the window still reaches. Tells whether they are paused
    now; a day that is past or today pauses nobody.
    """
    reader = subscribers.one(tx, subscriber_id)
    if reader is None or (until and until <= reader.rhythm.day_of(now)):
        return False
    back_at = reader.rhythm.first_from(until) if until else None
    return subscribers.pause(tx, subscriber_id, until=until, back_at=back_at)


def resume(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """End a pause; the next digest comes with the next run. Tells whether they are active now."""
    subscribers.transition(tx, subscriber_id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.PAUSED])
    found = subscribers.one(tx, subscriber_id)
    return found is not None and found.state is SubscriberState.ACTIVE


def unsubscribe(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Send nothing more, from this moment on: what waits in the outbox is left unsent as well. Twice is well.

    Tells whether it was this time that they left.
    """
    return subscribers.transition(
        tx,
        subscriber_id,
        to=SubscriberState.UNSUBSCRIBED,
        now=now,
        coming_from=SUBSCRIBED,
    )


def undo(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Take back what somebody has just done: an unsubscription or a pause. Tells whether they read again.

    Whoever had not confirmed is asked to again; a pause that has a last day goes on after an unsubscription.
    """
    reader = subscribers.one(tx, subscriber_id)
    if reader is None:
        return False
    left = reader.state is SubscriberState.UNSUBSCRIBED
    to = SubscriberState.ACTIVE if reader.confirmed_at else SubscriberState.PENDING
    subscribers.transition(
        tx, reader.id, to=to, now=now, coming_from=[SubscriberState.UNSUBSCRIBED, SubscriberState.PAUSED]
    )
    if left and reader.confirmed_at and reader.paused_until:
        pause(tx, reader.id, until=reader.paused_until, now=now)
    return _reading(tx, reader.id) is not None


def lift(tx: sa.Connection, address: str, *, now: dt.datetime) -> bool:
    """Mail an address again that was given up: its owner has mended it. Tells whether it was suppressed.

    Somebody whose mail bounced is active again; who unsubscribed or complained stays so.
    """
    lifted = suppressions.lift(tx, address)
    known = subscribers.by_address(tx, address)
    if known:
        subscribers.transition(tx, known.id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.BOUNCED])
    return lifted


def avoid(tx: sa.Connection, subscriber_id: int, phrases: Iterable[str]) -> None:
    """Push papers with these words down from now on, besides what they asked for already."""
    stated = subscribers.interests_of(tx, [subscriber_id])[subscriber_id]
    subscribers.state_interests(tx, subscriber_id, (*stated, *_avoided(phrases)))


def allow(tx: sa.Connection, subscriber_id: int, phrases: Iterable[str]) -> None:
    """Take back that these words push papers down."""
    stated, taken = subscribers.interests_of(tx, [subscriber_id])[subscriber_id], set(_avoided(phrases))
    if taken.intersection(stated):
        subscribers.state_interests(tx, subscriber_id, (one for one in stated if one not in taken))


def _avoided(phrases: Iterable[str]) -> Iterator[Interest]:
    return (Interest(InterestKind.PHRASE, phrase, Stance.AVOID) for phrase in phrases)
