"""A pace is kept from one mail to the next, and its state is a value."""

import datetime as dt

from dailypapers.delivery.pace import KeptPace
from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.pace import Limit, Rules

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_what_one_pace_kept_another_goes_on_from() -> None:
    rules = Rules((Limit(1, SECOND),))
    pace = KeptPace(rules)
    assert [pace.next("a.example", NOW) for _ in range(3)] == [NOW, NOW + SECOND, NOW + 2 * SECOND]
    assert KeptPace(rules, pace.state).next("a.example", NOW) == NOW + 3 * SECOND


def test_a_domain_that_refuses_is_left_alone() -> None:
    pace = KeptPace(Rules())
    for _ in range(3):
        pace.heard("a.example", Outcome(OutcomeKind.THROTTLED, 451, "4.7.1"), NOW)
    assert pace.left_alone("a.example", NOW)
    assert pace.left_alone("b.example", NOW) is None
