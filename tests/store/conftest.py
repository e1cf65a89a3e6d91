"""What several tests of the store begin with."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.store.digests import CAST

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import editions, papers, subscribers
from dailypapers.store.database import writing


@pytest.fixture
def edition(engine: sa.Engine, now: dt.datetime) -> int:
    """An edition with one paper, and three active readers with the ids 1, 2 and 3."""
    with writing(engine) as tx:
        paper = Paper(PaperId.parse("2604.01234"), "A Paper With a Title")
        papers.add(tx, [Announcement(paper, "arxiv", now.date())], now=now)
        for address in CAST:
            subscribers.add(
                tx,
                address,
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("test"),
                now=now,
            )
        return editions.close(tx, now.date(), now=now).id
