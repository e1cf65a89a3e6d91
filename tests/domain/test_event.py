"""What changes are to other programs, and when a post is tried again."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest

from dailypapers.domain.event import EventKind, Post, Posted, PostState, after_try, event_of
from dailypapers.domain.subscriber import SubscriberState as S

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
POST = Post(1, "evt_1", "webhook a", "subscriber.confirmed", 1, NOW)


@pytest.mark.parametrize(
    ("before", "to", "kind"),
    [
        (S.PENDING, S.ACTIVE, EventKind.CONFIRMED),
        (S.UNSUBSCRIBED, S.ACTIVE, EventKind.CONFIRMED),
        (S.UNSUBSCRIBED, S.PENDING, EventKind.SUBSCRIBED),
        (S.ACTIVE, S.UNSUBSCRIBED, EventKind.UNSUBSCRIBED),
        (S.ACTIVE, S.BOUNCED, EventKind.BOUNCED),
        (S.ACTIVE, S.COMPLAINED, EventKind.COMPLAINED),
        (S.PAUSED, S.ACTIVE, None),
        (S.ACTIVE, S.PAUSED, None),
    ],
)
def test_a_change_of_state_is_an_event(before: S, to: S, kind: EventKind | None) -> None:
    assert event_of(before, to) is kind


def test_what_was_taken_is_posted_and_what_is_gone_is_dead() -> None:
    assert after_try(POST, Posted(204), now=NOW) == (PostState.POSTED, None)
    assert after_try(POST, Posted(410), now=NOW) == (PostState.DEAD, None)
    assert (Posted(500).text, Posted(why="took too long").text) == ("answered 500", "took too long")


def test_tries_come_further_apart_for_three_days_and_not_all_at_once() -> None:
    moments, post = [NOW], POST
    while True:
        state, then = after_try(post, Posted(500), now=moments[-1])
        if then is None:
            break
        moments.append(then)
        post = replace(post, attempts=post.attempts + 1)
    pauses = [(b - a).total_seconds() for a, b in pairwise(moments)]
    assert state is PostState.DEAD
    assert all(low <= pause <= 1.25 * low for pause, low in zip(pauses, [30, 120, 480, 1920, 7680], strict=False))
    assert max(pauses) <= 10 * 3600
    assert dt.timedelta(days=2) < moments[-1] - NOW <= dt.timedelta(days=3)
    others = {after_try(replace(POST, id=n), Posted(500), now=NOW)[1] for n in range(20)}
    assert len(others) == 20


def test_the_other_side_may_ask_for_more_time() -> None:
    assert after_try(POST, Posted(429, retry_after=3600), now=NOW)[1] == NOW + dt.timedelta(hours=1)
    assert after_try(POST, Posted(503, retry_after=9e9), now=NOW + dt.timedelta(seconds=1)) == (PostState.DEAD, None)
