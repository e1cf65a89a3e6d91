"""What a database may do that was restored from a copy: give an id again that somebody had who has been erased."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def given_again(engine: sa.Engine, reader: int, *, state: SubscriberState = SubscriberState.ACTIVE) -> int:
    """Let Carol subscribe and have this id; returns it."""
    if engine.dialect.name == "sqlite":
        back = "UPDATE sqlite_sequence SET seq = :reader - 1 WHERE name = 'subscribers'"
    else:
        back = "SELECT setval(pg_get_serial_sequence('subscribers', 'id'), :reader, false)"
    with writing(engine) as tx:
        tx.execute(sa.text(back), {"reader": reader})
        preferences = Preferences(Rhythm(), Amount(5))
        sign_up.admit(tx, "carol@example.org", preferences, consent=Consent("test"), now=NOW)
        carol = subscribers.by_address(tx, "carol@example.org")
        assert carol is not None
        if state is not SubscriberState.ACTIVE:
            subscribers.transition(tx, carol.id, to=state, now=NOW)
    return carol.id
