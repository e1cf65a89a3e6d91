"""A claim on readers lives as long as their composer."""

import datetime as dt
import time

import sqlalchemy as sa
from tests.digests.test_compose import admit

from dailypapers.digests.claims import claimed
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import subscribers
from dailypapers.store.database import writing

SHORT = dt.timedelta(seconds=0.5)


def clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def claim(engine: sa.Engine) -> list[Subscriber]:
    with writing(engine) as tx:
        return subscribers.claim_due(tx, 1, now=clock(), at=clock(), until=clock() + SHORT, limit=9)


def test_readers_are_kept_from_others_for_as_long_as_their_composer_lives_and_not_longer(engine: sa.Engine) -> None:
    admit(engine, 2)
    readers = claim(engine)
    assert len(readers) == 2
    with claimed(engine, [reader.id for reader in readers], clock=clock, lasting=SHORT):
        time.sleep(2 * SHORT.total_seconds())
        assert claim(engine) == []
    time.sleep(1.5 * SHORT.total_seconds())
    assert claim(engine) == readers, "it died without a word"
