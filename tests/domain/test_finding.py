"""The worst of what was found decides."""

from dailypapers.domain.finding import Level, fail, ok, warn, worst


def test_the_worst_finding_counts() -> None:
    well, better, broken = ok("a", "well"), warn("b", "so so", "do"), fail("c", "broken", "mend")
    assert [worst(found) for found in ([], [well], [better, well], [well, broken, better])] == [
        Level.OK, Level.OK, Level.WARN, Level.FAIL,
    ]  # fmt: skip
    assert well.advice == ""
