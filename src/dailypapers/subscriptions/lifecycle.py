"""What becomes of a subscription: one function per verb, used by web, cli and inbound mail alike.

    load (tx) | decide (pure, on frozen values) | record (tx)

Every function works inside the caller's transaction and tells what it did. A transition that depends on nothing but
the state it starts from is decided by its own UPDATE, so that two at once cannot both happen.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import READING, SUBSCRIBED, Amount, Rhythm, Subscriber, SubscriberState, parse_days
from dailypapers.store import bounces, editions, history, subscribers, suppressions

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


def change(tx: sa.Connection, subscriber_id: int, preferences: Preferences, *, now: dt.datetime) -> None:
    """Replace what somebody asks for; where the rhythm changes, the next digest moves as `next_digest_at` says."""
    before = subscribers.one(tx, subscriber_id)
    rhythm = preferences.rhythm
    subscribers.change(tx, subscriber_id, rhythm=rhythm, amount=preferences.amount, style=preferences.style)
    subscribers.state_interests(tx, subscriber_id, preferences.interests)
    if before and before.rhythm != rhythm:
        received = _newest_received(tx, subscriber_id)
        _schedule(tx, subscriber_id, next_digest_at(before, rhythm, received=received, now=now))


def _newest_received(tx: sa.Connection, subscriber_id: int) -> dt.datetime | None:
    """Return when the newest edition closed, `None` where this reader does not have it yet."""
    edition = editions.newest(tx)
    return edition.closed_at if edition and history.has_edition(tx, subscriber_id, edition.id) else None


def _schedule(tx: sa.Connection, subscriber_id: int, moment: dt.datetime | None) -> None:
    if moment:
        subscribers.schedule_next(tx, {subscriber_id: moment})


def next_digest_at(
    reader: Subscriber, rhythm: Rhythm, *, received: dt.datetime | None, now: dt.datetime
) -> dt.datetime | None:
    """Return when a reader's next digest is due by a new rhythm; `None` where they have no hour that could move.

    `received` is when the newest edition closed, for who has it: they get the next one at the first new hour after it
    can have closed. Who has not gets it at today's new hour, with the next run if that has passed. A pause stays.
    """
    # Whoever waits for the next run, or is paused without end, has no hour.
    if reader.next_digest_at is None:
        return None
    if reader.state is SubscriberState.PAUSED and reader.paused_until:
        return rhythm.first_from(reader.paused_until)
    if received:
        # An hour before it would be missed, and made up at whatever hour the edition closes.
        return rhythm.next_after(max(now, received + NEXT_EDITION))
    return rhythm.first_from(rhythm.day_of(now))


def confirm(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Make a pending subscriber active. Idempotent; tells whether they are subscribed now."""
    subscribers.transition(tx, subscriber_id, to=SubscriberState.ACTIVE, now=now, from_states=[SubscriberState.PENDING])
    return _reading(tx, subscriber_id) is not None


