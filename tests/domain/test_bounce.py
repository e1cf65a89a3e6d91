"""What a report tells, as values."""

from dailypapers.domain.bounce import Diagnosis
from dailypapers.domain.fault import Fault


def test_a_dead_address_is_a_hard_bounce() -> None:
    assert [Diagnosis(Fault.MAILBOX, is_hard).severity for is_hard in (True, False)] == ["hard", "soft"]
