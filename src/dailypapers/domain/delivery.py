"""A delivery: one mail to one address, with a life; and the rule for what comes next.

`after` is the whole life in one pure function. Claiming and recording live in `store.outbox`.
"""

import datetime as dt
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import NamedTuple

from dailypapers.domain.fault import Fault, Finality


class DeliveryState(StrEnum):
    """Where in its life a delivery is."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    ON_HOLD = "on_hold"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


#: Nothing more happens to these by itself.
FINAL = frozenset(
    {
        DeliveryState.ACCEPTED,
        DeliveryState.FAILED,
        DeliveryState.UNCERTAIN,
        DeliveryState.SUPPRESSED,
        DeliveryState.SKIPPED,
        DeliveryState.EXPIRED,
        DeliveryState.BOUNCED,
        DeliveryState.COMPLAINED,
    }
)
#: The reader cannot have it, so its papers may be picked again.
NEVER_ARRIVED = frozenset(
    {DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.SKIPPED, DeliveryState.EXPIRED}
)


class Doubt(StrEnum):
    """What is done about a mail whose answer is missing: the server may have it, and nobody can tell."""

    RESEND = "resend"
    """It is sent again under the same Message-ID, until it is accepted or its deadline has passed."""
    CARRY = "carry"
    """Its papers may be picked again, for the next digest."""
    HOLD = "hold"
    """An operator decides; until then its papers count as sent."""
    KEEP = "keep"
    """An operator takes it for one that arrived."""


class Priority(StrEnum):
    """Which mails wait for which."""

    URGENT = "urgent"
    """Somebody is waiting for it: a confirmation, an answer."""
    BULK = "bulk"
    """A digest, somebody's own or a group's."""


class MailKind(StrEnum):
    """Which mail it is; the name of its template folder."""

    DIGEST = "digest"
    CONFIRM = "confirm"
    ANSWER = "answer"
    """What became of what somebody asked for by email."""
    LINKS = "links"
    """The links to a reader's own pages, for who asked for them."""
    GROUP = "group"
    """What was picked for a group of readers, to one of them."""
    INVITATION = "invitation"
    """Asks a reader to join a group."""
    BOOK = "book"
    """The papers of a week as a book, to a reader's e-reader, which is not the reader's own address."""
    NOTICE = "notice"
    """Something that stopped working, which its reader alone can mend."""


class OutcomeKind(Enum):
    """What a server's answer means for the delivery: whose fault it is, and whether that passes."""

    ACCEPTED = (Fault.NONE, Finality.FINAL)
    DEFERRED = (Fault.MAILBOX, Finality.PASSING)
    """Temporary, about this mailbox or its host: try again later."""
    DEAD_ADDRESS = (Fault.MAILBOX, Finality.FINAL)
    """The address itself is no more: never mail it again."""
    THROTTLED = (Fault.DOMAIN, Finality.PASSING)
    """The receiving side takes no more mail of ours for now: be slower with this domain."""
    FAILED = (Fault.DOMAIN, Finality.FINAL)
    """Permanent, for this recipient: do not try again."""
    INTERRUPTED = (Fault.CONNECTION, Finality.PASSING)
    """Not accepted for a reason that says nothing of the mailbox: 421, or lost before the final dot."""
    UNCERTAIN = (Fault.CONNECTION, Finality.FINAL)
    """Lost after the final dot: the server may have it."""
    NOT_MADE = (Fault.MESSAGE, Finality.PASSING)
    """The mail could not be made, which a mended template may change."""
    UNSENDABLE = (Fault.MESSAGE, Finality.FINAL)
    """The mail cannot be written, to this address or to this server."""
    OVER_LIMIT = (Fault.PACE, Finality.PASSING)
    """More than our mail server lets us send for now: be slower, or go on when the hour or the day is over."""
    OUR_FAULT = (Fault.US, Finality.FINAL)
    """Refused because of us (policy, authentication): stop the run, spare the subscriber."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mail server said; a refusal is a value, not an exception."""

    kind: OutcomeKind
    code: int = 0
    """The reply code, 0 where there was none."""
    enhanced: str = ""
    """RFC 3463's status such as 5.1.1, where the reply had one."""
    text: str = ""
    """The reply's words on one line; for `accepted`, the server's queue id is in here."""
    too_large: bool = False
    """Whether the mail is larger than the server takes: packed smaller, it might be taken."""
    most_bytes: int = 0
    """How large the server might take it where it was too large, 0 where that is not known."""

    @property
    def fault(self) -> Fault:
        """Whose fault it is."""
        return self.kind._value_[0]

    @property
    def finality(self) -> Finality:
        """Whether another try may end differently."""
        return self.kind._value_[1]

    @property
    def address_is_dead(self) -> bool:
        """Whether the address is never to be mailed again."""
        return (self.fault, self.finality) == (Fault.MAILBOX, Finality.FINAL)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery. Handed over and not answered, the server may have the mail."""

    delivery: int
    number: int
    worker: str
    started_at: dt.datetime
    handed_over_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    code: int = 0
    enhanced: str = ""
    text: str = ""
    outcome: str = ""
    """Whose fault, and whether that passes: "mailbox final"."""


class Delivery(NamedTuple):
    """One mail to one address; a tuple, which is copied with changes in a sixth of the time a data class takes."""

    id: int
    subscriber: int
    address: str
    kind: MailKind
    state: DeliveryState
    created_at: dt.datetime
    deadline: dt.datetime
    edition: int | None = None
    priority: Priority = Priority.BULK
    attempts: int = 0
    next_attempt_at: dt.datetime | None = None
    claimed_by: str = ""
    message_id: str = ""
    detail: str = ""
    """Why it is in this state: the server's reply, or our own reason for not sending."""
    doubt: Doubt | None = None
    """What is done about an earlier answer that is missing; `None` where none ever was."""
    server: str = ""
    """The mail server it goes by in this try."""
    max_bytes: int | None = None
    """How large it may be, because a server refused a larger one; `None` where none did."""
    group_edition: int | None = None
    """Of a group's digest: the edition it was picked from."""


