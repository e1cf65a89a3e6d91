"""A run stops where it can only do harm: our fault, a server that takes nothing, mails of which none can be built."""

import datetime as dt

import pytest

from dailypapers.delivery.record import Result
from dailypapers.delivery.tally import ASKED_TO_STOP, IN_A_ROW, Delivered, Tally
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind, Outcome, OutcomeKind, after
from dailypapers.domain.fault import Fault

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def result(kind: OutcomeKind, key: int = 1) -> Result:
    mail = Delivery(
        key, 1, "ann@example.org", MailKind.DIGEST, DeliveryState.CLAIMED, NOW, NOW + dt.timedelta(1), attempts=1
    )
    outcome = Outcome(kind, text="said")
    return Result(after(mail, outcome, NOW), outcome)


def tallied(*kinds: OutcomeKind) -> Tally:
    tally = Tally()
    tally.add(result(kind, key) for key, kind in enumerate(kinds))
    return tally


def finished(tally: Tally, *, asked_to_stop: bool = False) -> Delivered:
    return tally.finish(asked_to_stop=asked_to_stop, taken_over=False)


def test_a_mail_that_is_tried_again_is_counted_once() -> None:
    tally = Tally()
    tally.add([result(OutcomeKind.DEFERRED, 1), result(OutcomeKind.DEFERRED, 2)])
    tally.add([result(OutcomeKind.ACCEPTED, 1)])
    assert finished(tally).states == {DeliveryState.ACCEPTED: 1, DeliveryState.DEFERRED: 1}


def test_the_editions_of_a_run_are_those_of_its_readers_and_of_its_groups() -> None:
    tally, some = Tally(), result(OutcomeKind.ACCEPTED)
    of_group, of_reader = some.delivery._replace(group_edition=7), some.delivery._replace(id=2, edition=8)
    tally.add([some._replace(delivery=each) for each in (some.delivery, of_group, of_reader)])
    assert tally.edition_ids == {7, 8}


@pytest.mark.parametrize(
    ("kind", "fault", "passes"),
    [
        (OutcomeKind.OUR_FAULT, Fault.US, False),
        (OutcomeKind.OVER_LIMIT, Fault.PACE, True),
    ],
)
def test_one_fault_of_ours_stops_the_run(kind: OutcomeKind, fault: Fault, passes: bool) -> None:
    stopped = tallied(OutcomeKind.ACCEPTED, kind).stopped
    assert stopped
    assert (stopped.fault, stopped.pause is not None) == (fault, passes)
    assert "said" in stopped.why


@pytest.mark.parametrize(
    ("kinds", "fault"),
    [
        ((OutcomeKind.INTERRUPTED,), Fault.CONNECTION),
        ((OutcomeKind.NOT_MADE, OutcomeKind.INTERRUPTED), Fault.CONNECTION),
        ((OutcomeKind.NOT_MADE,), Fault.MESSAGE),
    ],
)
def test_many_in_vain_in_a_row_stop_it_and_few_if_they_are_all(kinds: tuple[OutcomeKind, ...], fault: Fault) -> None:
    stopped = tallied(OutcomeKind.ACCEPTED, *kinds * IN_A_ROW).stopped
    assert stopped
    assert stopped.fault is fault
    few = tallied(*kinds)
    assert few.stopped is None
    ended = finished(few).stopped
    assert ended
    assert ended.fault is fault


def test_a_few_in_vain_among_others_stop_nothing() -> None:
    tally = tallied(OutcomeKind.INTERRUPTED, OutcomeKind.ACCEPTED, OutcomeKind.INTERRUPTED)
    assert finished(tally).stopped is None
    assert finished(tally, asked_to_stop=True).stopped == ASKED_TO_STOP
    assert finished(tallied()).stopped is None
