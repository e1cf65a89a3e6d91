"""A subscriber's life: one function per verb, used by web, cli and inbound mail alike.

Every function works inside the caller's transaction and tells what it did.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa
import structlog
from email_validator import EmailNotValidError, validate_email

from dailypapers.domain.address import canonical
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.link import Purpose
from dailypapers.domain.signup import (
    Limits,
    SignUpRequest,
    Verdict,
    begins_attack_mode,
    ended_attack_mode,
    judge,
    worth_keeping,
)
from dailypapers.domain.subscriber import (
    AS_USUAL,
    READING,
    SUBSCRIBED,
    Amount,
    Consent,
    Rhythm,
    Style,
    Subscriber,
    SubscriberState,
    parse_days,
)
from dailypapers.errors import BadInput
from dailypapers.store import editions, outbox, subscribers, suppressions
from dailypapers.store import signups as asks
from dailypapers.tokens import LIFETIME, Signer

log = structlog.get_logger()

#: A confirmation that is not delivered within a day helps nobody.
CONFIRM_DEADLINE = dt.timedelta(days=1)
#: At most one confirmation per address and hour: the form must not become a weapon against somebody's inbox.
CONFIRM_PAUSE = dt.timedelta(hours=1)
#: The next edition closes a day after the last, a little earlier or later.
NEXT_EDITION = dt.timedelta(hours=23)
#: Who asks again adds wishes to the earlier ones only up to so many: anybody may ask in anybody's name.
MOST_WISHES = 50
#: Nobody pauses for longer.
LONGEST_PAUSE = dt.timedelta(days=3650)
#: A digest of fewer papers than this is not worth a mail of its own.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody asks for: which papers, when, how many."""

    rhythm: Rhythm
    amount: Amount
    interests: tuple[Interest, ...] = ()
    style: Style = AS_USUAL


def normal_address(address: str) -> str:
    """The one form an address is kept in: checked for form (RFC 5321), lower case, domain in its Unicode form.

    Raises `BadInput` with the reason.
    """
    try:
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadInput(f"“{address[:100]}” is no e-mail address: {error}") from None
    return checked.normalized.lower()


def whom(signer: Signer, address: str, network: str) -> SignUpRequest:
    """Who asks, in a form that tells nobody who it was."""
    return SignUpRequest(
        signer.blind("address", address), signer.blind("mailbox", canonical(address)), signer.blind("network", network)
    )


def ask(
    tx: sa.Connection,
    address: str,
    wishes: Wishes,
    *,
    consent: Consent,
    who: SignUpRequest,
    limits: Limits,
    now: dt.datetime,
    patient: bool = False,
) -> Verdict:
    """Subscribe somebody from outside, within the limits; a suppressed address gets no mail.

    The verdict does not depend on whether the address is known. Logs an alarm where attack mode begins,
    and its end with the first ask after it.
    """
    counts = asks.count(tx, who, now=now)
    verdict = judge(counts, limits, patient=patient)
    if worth_keeping(counts, limits):
        asks.note(tx, who, granted=verdict is Verdict.GRANTED, now=now)
        if begins_attack_mode(counts, limits):
            log.error("attack mode", asked_within_an_hour=limits.overall_hour)
        elif ended_attack_mode(counts, limits):
            log.info("attack mode is over", asked_within_an_hour=counts.asked_hour + 1)
    if verdict is Verdict.GRANTED and not suppressions.is_suppressed(tx, address):
        subscribe(tx, address, wishes, consent=consent, now=now)
    return verdict


def subscribe(tx: sa.Connection, address: str, wishes: Wishes, *, consent: Consent, now: dt.datetime) -> int | None:
    """Keep somebody who asked as pending and queue the confirmation mail; nothing else is sent before they confirm.

    Returns the id of the new subscriber, `None` where the address was known already (the caller answers alike).
    Somebody who left and asks again is pending again.
    """
    known = subscribers.by_address(tx, address)
    if known:
        _ask_again(tx, known, wishes, consent, now)
        return None
    added = _add(tx, address, wishes, state=SubscriberState.PENDING, consent=consent, now=now)
    if added:
        _queue_confirmation(tx, added, address, now)
    return added


