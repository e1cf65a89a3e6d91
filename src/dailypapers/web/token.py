"""What the token in an address opens: the reader it is for."""

import sqlalchemy as sa

from dailypapers.domain.marking import N_
from dailypapers.domain.subscriber import Subscriber
from dailypapers.errors import BadToken
from dailypapers.store import subscribers

GONE = N_("Nothing is kept for this link any more.")


def reader_of(tx: sa.Connection, subscriber: int) -> Subscriber:
    """The reader a token is for. Raises `BadToken` where nothing is kept of them any more."""
    reader = subscribers.one(tx, subscriber)
    if reader is None:
        raise BadToken(GONE)
    return reader
