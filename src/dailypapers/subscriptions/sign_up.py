"""Signing up: by a form or by mail within the limits of `domain.signup`, or because the operator says so.

Every function works inside the caller's transaction and tells what it did.
"""

import datetime as dt

import sqlalchemy as sa
import structlog

from dailypapers.domain.address import normalised_mailbox
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.preferences import MAX_TOPICS, Preferences
from dailypapers.domain.signup import (
    MAILBOX_PAUSE,
    Limits,
    SignUpRequest,
    Verdict,
    begins_attack_mode,
    ended_attack_mode,
    judge,
    worth_keeping,
)
from dailypapers.domain.subscriber import Consent, Subscriber, SubscriberState
from dailypapers.errors import BadInput
from dailypapers.store import outbox, signups, subscribers, suppressions
from dailypapers.subscriptions.lifecycle import change
from dailypapers.tokens import Signer

log = structlog.get_logger()

#: A confirmation that is not delivered within a day helps nobody.
CONFIRM_DEADLINE = dt.timedelta(days=1)


def whom(signer: Signer, address: str, network: str) -> SignUpRequest:
    """Who asks, in a form that tells nobody who it was."""
    return SignUpRequest(
        signer.keyed_hash("address", address),
        signer.keyed_hash("mailbox", normalised_mailbox(address)),
        signer.keyed_hash("network", network),
    )


def ask(
    tx: sa.Connection,
    address: str,
    wishes: Preferences,
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
    counts = signups.count(tx, who, now=now)
    verdict = judge(counts, limits, patient=patient)
    if worth_keeping(counts, limits):
        signups.note(tx, who, granted=verdict is Verdict.GRANTED, now=now)
        if begins_attack_mode(counts, limits):
            log.error("attack mode", asked_within_an_hour=limits.overall_hour)
        elif ended_attack_mode(counts, limits):
            log.info("attack mode is over", asked_within_an_hour=counts.asked_hour + 1)
    if verdict is Verdict.GRANTED and not suppressions.is_suppressed(tx, address):
        subscribe(tx, address, wishes, consent=consent, now=now)
    return verdict


def subscribe(
    tx: sa.Connection, address: str, wishes: Preferences, *, consent: Consent, now: dt.datetime
) -> int | None:
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
    tx: sa.Connection, address: str, wishes: Preferences, *, state: SubscriberState, consent: Consent, now: dt.datetime
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


def _ask_again(tx: sa.Connection, known: Subscriber, wishes: Preferences, consent: Consent, now: dt.datetime) -> None:
    """Whoever has left, or has not confirmed yet, may ask again; what they wished for before is kept beside the new."""
    if known.state is SubscriberState.UNSUBSCRIBED:
        subscribers.transition(tx, known.id, to=SubscriberState.PENDING, now=now)
    elif known.state is not SubscriberState.PENDING:
        return
    if outbox.confirmation_since(tx, known.id, now - MAILBOX_PAUSE):
        return
    subscribers.asked_again(tx, known.id, consent=consent, now=now)
    stated = subscribers.interests_of(tx, [known.id])[known.id]
    if wishes.interests and len(stated) < MAX_TOPICS:
        subscribers.state_interests(tx, known.id, {*stated, *wishes.interests})
    _queue_confirmation(tx, known.id, known.address, now)


def _queue_confirmation(tx: sa.Connection, subscriber_id: int, address: str, now: dt.datetime) -> None:
    mail = outbox.NewDelivery(subscriber_id, address, MailKind.CONFIRM, deadline=now + CONFIRM_DEADLINE)
    outbox.put(tx, [mail], now=now)


def admit(tx: sa.Connection, address: str, wishes: Preferences, *, consent: Consent, now: dt.datetime) -> bool:
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
        subscribers.transition(tx, known.id, to=SubscriberState.ACTIVE, now=now, coming_from=[SubscriberState.PENDING])
        return False
    return _add(tx, address, wishes, state=SubscriberState.ACTIVE, consent=consent, now=now) is not None
