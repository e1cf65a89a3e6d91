"""Pace: when the next mail may go."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


class Pace(Protocol):
    """Spreads mails over time. It is asked once for each mail, right before that is made."""

    def next(self, domain: str, now: dt.datetime) -> dt.datetime:
        """When the next mail to this domain may go: `now`, or later."""
        ...


@dataclass(frozen=True, slots=True)
class Unlimited:
    """Nothing waits."""

    def next(self, domain: str, now: dt.datetime) -> dt.datetime:  # noqa: ARG002 - the Protocol names the arguments
        """Now, whatever the domain."""
        return now
