"""How fast mails go, and which domain is left alone, follows from values alone."""

import datetime as dt
from itertools import pairwise

import pytest

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.pace import (
    LONGEST_PAUSE,
    Limit,
    PaceState,
    Rules,
    Unlimited,
    heard,
    left_alone,
    reserve,
    warm_up,
)

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(seconds=n) for n in (1, 60, 3600, 86400))
THROTTLED = Outcome(OutcomeKind.THROTTLED, 421, "4.7.0", "later")
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 250)


def moments(rules: Rules, *domains: str, now: dt.datetime = NOW) -> list[dt.datetime]:
    """When each of these mails goes, all of them asked for at once."""
    state, gone = PaceState(), []
    for domain in domains:
        state, when = reserve(rules, state, domain, now)
        gone.append(when)
    return gone


def test_without_rules_nothing_waits() -> None:
    assert set(moments(Rules(), *["a.example"] * 5)) == {NOW}
    assert Unlimited().next("a.example", NOW) == NOW
    assert Unlimited().left_alone("a.example", NOW) is None


@pytest.mark.parametrize("rate", [0.5, 1, 14])
def test_mails_of_a_second_are_spread_over_it(rate: float) -> None:
    gone = moments(Rules((Limit(rate, SECOND),)), *["a.example"] * 30)
    assert {round((after - before).total_seconds(), 4) for before, after in pairwise(gone)} == {round(1 / rate, 4)}


def test_those_of_a_day_go_as_soon_as_they_can_and_no_more_than_are_allowed() -> None:
    gone = moments(Rules((Limit(100, DAY),)), *["a.example"] * 150)
    assert [when for when in gone if when == NOW] == [NOW] * 100
    assert all(later - NOW < DAY for later in gone)
    assert gone[101] - gone[100] == DAY / 100


def test_the_strictest_of_several_limits_holds() -> None:
    gone = moments(Rules((Limit(10, SECOND), Limit(20, HOUR))), *["a.example"] * 30)
    assert gone[19] - NOW < 2 * SECOND
    assert gone[21] - gone[20] == HOUR / 20


def test_one_domain_waits_and_others_do_not() -> None:
    gone = moments(Rules(per_domain=Limit(6, MINUTE)), "a.example", "a.example", "b.example")
    assert [when - NOW for when in gone] == [dt.timedelta(), 10 * SECOND, dt.timedelta()]


def test_a_domain_that_keeps_refusing_is_left_alone_ever_longer() -> None:
    state, now, waits = PaceState(), NOW, []
    for _ in range(3):
        state = heard(state, "a.example", THROTTLED, now)
    for _ in range(6):
        before = now
        while refused := left_alone(state, "a.example", now):
            assert refused.kind is OutcomeKind.THROTTLED
            assert "a.example" in refused.text
            now += MINUTE
        waits.append(now - before)
        state = heard(state, "a.example", THROTTLED, now)
    assert waits == [n * MINUTE for n in (5, 10, 20, 40, 60, 60)]
    assert waits[-1] == LONGEST_PAUSE
    assert left_alone(state, "b.example", now) is None


def test_one_refusal_or_two_leave_nobody_alone_and_a_mail_taken_forgives() -> None:
    state = PaceState()
    for outcome in (THROTTLED, THROTTLED, ACCEPTED, THROTTLED, THROTTLED):
        state = heard(state, "a.example", outcome, NOW)
    assert left_alone(state, "a.example", NOW) is None


def test_what_was_not_tried_is_not_a_refusal() -> None:
    state = PaceState()
    for _ in range(3):
        state = heard(state, "a.example", THROTTLED, NOW)
    ours = left_alone(state, "a.example", NOW)
    assert ours
    assert heard(state, "a.example", ours, NOW) == state


def test_a_new_sender_is_believed_more_each_day() -> None:
    since = NOW.date()
    allowed = [warm_up(since + n * DAY, since=since) for n in range(43)]
    assert (allowed[0], allowed[41], allowed[42]) == (200, 200_000, None)
    assert all(before < after for before, after in pairwise(number for number in allowed if number))
    gone = moments(Rules(warm_up_from=since), *["a.example"] * 201)
    assert gone[199] == NOW < gone[200]
