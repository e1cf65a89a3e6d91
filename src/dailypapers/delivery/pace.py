"""The pace of this process: what `domain.pace` says follows, kept from one mail to the next."""

import datetime as dt

from dailypapers.domain.delivery import Outcome
from dailypapers.domain.pace import PaceState, Rules, heard, left_alone, reserve


class KeptPace:
    """A pace that remembers; `state` is a value, for whoever wants to store it."""

    def __init__(self, rules: Rules, state: PaceState | None = None) -> None:
        self._rules = rules
        self.state = state or PaceState()

    def next(self, domain: str, now: dt.datetime) -> dt.datetime:
        """When the next mail to this domain may go; it is counted as gone then."""
        self.state, when = reserve(self._rules, self.state, domain, now)
        return when

    def left_alone(self, domain: str, now: dt.datetime) -> Outcome | None:
        """Return what a mail to this domain comes to while it is left alone, or `None`."""
        return left_alone(self.state, domain, now)

    def heard(self, domain: str, outcome: Outcome, now: dt.datetime) -> None:
        """Take note of what was said of a mail to this domain."""
        self.state = heard(self.state, domain, outcome, now)
