"""The seam mail leaves through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail


class Transport(Protocol):
    """Takes mails, one at a time or several side by side, and says what became of each."""

    async def send(self, mail: OutgoingMail) -> Outcome:
        """Send one mail. What a server does is a value; nothing it can do raises."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


@dataclass
class MemoryTransport:
    """Keeps mails in a list instead of sending them, and answers as told."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    """By recipient; everybody else's mail is accepted."""
    sent: list[OutgoingMail] = field(default_factory=list)

    async def send(self, mail: OutgoingMail) -> Outcome:
        """Keep the mail where it is accepted, and answer."""
        outcome = self.outcomes.get(mail.envelope.recipient, Outcome(OutcomeKind.ACCEPTED, 250, text="kept"))
        if outcome.kind is OutcomeKind.ACCEPTED:
            self.sent.append(mail)
        return outcome

    async def close(self) -> None:
        """Nothing to let go of."""