def weekly(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Send one digest a week, on Mondays, from the next Monday on. Tells whether they read still."""
    reader = _reading(tx, subscriber_id)
    if reader is None:
        return False
    rhythm = replace(reader.rhythm, days=parse_days("weekly"))
    subscribers.change(tx, reader.id, rhythm=rhythm, amount=reader.amount, style=reader.style)
    _schedule(tx, reader.id, first_weekly_at(reader, rhythm, now=now))
    return True


def first_weekly_at(reader: Subscriber, rhythm: Rhythm, *, now: dt.datetime) -> dt.datetime | None:
    """Return when the first weekly digest is due; `None` where that is once they end their pause."""
    if reader.state is SubscriberState.ACTIVE:
        return rhythm.next_after(now)
    return rhythm.first_from(reader.paused_until) if reader.paused_until else None


def fewer(tx: sa.Connection, subscriber_id: int, *, than: int) -> bool:
    """Put about half as many papers into a digest as `than`, as `fewer_papers` says. Tells whether they read still."""
    reader = _reading(tx, subscriber_id)
    if reader is None:
        return False
    amount = fewer_papers(reader.amount, than=than)
    subscribers.change(tx, reader.id, rhythm=reader.rhythm, amount=amount, style=reader.style)
    return True


def fewer_papers(amount: Amount, *, than: int) -> Amount:
    """Return an amount of at most half of `than` papers, but no fewer than three; never more than before. Idempotent.

    `than` is what the page said, so that pressing twice is pressing once.
    """
    most = min(amount.max_papers, max(FEWEST, than // 2))
    about = amount.about and min(amount.about, most)
    return replace(amount, max_papers=most, about=about, least=min(amount.least, most))


def _reading(tx: sa.Connection, subscriber_id: int) -> Subscriber | None:
    reader = subscribers.one(tx, subscriber_id)
    return reader if reader and reader.state in READING else None


def may_pause_until(reader: Subscriber, day: dt.date, *, now: dt.datetime) -> bool:
    """Return whether a pause may end on this day: a future one in the reader's zone, within ten years."""
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
    subscribers.transition(tx, subscriber_id, to=SubscriberState.ACTIVE, now=now, from_states=[SubscriberState.PAUSED])
    reader = subscribers.one(tx, subscriber_id)
    return reader is not None and reader.state is SubscriberState.ACTIVE


def unsubscribe(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Send nothing more, from this moment on: what waits in the outbox is left unsent as well.

    Idempotent; tells whether it was this time that they left.
    """
    return subscribers.transition(
        tx,
        subscriber_id,
        to=SubscriberState.UNSUBSCRIBED,
        now=now,
        from_states=SUBSCRIBED,
    )


def resubscribe(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Take back what somebody has just done: an unsubscription or a pause. Tells whether they read again.

    Whoever had not confirmed is asked to again; a pause that has a last day goes on after an unsubscription.
    """
    reader = subscribers.one(tx, subscriber_id)
    if reader is None:
        return False
    to = SubscriberState.ACTIVE if reader.confirmed_at else SubscriberState.PENDING
    subscribers.transition(
        tx, reader.id, to=to, now=now, from_states=[SubscriberState.UNSUBSCRIBED, SubscriberState.PAUSED]
    )
    if rest := rest_of_pause(reader):
        pause(tx, reader.id, until=rest, now=now)
    return _reading(tx, reader.id) is not None


def rest_of_pause(reader: Subscriber) -> dt.date | None:
    """Return until when somebody is paused who comes back: as long as they were when they left; `None`: not at all."""
    return reader.paused_until if reader.state is SubscriberState.UNSUBSCRIBED and reader.confirmed_at else None


def lift(tx: sa.Connection, address: str, *, now: dt.datetime) -> bool:
    """Lift the suppression of an address whose owner has repaired it; return whether there was one.

    Somebody whose mail bounced is active again; who unsubscribed or complained stays so.
    """
    reader = subscribers.by_address(tx, address)
    if reader:
        subscribers.transition(tx, reader.id, to=SubscriberState.ACTIVE, now=now, from_states=[SubscriberState.BOUNCED])
        bounces.forgive(tx, reader.id)
    return suppressions.lift(tx, address)


def avoid(tx: sa.Connection, subscriber_id: int, phrases: Iterable[str]) -> None:
    """Add phrases whose papers are shown less from now on."""
    interests = subscribers.interests_of(tx, [subscriber_id])[subscriber_id]
    subscribers.state_interests(tx, subscriber_id, (*interests, *_avoided(phrases)))


def allow(tx: sa.Connection, subscriber_id: int, phrases: Iterable[str]) -> None:
    """Remove phrases that `avoid` added."""
    interests = subscribers.interests_of(tx, [subscriber_id])[subscriber_id]
    avoided = set(_avoided(phrases))
    if avoided.intersection(interests):
        subscribers.state_interests(tx, subscriber_id, (each for each in interests if each not in avoided))


def _avoided(phrases: Iterable[str]) -> Iterator[Interest]:
    return (Interest(InterestKind.PHRASE, phrase, Stance.AVOID) for phrase in phrases)
