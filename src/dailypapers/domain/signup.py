"""Asking to subscribe: how often it is allowed, so that the form does not become a weapon against somebody's inbox.

At most one confirmation mail an hour and three a day go to one mailbox, and so many an hour to one network. Whether an
address is known plays no part in it: what is answered must not tell.

*Attack mode* begins by itself once `overall_hour` people have asked within an hour, and ends by itself once an hour
holds fewer. In it people take one more step (a page with a button, pressed after a while), a network gets a quarter,
and twice `overall_hour` confirmations an hour are all that leave. Nobody is locked out for longer than an hour.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from dailypapers.domain.subscriber import SubscriberState

#: Maximum confirmations to one mailbox within `MAILBOX_PAUSE`, whoever asks for them, and within a day.
MAILBOX_HOUR = 1
MAILBOX_PAUSE = dt.timedelta(hours=1)
MAILBOX_DAY = 3
#: In attack mode a network gets this part of its share.
_NETWORK_PART = 4
#: In attack mode so many times `overall_hour` confirmations leave in an hour.
_CEILING = 2
#: So many times `overall_hour` asks of an hour are kept; who asks beyond that is refused and leaves no row.
_KEPT = 20


@dataclass(frozen=True, slots=True)
class SignUpRequest:
    """Somebody who asks, as keyed hashes: of the address as written, of its normalised mailbox, and of the network."""

    address: str
    mailbox: str
    network: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many confirmations an hour."""

    per_network_hour: int = 20
    overall_hour: int = 300


@dataclass(frozen=True, slots=True)
class Counts:
    """What was asked for lately."""

    #: Granted for this mailbox.
    mailbox_hour: int = 0
    mailbox_day: int = 0
    #: Granted to this network.
    network_hour: int = 0
    #: Asked by anybody, granted or not.
    asked_hour: int = 0
    #: Granted to anybody.
    granted_hour: int = 0
    #: What `asked_hour` had been once the ask before this one had come in.
    asked_before: int = 0


class Verdict(StrEnum):
    """What becomes of somebody who asks."""

    GRANTED = "granted"
    ASKED_LATELY = "asked lately"
    """This mailbox has had its confirmation; answered as if it were granted."""
    ONE_MORE_STEP = "one more step"
    """Attack mode: whoever waits a little and presses a button is let through."""
    NETWORK_FULL = "network full"
    ALL_FULL = "all full"


class Admission(StrEnum):
    """What becomes of somebody whom the operator makes a subscriber; the value of a refusal says why, to them."""

    ADDED = "added"
    CHANGED = "changed"
    """Was known, and wants now what is stated."""
    SUPPRESSED = "is suppressed: mail to it failed permanently, or its owner complained"
    UNSUBSCRIBED = "has unsubscribed: only its owner can subscribe it again"
    #: What another newsletter said of an address.
    LEFT_THERE = "had unsubscribed there, and was left out"
    UNCONFIRMED_THERE = "had not confirmed there, and was left out"
    BOUNCED_THERE = "could not be reached there, and is suppressed here"
    COMPLAINED_THERE = "had complained or was blocked there, and is suppressed here"

    @property
    def is_refused(self) -> bool:
        """Whether nothing was done."""
        return self in {Admission.SUPPRESSED, Admission.UNSUBSCRIBED}

    @property
    def is_left_out(self) -> bool:
        """Whether another newsletter says that they are not to be mailed."""
        return self in {
            Admission.LEFT_THERE,
            Admission.UNCONFIRMED_THERE,
            Admission.BOUNCED_THERE,
            Admission.COMPLAINED_THERE,
        }


def attack_mode(counts: Counts, limits: Limits) -> bool:
    """Whether so many ask that not all of them can be people."""
    return counts.asked_hour >= limits.overall_hour


def begins_attack_mode(counts: Counts, limits: Limits) -> bool:
    """Whether attack mode begins with this one ask; true once each time it begins."""
    return counts.asked_before < limits.overall_hour <= counts.asked_hour + 1


def ended_attack_mode(counts: Counts, limits: Limits) -> bool:
    """Whether attack mode has ended since the ask before this one; true once each time it ends."""
    return counts.asked_hour + 1 < limits.overall_hour <= counts.asked_before


def worth_keeping(counts: Counts, limits: Limits) -> bool:
    """Whether this ask is to be noted: a flood must not fill the table."""
    return counts.asked_hour < limits.overall_hour * _KEPT


def admission(state: SubscriberState | None, *, is_suppressed: bool) -> Admission:
    """Decide about an address the operator adds, by the state of its subscription, `None` where it has none.

    The operator vouches for consent, which revives neither an address that was given up nor one whose owner has left.
    """
    if is_suppressed:
        return Admission.SUPPRESSED
    if state is SubscriberState.UNSUBSCRIBED:
        return Admission.UNSUBSCRIBED
    return Admission.CHANGED if state else Admission.ADDED


def judge(counts: Counts, limits: Limits, *, has_waited: bool) -> Verdict:
    """Decide about one ask; `has_waited` says whether the one more step was taken.

    What depends on the mailbox comes last, so that no other answer tells anything about it.
    """
    attacked = attack_mode(counts, limits)
    share = max(1, limits.per_network_hour // _NETWORK_PART) if attacked else limits.per_network_hour
    if counts.granted_hour >= limits.overall_hour * _CEILING:
        return Verdict.ALL_FULL
    if counts.network_hour >= share:
        return Verdict.NETWORK_FULL
    if attacked and not has_waited:
        return Verdict.ONE_MORE_STEP
    if counts.mailbox_hour >= MAILBOX_HOUR or counts.mailbox_day >= MAILBOX_DAY:
        return Verdict.ASKED_LATELY
    return Verdict.GRANTED
