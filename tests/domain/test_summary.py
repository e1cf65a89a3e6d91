"""A day's budget is used up by whichever limit is reached, and money counts where a price is named."""

import pytest

from dailypapers.domain.summary import Budget, Spent


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(), ""),
        (Budget(tokens=1_000), "1,000 tokens"),
        (Budget(seconds=9), "9 seconds"),
        (Budget(money=0.5, price_per_million_tokens=500), "0.50 for tokens"),
        (Budget(money=0.51, price_per_million_tokens=500), ""),
        (Budget(money=0, price_per_million_tokens=500), ""),
    ],
)
def test_the_limit_that_is_reached_is_named(budget: Budget, limit: str) -> None:
    assert budget.used_up(Spent(400, 4.0) + Spent(600, 5.0)) == limit
