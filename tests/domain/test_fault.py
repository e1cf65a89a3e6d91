"""What follows from an answer follows from whose fault it is, and whether that passes."""

import datetime as dt
import itertools

import pytest

from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind, Outcome, OutcomeKind, after
from dailypapers.domain.fault import Fault, Finality

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
MAIL = Delivery(
    1, 1, "ann@example.org", MailKind.DIGEST, DeliveryState.CLAIMED, NOW, NOW + dt.timedelta(hours=20), attempts=1
)


#: An answer that is missing goes by the operator's policy.
@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.UNCERTAIN])
def test_what_passes_is_tried_again_and_what_does_not_never(kind: OutcomeKind) -> None:
    outcome = Outcome(kind)
    assert (after(MAIL, outcome, NOW).state is DeliveryState.DEFERRED) is (outcome.finality is Finality.PASSING)


@pytest.mark.parametrize("kind", OutcomeKind)
def test_only_a_mailbox_that_is_gone_costs_its_reader_the_address(kind: OutcomeKind) -> None:
    outcome = Outcome(kind)
    gone = outcome.fault is Fault.MAILBOX and outcome.finality is Finality.FINAL
    assert outcome.address_is_dead is gone is (kind is OutcomeKind.DEAD_ADDRESS)


@pytest.mark.parametrize(
    "kind", [kind for kind in OutcomeKind if kind.value[0] in {Fault.US, Fault.PACE, Fault.CONNECTION}]
)
def test_neither_our_fault_nor_our_pace_nor_the_connections_fails_a_reader(kind: OutcomeKind) -> None:
    assert after(MAIL, Outcome(kind), NOW).state is not DeliveryState.FAILED


def test_no_two_kinds_say_the_same() -> None:
    assert not [pair for pair in itertools.combinations(OutcomeKind, 2) if pair[0].value == pair[1].value]
    assert len({kind.value for kind in OutcomeKind.__members__.values()}) == len(OutcomeKind.__members__)
