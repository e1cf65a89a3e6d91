"""Without limits nothing waits."""

import datetime as dt

from dailypapers.domain.pace import Pace, Unlimited


def test_the_next_mail_may_go_now() -> None:
    now = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
    pace: Pace = Unlimited()
    assert pace.next("example.org", now) == now
