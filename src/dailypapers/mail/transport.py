"""The seam mail leaves through: a stream of mails in, events out.

Events come in groups, all that has happened since the last. Whoever reads them has dealt with a group once the next
one is asked for; until then no mail that was about to be handed over leaves. So what is about to happen can be made
durable before it happens, in as few writes as there are groups.

Whoever asks for the next group by `asend` may name mails that are not to be handed over after all, by delivery: their
reader has left, or somebody else sends them. Nothing more is said of those. An answer is told within a moment, also
while the stream waits for mails.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail


class AboutToHandOver(NamedTuple):
    """The server agreed to take this mail, and has it as soon as the next group is asked for."""

    mail: OutgoingMail


class Answered(NamedTuple):
    """What became of this mail; it may never have been about to be handed over."""

    mail: OutgoingMail
    outcome: Outcome


Event = AboutToHandOver | Answered
#: Called right before a mail leaves; returns once that is known, and whether the mail may still go.
Ready = Callable[[], Awaitable[bool]]
#: What is asked of a stream with `asend`: groups of events, for the deliveries that are not to be handed over.
Events = AsyncGenerator[tuple[Event, ...], Collection[int] | None]


class Transport(Protocol):
    """Takes mails and says what becomes of each; several may be on their way side by side."""

    def share(self, processes: int) -> None:
        """Use a part of the connections, as one of so many processes that send."""
        ...

    def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send mails as they come; ends once all are answered. What a server does is a value, and never raises."""
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

    def share(self, processes: int) -> None:
        """Nothing is shared."""

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Keep each mail where it is accepted, and answer."""
        async for mail in mails:
            if mail.delivery in ((yield (AboutToHandOver(mail),)) or ()):
                continue
            outcome = self.outcomes.get(mail.envelope.recipient, Outcome(OutcomeKind.ACCEPTED, 250, text="kept"))
            if outcome.kind is OutcomeKind.ACCEPTED:
                self.sent.append(mail)
            yield (Answered(mail, outcome),)

    async def close(self) -> None:
        """Nothing to let go of."""
