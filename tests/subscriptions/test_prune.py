"""Pruning goes on until nothing is left to prune, however much there is."""

import sqlalchemy as sa
from tests.world import DAY, MONDAY

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.prune import prune_unconfirmed


def test_more_than_one_batch_of_unconfirmed_subscriptions_is_erased(engine: sa.Engine) -> None:
    preferences = Preferences(Rhythm(), Amount(5))
    with writing(engine) as tx:
        for n in range(5):
            sign_up.subscribe(tx, f"r{n}@example.org", preferences, consent=Consent("web"), now=MONDAY - 9 * DAY)
    assert prune_unconfirmed(engine, now=MONDAY, batch=2) == (5, 0)
    assert prune_unconfirmed(engine, now=MONDAY) == (0, 0)
    with reading(engine) as tx:
        assert list(subscribers.every(tx)) == []
