"""What mail that comes in tells of mail that went out: bounces, complaints; and when an address is given up.

Knows nothing of how such a mail is read, and nothing of where it is recorded.
"""

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
