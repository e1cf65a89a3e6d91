import random

import pytest

from dailypapers.sources.http.retry import Failure, pause, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "Wed, 26 Aug 2026 10:01:30 GMT", "date": "Wed, 26 Aug 2026 10:00:00 GMT"}, 90.0),
        ({"retry-after": "Wed, 26 Aug 2026 09:00:00 GMT", "date": "Wed, 26 Aug 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 26 Aug 2026 10:01:30 GMT"}, None),
        ({"retry-after": "9" * 5000}, 86_400.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_we_never_come_back_before_we_were_told() -> None:
    rng = random.Random(1)  # noqa: S311 - it spreads retries
    assert all(pause(Failure("it answered 429", 30.0), attempt, base=2.0, rng=rng) >= 30 for attempt in range(8))


def test_pauses_are_jittered_and_their_ceiling_doubles_up_to_a_minute() -> None:
    rng = random.Random(1)  # noqa: S311 - it spreads retries
    longest = [max(pause(Failure("x"), n, base=2.0, rng=rng) for _ in range(300)) for n in (0, 1, 2, 30)]
    assert [round(seconds / ceiling) for seconds, ceiling in zip(longest, (2, 4, 8, 60), strict=True)] == [1, 1, 1, 1]