#: So often a mail is tried where answers keep getting lost: a server that hangs up may have a copy of each try.
MAX_LOST_ANSWERS = 4
#: First retry after five minutes, then doubling: greylisting servers want five to fifteen.
FIRST_RETRY = dt.timedelta(minutes=5)
LONGEST_RETRY = dt.timedelta(hours=4)


#: By this part a retry comes later than its delay at most. Never earlier: servers that greylist want the five minutes.
MOST_JITTER = 0.2


def retry_delay(attempts: int, delivery_id: int) -> dt.timedelta:
    """How long to wait after `attempts` tries: 5 min · 2^(attempts-1), at most 4 h (RFC 5321 4.5.4.1), and some more.

    What was refused in one moment is not tried again in one moment: each delivery and try has its own jitter, up to a
    fifth of the delay, which is the same however often it is asked for.
    """
    delay = min(FIRST_RETRY * int(2 ** min(attempts - 1, 10)), LONGEST_RETRY / (1 + MOST_JITTER))
    # Fibonacci hashing: neighbors end up far apart, and tries of one delivery as well.
    fraction = (delivery_id * 2_654_435_769 + attempts * 1_640_531_527) % 2**32 / 2**32
    return delay * (1 + MOST_JITTER * fraction)


def after(delivery: Delivery, outcome: Outcome, now: dt.datetime, *, policy: Doubt = Doubt.RESEND) -> Delivery:
    """The delivery as it stands once the server has answered; where it did not, `policy` says what is done.

    Expects a claimed delivery whose `attempts` already counts this try. A retry that would come after the
    deadline is not tried: the delivery expires and its papers are carried over. One that the server may have from an
    earlier try ends uncertain instead: neither failed nor expired would be true. A digest that is too large is packed
    smaller and tried again at once, and once.
    """
    detail = " ".join([part for part in (str(outcome.code or ""), outcome.enhanced, outcome.text) if part])[:500]
    if outcome.kind is OutcomeKind.ACCEPTED:
        return delivery._replace(state=DeliveryState.ACCEPTED, detail=detail, next_attempt_at=None)
    answered = delivery._replace(detail=detail, next_attempt_at=None)
    # That we were too fast brings no mail nearer to its end: it waits as long as after its first try.
    retry_at = now + retry_delay(1 if outcome.fault is Fault.PACE else delivery.attempts, delivery.id)
    if (outcome.fault, outcome.finality) == _ANSWER_LOST:
        may_resend = delivery.doubt is None or delivery.attempts < MAX_LOST_ANSWERS
        return in_doubt(answered, policy, resend_at=retry_at if may_resend else None)
    if outcome.too_large and outcome.most_bytes and _may_be_packed_smaller(delivery):
        return answered._replace(state=DeliveryState.DEFERRED, next_attempt_at=now, max_bytes=outcome.most_bytes)
    if outcome.finality is Finality.FINAL:
        return _ended(answered, _FINALLY[outcome.fault])
    if retry_at >= delivery.deadline:
        return _ended(answered, DeliveryState.EXPIRED)
    return answered._replace(state=DeliveryState.DEFERRED, next_attempt_at=retry_at)


