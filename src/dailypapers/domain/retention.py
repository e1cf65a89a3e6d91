"""How long is kept what was sent and fetched."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each is kept; `None` is for ever.

    Which papers a reader has had, and how many digests of an edition ended how, are kept for as long as the reader and
    the edition are.
    """

    deliveries: dt.timedelta | None = None
    """Deliveries that came to an end, with their picks and reasons."""
    attempts: dt.timedelta | None = None
    """What the mail server answered to each try."""
    sources: dt.timedelta | None = None
    """What came of each fetch, and of each day of a source."""


#: Nothing is too old.
FOR_EVER = Retention()
