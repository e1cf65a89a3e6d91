"""A reader's key: by which a program of theirs sees what they see, and may save and vote where they allow it."""

import datetime as dt
from dataclasses import dataclass, field

#: Keys that one reader may have at a time: one for each program they use.
MOST_KEYS = 5


@dataclass(frozen=True, slots=True)
class ReaderKey:
    """One key. What a program sends is known to it alone; here is its hash, and a prefix to recognise it by."""

    id: int
    subscriber: int
    prefix: str
    key_hash: str = field(repr=False)
    may_act: bool
    """Whether it may save papers and vote, and not look alone."""
    created_at: dt.datetime
    last_used_on: dt.date | None = None