def of_book(delivery: Delivery, outcome: Outcome) -> Outcome:
    """Return what an answer means where the mail was a book: who refuses it for good is the e-reader, not the world.

    Owners of e-readers approve of senders, so that a refusal that blames us is about that device: it stops no run.
    """
    is_refused = outcome.kind is OutcomeKind.OUR_FAULT and outcome.code in _REFUSALS
    is_by_e_reader = delivery.kind is MailKind.BOOK and is_refused
    return replace(outcome, kind=OutcomeKind.DEAD_ADDRESS) if is_by_e_reader else outcome


#: RFC 5321 4.2.3: the codes of a mail that is not taken; not those of a session, as of a password (RFC 4954).
_REFUSALS = frozenset((550, 551, 552, 553, 554))


def _may_be_packed_smaller(delivery: Delivery) -> bool:
    return delivery.kind is MailKind.DIGEST and delivery.max_bytes is None


def in_doubt(delivery: Delivery, policy: Doubt, *, resend_at: dt.datetime | None) -> Delivery:
    """The delivery as it stands once its answer is known to be missing; without `resend_at` it is not sent again."""
    resend = policy is Doubt.RESEND and resend_at is not None and resend_at < delivery.deadline
    if resend:
        return delivery._replace(state=DeliveryState.DEFERRED, next_attempt_at=resend_at, doubt=policy)
    return delivery._replace(state=DeliveryState.UNCERTAIN, next_attempt_at=None, doubt=policy)


def _ended(delivery: Delivery, state: DeliveryState) -> Delivery:
    """The delivery at its end, which is uncertain where it may have arrived on an earlier try."""
    is_unknown = delivery.doubt is not None and state in NEVER_ARRIVED
    return delivery._replace(state=DeliveryState.UNCERTAIN if is_unknown else state)


_ANSWER_LOST = (Fault.CONNECTION, Finality.FINAL)
#: What passes is tried again, whoever's fault it is; what does not ends like this.
_FINALLY = {
    Fault.MAILBOX: DeliveryState.FAILED,
    Fault.DOMAIN: DeliveryState.FAILED,
    Fault.MESSAGE: DeliveryState.FAILED,
    Fault.US: DeliveryState.ON_HOLD,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of one edition: how many deliveries ended how."""

    edition: int
    day: dt.date
    due: int
    """Readers counted as due while composing; kept apart from the rows, so that a lost row shows."""
    counts: dict[DeliveryState, int]
    resent: int = 0
    """Accepted, and one of its earlier answers is missing: its reader may have two."""
    undecided: int = 0
    """Uncertain, and an operator is to say what is done about it."""

    def count(self, state: DeliveryState) -> int:
        """Return how many are in a state; bounced and complained ones were accepted first and count there."""
        extra = 0
        if state is DeliveryState.ACCEPTED:
            extra = self.counts.get(DeliveryState.BOUNCED, 0) + self.counts.get(DeliveryState.COMPLAINED, 0)
        return self.counts.get(state, 0) + extra

    @property
    def open(self) -> int:
        """How many have not come to an end: queued, claimed, deferred or on hold."""
        return sum(n for state, n in self.counts.items() if state not in FINAL)

    @property
    def balanced(self) -> bool:
        """Whether due = accepted + failed + suppressed + skipped + expired + uncertain."""
        return self.due == sum(self.count(state) for state in RECONCILED)

    @property
    def residue(self) -> int:
        """How many that were due are in no state at all: anything but 0 is a fault of the program or the database."""
        return self.due - sum(self.count(state) for state in RECONCILED) - self.open

    def reconciliation(self) -> str:
        """Return the equation that a balanced ledger satisfies, with its numbers."""
        ended = " + ".join(f"{self.count(state):,} {state}" for state in RECONCILED)
        still = f" + {self.open:,} still open" if self.open else ""
        return f"{self.due:,} due = {ended}{still}"


#: The states in which a delivery that was due can end; what comes after acceptance counts as accepted.
RECONCILED = (
    DeliveryState.ACCEPTED,
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
    DeliveryState.SKIPPED,
    DeliveryState.EXPIRED,
    DeliveryState.UNCERTAIN,
)
