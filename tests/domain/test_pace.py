"""How fast mails go, and which domain is left alone, follows from values alone."""

import datetime as dt
import math
from dataclasses import replace
from itertools import pairwise

import pytest

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.pace import (
    COUNTED_BY,
    HORIZON,
    LONGEST_PAUSE,
    Breaker,
    Limit,
    Rules,
    Usage,
    breaker_after,
    room,
    spread,
    warm_up,
)

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(seconds=n) for n in (1, 60, 3600, 86400))
THROTTLED = Outcome(OutcomeKind.THROTTLED, 421, "4.7.0", "later")
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 250)


def test_without_rules_there_is_room_for_all() -> None:
    assert room(Rules(), Usage(claimed=10_000), NOW).mails == math.inf


@pytest.mark.parametrize("rate", [0.5, 1, 14])
def test_mails_of_a_second_are_spread_over_it(rate: float) -> None:
    moments, next_at = [], None
    for _ in range(30):
        when, next_at = spread(Limit(rate, SECOND), next_at, NOW)
        moments.append(when)
    assert {round((after - before).total_seconds(), 4) for before, after in pairwise(moments)} == {round(1 / rate, 4)}


def test_a_rate_leaves_room_for_the_next_seconds_and_says_when_there_is_more() -> None:
    rules = Rules(Limit(2, SECOND))
    assert room(rules, Usage(), NOW).mails == 2 * HORIZON.total_seconds() + 1
    full = room(rules, Usage(NOW + 8 * SECOND), NOW)
    assert (full.mails, full.resume_at, full.limit) == (0, NOW + 3 * SECOND, None)


def sent_in_a_day(quota: Limit) -> list[dt.datetime]:
    """When mails go that have no other limit, over three periods, as fast as they can."""
    usage, now, moments = Usage(), NOW, []
    while now < NOW + 3 * quota.period:
        there = room(Rules(quotas=(quota,)), usage, now)
        mails = int(there.mails)
        moments += [now] * mails
        began = now - (now - NOW) % COUNTED_BY
        usage = replace(usage, counts={**usage.counts, began: usage.counts.get(began, 0) + mails})
        now = max(now + MINUTE, there.resume_at or now)
    return moments


@pytest.mark.parametrize("period", [HOUR, DAY])
def test_within_any_hour_or_day_no_more_go_than_its_limit(period: dt.timedelta) -> None:
    moments = sent_in_a_day(Limit(100, period))
    assert moments[:100] == [NOW] * 100
    assert all(later - earlier >= period for earlier, later in zip(moments, moments[100:], strict=False))
    assert len(moments) == 300, "they go again as soon as the first ones are long enough ago"


def test_what_is_claimed_counts_and_is_soon_looked_at_again() -> None:
    rules = Rules(quotas=(Limit(100, DAY),))
    assert room(rules, Usage(counts={NOW: 60}, claimed=30), NOW).mails == 10
    full = room(rules, Usage(counts={NOW: 60}, claimed=40), NOW)
    assert (full.mails, full.resume_at) == (0, NOW)


def test_the_strictest_of_several_limits_holds() -> None:
    rules = Rules(Limit(10, SECOND), (Limit(20, HOUR), Limit(1000, DAY)))
    assert room(rules, Usage(counts={NOW: 5}), NOW).mails == 15
    full = room(rules, Usage(counts={NOW: 1000}), NOW)
    assert full.limit == Limit(1000, DAY)
    assert full.resume_at == NOW + DAY + COUNTED_BY
    assert str(full.limit) == "1000 emails within 24 hours"
    assert str(Limit(20, HOUR)) == "20 emails within an hour"


def test_a_domain_that_keeps_refusing_is_left_alone_ever_longer() -> None:
    breaker, now, waits = None, NOW, []
    for _ in range(3):
        breaker = breaker_after(breaker, THROTTLED, now)
    for _ in range(6):
        assert breaker
        until = breaker.left_alone_until(now)
        assert until
        waits.append(until - now)
        now = until
        assert breaker.left_alone_until(now) is None
        assert breaker.is_on_probation(now)
        breaker = breaker_after(breaker, THROTTLED, now)
    assert waits == [n * MINUTE for n in (5, 10, 20, 40, 60, 60)]
    assert waits[-1] == LONGEST_PAUSE


def test_one_refusal_or_two_leave_nobody_alone_and_a_mail_taken_forgives() -> None:
    breaker = None
    for outcome in (THROTTLED, THROTTLED, ACCEPTED, THROTTLED, THROTTLED):
        breaker = breaker_after(breaker, outcome, NOW)
    assert breaker == Breaker(2)
    assert breaker.left_alone_until(NOW) is None


def test_what_was_not_tried_is_not_a_refusal() -> None:
    assert breaker_after(Breaker(3, NOW), Outcome(OutcomeKind.THROTTLED), NOW) == Breaker(3, NOW)


def test_a_clock_that_was_set_back_leaves_no_domain_alone_for_longer() -> None:
    assert Breaker(3, NOW + 5 * HOUR).left_alone_until(NOW) is None


def test_a_new_sender_is_believed_more_each_day() -> None:
    since = NOW.date()
    allowed = [warm_up(since + n * DAY, since=since) for n in range(43)]
    assert (allowed[0], allowed[41], allowed[42]) == (200, 200_000, None)
    assert all(before < after for before, after in pairwise(number for number in allowed if number))
    rules = Rules(warm_up_from=since)
    assert [room(rules, Usage(), NOW + n * DAY).mails for n in (0, 42)] == [200, math.inf]
