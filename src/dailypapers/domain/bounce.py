"""What mail that comes in tells of mail that went out: bounces, complaints; and when an address is given up.

Knows nothing of how such a mail is read, and nothing of where it is recorded.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dailypapers.domain.fault import Fault


class ReportKind(StrEnum):
    """What a mail that came in is."""

    BOUNCE = "bounce"
    """A mail did not arrive (RFC 3464), or has not yet."""
    COMPLAINT = "complaint"
    """Its reader marked a mail as spam (RFC 5965)."""
    AUTO_REPLY = "auto-reply"
    """A program answered for a person (RFC 3834)."""
    UNSUBSCRIBE = "unsubscribe"
    """Somebody wants no more mail."""
    OTHER = "other"
    """Anything else, among it reports that a mail did arrive."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a mail did not arrive."""

    fault: Fault
    is_hard: bool
    """Whether the address is dead, so that it must not be mailed again."""
    status: str = ""
    """RFC 3463's status such as 5.1.1, where one was given."""
    code: int = 0
    """The SMTP reply code, 0 where none was given."""
    text: str = ""
    """What the server said, on one line."""

    @property
    def severity(self) -> str:
        """Return "hard" or "soft"."""
        return "hard" if self.is_hard else "soft"


@dataclass(frozen=True, slots=True)
class Affected:
    """One recipient a report is about."""

    address: str
    diagnosis: Diagnosis | None = None
    """`None` where no mail failed: complaints."""
    is_delay: bool = False
    """Whether it is still being tried (RFC 3464 2.3.3)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was read of one mail."""

    kind: ReportKind
    affected: tuple[Affected, ...] = ()
    message_id: str = ""
    """Of the mail that is reported on, where it is quoted; without angle brackets."""
    envelope_sender: str = ""
    """The address that mail was sent from, where it is quoted."""
    envelope_id: str = ""
    """ENVID as it was given with that mail (RFC 3461 4.4), where it is quoted."""


#: A soft bounce counts half after so long. With these two a daily reader whose mailbox stays full is given up after six
#: digests, a weekly one after nine; who is away for a week loses nothing.
HALF_LIFE = dt.timedelta(days=30)
#: Soft bounces, each by its age, at which an address is given up.
LIMIT = 5.0
#: Older ones count for nothing any more.
FORGOTTEN_AFTER = 6 * HALF_LIFE


def score(moments: Iterable[dt.datetime], *, now: dt.datetime) -> float:
    """Return how much soft bounces weigh: each counts 2^(-age / `HALF_LIFE`)."""
    return float(sum(0.5 ** ((now - moment) / HALF_LIFE) for moment in moments))


def counts(diagnosis: Diagnosis) -> bool:
    """Return whether a bounce says something of the address: the way there, a mail of ours and we ourselves do not."""
    return diagnosis.fault in {Fault.MAILBOX, Fault.DOMAIN}


#: RFC 3463's and RFC 7293's statuses, and Exchange's, of a recipient who is closed to some senders: a list that is not
#: expanded, a mailbox of a new owner, a group that takes mail from inside only. They are about that one recipient.
CLOSED_TO_SENDER = frozenset(f"5.7.{detail}" for detail in (2, 17, 18, 124, 129, 133, 134, 193))


def concerns_all_mail(fault: Fault | None, status: str, code: int) -> bool:
    """Return whether a refusal would meet every mail of ours: through a fault of ours, for good, not of one recipient.

    A relay also gives up what a server put off for days (4.x.x, 4xx): that is about our pace, and no reason to stop.
    """
    passes = (status or str(code)).startswith("4")
    return fault is Fault.US and not passes and status not in CLOSED_TO_SENDER


class Verdict(StrEnum):
    """What follows from a report for the address."""

    NOTHING = "nothing"
    GIVE_UP = "the address is dead"
    GIVE_UP_SOFT = "emails to the address keep bouncing"
    COMPLAINED = "the reader complained"


def verdict(kind: ReportKind, diagnosis: Diagnosis | None, *, is_certain: bool, weight: float) -> Verdict:
    """Return what follows for the address of one report.

    `is_certain` is whether it is shown to be about a mail of ours: anybody can make up a bounce of anybody's address.
    `weight` is the score with this report.
    """
    if kind is ReportKind.COMPLAINT:
        return Verdict.COMPLAINED if is_certain else Verdict.NOTHING
    if diagnosis is None or not counts(diagnosis):
        return Verdict.NOTHING
    if diagnosis.is_hard and is_certain:
        return Verdict.GIVE_UP
    return Verdict.GIVE_UP_SOFT if weight >= LIMIT else Verdict.NOTHING
