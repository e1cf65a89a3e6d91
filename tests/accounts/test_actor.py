"""What is noted names who did it; of who was erased a keyed hash is all that is noted."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.accounts.actor import Actor, audit_hash
from dailypapers.store import audit
from dailypapers.store.database import writing
from dailypapers.tokens import Signer

SIGNER = Signer("http://pages", b"secret")


def test_a_change_is_noted_with_who_made_it(engine: sa.Engine, now: dt.datetime) -> None:
    ann = Actor("ann@example.org", SIGNER)
    with writing(engine) as tx:
        ann.note(tx, "suppression", address="bob@example.org", after={"reason": "asked"}, now=now)
        ann.note_erasure(tx, "bob@example.org", now=now)
        erasure, change = audit.newest(tx, limit=5)
    hashed = audit_hash(SIGNER, "bob@example.org")
    assert (change.actor, change.address, change.address_hash) == ("ann@example.org", "bob@example.org", hashed)
    assert (erasure.action, erasure.address, erasure.address_hash) == ("subscriber erased", "", hashed)
