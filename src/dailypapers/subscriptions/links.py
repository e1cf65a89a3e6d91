"""Whose link it is: the one place where what a token says becomes a subscriber."""

import sqlalchemy as sa

from dailypapers.domain.link import Claim
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import subscribers
from dailypapers.tokens import Signer


def bearer_of(tx: sa.Connection, signer: Signer, claim: Claim) -> Subscriber | None:
    """Return the subscriber a token was made for; `None` where they have been erased, whoever has their id now."""
    reader = subscribers.one(tx, claim.subscriber_id)
    return reader if reader and signer.is_held_by(reader.bearer, claim) else None
