"""On which days arXiv's lists may be empty."""

import datetime as dt

import pytest

from dailypapers.domain.calendar import HOLIDAYS, quiet_at_arxiv


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-25", ""),
        ("2026-11-26", "arXiv announces nothing on 26 November, a holiday"),
        # Thursday evening's announcement would have been Friday's list.
        ("2026-11-27", "arXiv announces nothing on 26 November, a holiday"),
        ("2026-11-28", "arXiv announces nothing at a weekend"),
        ("2026-11-30", ""),
        ("2027-01-01", "arXiv announces nothing on 1 January, a holiday"),
        ("2035-01-01", ""),
    ],
)
def test_weekends_and_holidays_are_quiet(day: str, why: str) -> None:
    assert quiet_at_arxiv(dt.date.fromisoformat(day)) == why


def test_both_years_are_known() -> None:
    assert {day.year for day in HOLIDAYS} == {2026, 2027}