def _add(
    tx: sa.Connection, address: str, wishes: Wishes, *, state: SubscriberState, consent: Consent, now: dt.datetime
) -> int | None:
    added = subscribers.add(
        tx,
        address,
        state=state,
        rhythm=wishes.rhythm,
        amount=wishes.amount,
        style=wishes.style,
        consent=consent,
        now=now,
    )
    if added:
        subscribers.state_interests(tx, added, wishes.interests)
    return added


def _ask_again(tx: sa.Connection, known: Subscriber, wishes: Wishes, consent: Consent, now: dt.datetime) -> None:
    """Whoever has left, or has not confirmed yet, may ask again; what they wished for before is kept beside the new."""
    if known.state is SubscriberState.UNSUBSCRIBED:
        subscribers.move(tx, known.id, to=SubscriberState.PENDING, now=now)
    elif known.state is not SubscriberState.PENDING:
        return
    if outbox.confirmation_since(tx, known.id, now - CONFIRM_PAUSE):
        return
    subscribers.asked_again(tx, known.id, consent=consent, now=now)
    stated = subscribers.interests_of(tx, [known.id])[known.id]
    if wishes.interests and len(stated) < MOST_WISHES:
        subscribers.state_interests(tx, known.id, {*stated, *wishes.interests})
    _queue_confirmation(tx, known.id, known.address, now)


def _queue_confirmation(tx: sa.Connection, subscriber_id: int, address: str, now: dt.datetime) -> None:
    mail = outbox.NewDelivery(subscriber_id, address, MailKind.CONFIRM, deadline=now + CONFIRM_DEADLINE)
    outbox.put(tx, [mail], now=now)


def expire_unconfirmed(tx: sa.Connection, *, now: dt.datetime) -> tuple[int, int]:
    """Erase the next of those whose confirmation link has run out; returns how many, none once all are erased.

    Whoever had been a subscriber before is unsubscribed as before, which is the second number: anybody may have asked
    in their name.
    """
    late = subscribers.unconfirmed(tx, before=now - LIFETIME[Purpose.CONFIRM])
    back = [reader for reader in late if reader.confirmed_at]
    for reader in late:
        if reader.confirmed_at:
            subscribers.move(tx, reader.id, to=SubscriberState.UNSUBSCRIBED, now=now)
        else:
            erase(tx, reader.id)
    return len(late) - len(back), len(back)


def admit(tx: sa.Connection, address: str, wishes: Wishes, *, consent: Consent, now: dt.datetime) -> bool:
    """Make somebody active at once: the operator vouches for their consent. Known ones get the new wishes.

    Tells whether the address is new. A suppressed address stays suppressed; somebody who unsubscribed stays so:
    raises `BadInput`, since only they can undo that.
    """
    if suppressions.is_suppressed(tx, address):
        raise BadInput(f"{address} is suppressed: mail to it failed for good, or its owner complained.")
    known = subscribers.by_address(tx, address)
    if known and known.state is SubscriberState.UNSUBSCRIBED:
        raise BadInput(f"{address} has unsubscribed: only its owner can subscribe it again.")
    if known:
        change(tx, known.id, wishes, now=now)
        subscribers.move(tx, known.id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.PENDING])
        return False
    return _add(tx, address, wishes, state=SubscriberState.ACTIVE, consent=consent, now=now) is not None


def change(tx: sa.Connection, subscriber_id: int, wishes: Wishes, *, now: dt.datetime) -> None:
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
    subscribers.move(tx, subscriber_id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.PENDING])
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
    subscribers.move(tx, subscriber_id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.PAUSED])
    found = subscribers.one(tx, subscriber_id)
    return found is not None and found.state is SubscriberState.ACTIVE


def unsubscribe(tx: sa.Connection, subscriber_id: int, *, now: dt.datetime) -> bool:
    """Send nothing more, from this moment on: what waits in the outbox is left unsent as well. Twice is well.

    Tells whether it was this time that they left.
    """
    return subscribers.move(
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
    subscribers.move(tx, reader.id, to=to, now=now, coming_from=[SubscriberState.UNSUBSCRIBED, SubscriberState.PAUSED])
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
        subscribers.move(tx, known.id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.BOUNCED])
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


def erase(tx: sa.Connection, subscriber_id: int) -> None:
    """Forget somebody altogether."""
    subscribers.erase(tx, subscriber_id)
