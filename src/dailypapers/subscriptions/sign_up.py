"""Signing up: by a form or by mail within the limits of `domain.signup`, or because the operator says so.

    load (tx) | decide (pure: `judge`, `admission`) | record (tx)

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
    Admission,
    Counts,
    Limits,
    SignUpRequest,
    Verdict,
    admission,
    begins_attack_mode,
    ended_attack_mode,
    judge,
    worth_keeping,
)
from dailypapers.domain.subscriber import Consent, Subscriber, SubscriberState
from dailypapers.store import history, outbox, signups, subscribers, suppressions
from dailypapers.subscriptions.lifecycle import change
from dailypapers.tokens import Signer

log = structlog.get_logger()

#: A confirmation that is not delivered within a day helps nobody.
CONFIRM_DEADLINE = dt.timedelta(days=1)


def sign_up_request(signer: Signer, address: str, network: str) -> SignUpRequest:
    """Return a request as keyed hashes, from which nobody can tell who asked."""
    return SignUpRequest(
        signer.keyed_hash("address", address),
        signer.keyed_hash("mailbox", normalised_mailbox(address)),
        signer.keyed_hash("network", network),
    )


def ask(
    tx: sa.Connection,
    address: str,
    preferences: Preferences,
    *,
    consent: Consent,
    request: SignUpRequest,
    limits: Limits,
    now: dt.datetime,
    has_waited: bool = False,
) -> Verdict:
    """Subscribe somebody from outside, within the limits; a suppressed address gets no mail.

    The verdict does not depend on whether the address is known. Logs an alarm where attack mode begins,
    and its end with the first ask after it.
    """
    counts = signups.count(tx, request, now=now)
    is_suppressed = suppressions.is_suppressed(tx, address)
    verdict = judge(counts, limits, has_waited=has_waited)
    if worth_keeping(counts, limits):
        signups.note(tx, request, granted=verdict is Verdict.GRANTED, now=now)
        _log_attack_mode(counts, limits)
    if verdict is Verdict.GRANTED and not is_suppressed:
        subscribe(tx, address, preferences, consent=consent, now=now)
    return verdict


def _log_attack_mode(counts: Counts, limits: Limits) -> None:
    if begins_attack_mode(counts, limits):
        log.error("attack mode", asked_within_an_hour=limits.overall_hour)
    elif ended_attack_mode(counts, limits):
        log.info("attack mode is over", asked_within_an_hour=counts.asked_hour + 1)


def subscribe(
    tx: sa.Connection, address: str, preferences: Preferences, *, consent: Consent, now: dt.datetime
) -> int | None:
    """Make somebody who asked a pending subscriber and queue the confirmation; nothing else is sent before that.

    Returns the id of the new subscriber, `None` where the address was known already (the caller answers alike).
    Somebody who left and asks again is pending again.
    """
    subscriber = subscribers.by_address(tx, address)
    if subscriber:
        _ask_again(tx, subscriber, preferences, consent, now)
        return None
    added = _add(tx, address, preferences, state=SubscriberState.PENDING, consent=consent, now=now)
    if added:
        _queue_confirmation(tx, added, address, now)
    return added


def _add(
    tx: sa.Connection,
    address: str,
    preferences: Preferences,
    *,
    state: SubscriberState,
    consent: Consent,
    now: dt.datetime,
) -> int | None:
    rhythm, amount, style = preferences.rhythm, preferences.amount, preferences.style
    added = subscribers.add(
        tx, address, state=state, rhythm=rhythm, amount=amount, style=style, consent=consent, now=now
    )
    if added:
        subscribers.state_interests(tx, added, preferences.interests)
    return added


def add_pending(
    tx: sa.Connection, address: str, preferences: Preferences, *, consent: Consent, now: dt.datetime
) -> int | None:
    """Store somebody who has not asked for anything, as pending, without a mail; `None` where they are known."""
    return _add(tx, address, preferences, state=SubscriberState.PENDING, consent=consent, now=now)


def _ask_again(
    tx: sa.Connection, subscriber: Subscriber, preferences: Preferences, consent: Consent, now: dt.datetime
) -> None:
    """Queue one more confirmation for who has left or not confirmed yet; what they asked for before is kept."""
    if subscriber.state not in {SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED}:
        return
    interests = subscribers.interests_of(tx, [subscriber.id])[subscriber.id]
    has_mail = history.confirmation_since(tx, subscriber.id, now - MAILBOX_PAUSE)
    subscribers.transition(tx, subscriber.id, to=SubscriberState.PENDING, now=now)
    if has_mail:
        return
    subscribers.asked_again(tx, subscriber.id, consent=consent, now=now)
    if len(interests) < MAX_TOPICS:
        subscribers.state_interests(tx, subscriber.id, {*interests, *preferences.interests})
    _queue_confirmation(tx, subscriber.id, subscriber.address, now)


def _queue_confirmation(tx: sa.Connection, subscriber_id: int, address: str, now: dt.datetime) -> None:
    mail = outbox.NewDelivery(subscriber_id, address, MailKind.CONFIRM, deadline=now + CONFIRM_DEADLINE)
    outbox.put(tx, [mail], now=now)


def admit(
    tx: sa.Connection, address: str, preferences: Preferences, *, consent: Consent, now: dt.datetime
) -> Admission:
    """Make somebody active at once: the operator vouches for their consent. Known ones get the new preferences."""
    subscriber = subscribers.by_address(tx, address)
    is_suppressed = suppressions.is_suppressed(tx, address)
    outcome = admission(subscriber.state if subscriber else None, is_suppressed=is_suppressed)
    if outcome is Admission.ADDED:
        _add(tx, address, preferences, state=SubscriberState.ACTIVE, consent=consent, now=now)
    if subscriber and outcome is Admission.CHANGED:
        change(tx, subscriber.id, preferences, now=now)
        subscribers.transition(
            tx, subscriber.id, to=SubscriberState.ACTIVE, now=now, from_states=[SubscriberState.PENDING]
        )
    return outcome
