"""Posts are claimed by one process at a time, and ended by whoever holds the claim."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.domain.event import EventKind, PostState
from dailypapers.store import events, posts
from dailypapers.store.database import reading, writing

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def queued(engine: sa.Engine) -> sa.Engine:
    """Three posts to one webhook."""
    with writing(engine) as tx:
        events.listen(tx, {"a": frozenset()})
        for papers in range(3):
            events.note(tx, EventKind.EDITION_CLOSED, {"papers": papers}, now=NOW)
    return engine


def test_what_is_claimed_is_nobody_elses_until_the_claim_runs_out(queued: sa.Engine) -> None:
    with writing(queued) as tx:
        first = posts.claim(tx, "webhook a", 2, now=NOW, lasting=MINUTE)
        (third,) = posts.claim(tx, "webhook a", 2, now=NOW, lasting=MINUTE)
        assert posts.claim(tx, "webhook a", 2, now=NOW, lasting=MINUTE) == []
        again = posts.claim(tx, "webhook a", 9, now=NOW + MINUTE, lasting=MINUTE)
    assert len({post.key for post in (*first, third)}) == 3
    assert [post.attempts for post in again] == [2, 2, 2]
    with writing(queued) as tx:
        assert not posts.record(tx, third, PostState.POSTED, next_attempt_at=None, detail=""), "claimed by another"
        assert posts.record(tx, again[2], PostState.POSTED, next_attempt_at=None, detail="x" * 999)
        assert posts.counts(tx) == {("webhook a", PostState.QUEUED): 2, ("webhook a", PostState.POSTED): 1}


def test_two_processes_claim_different_posts(queued: sa.Engine) -> None:
    if queued.dialect.name == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    with writing(queued) as one, writing(queued) as other:
        claims = [posts.claim(tx, "webhook a", 2, now=NOW, lasting=MINUTE) for tx in (one, other)]
    assert [len(each) for each in claims] == [2, 1]


def test_what_has_ended_is_pruned_and_what_waits_is_not(queued: sa.Engine) -> None:
    with writing(queued) as tx:
        (post,) = posts.claim(tx, "webhook a", 1, now=NOW, lasting=MINUTE)
        posts.record(tx, post, PostState.DEAD, next_attempt_at=None, detail="answered 500")
        assert posts.prune(tx, before=NOW) == 0
        assert posts.prune(tx, before=NOW + MINUTE) == 1
    with reading(queued) as tx:
        assert [each.state for each in posts.listed(tx, states=[PostState.QUEUED])] == [PostState.QUEUED] * 2
