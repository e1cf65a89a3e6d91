"""What a server takes is found out carefully: fewer connections at once, more of them only after a while."""

from itertools import pairwise

import pytest

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.mail.smtp.capacity import Capacity

BUSY = Outcome(OutcomeKind.INTERRUPTED, 421, text="busy")


def standing(connections: int, most: int = 10) -> Capacity:
    capacity = Capacity(most, 100)
    for _ in range(connections):
        capacity.connecting()
        capacity.connected()
    return capacity


def test_connections_that_stand_are_doubled_up_to_what_is_configured() -> None:
    assert [standing(n).places(0) for n in (0, 1, 2, 4, 6)] == [1, 2, 4, 8, 10]


def test_a_refused_connection_leaves_those_that_stand_and_one_more_is_tried_later() -> None:
    capacity = standing(2)
    capacity.connecting()
    assert capacity.not_connected(0)
    assert capacity.places(0) == 2
    later = 0.0
    while capacity.places(later) == 2:
        later += 5
    assert 10 <= later <= 60
    assert capacity.places(later) == 3


def test_refused_again_it_waits_longer() -> None:
    capacity, tried = standing(1), []
    now = 0.0
    for _ in range(4):
        while capacity.places(now) < 2:
            now += 1
        tried.append(now)
        capacity.connecting()
        capacity.not_connected(now)
    waits = [after - before for before, after in pairwise(tried)]
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_the_last_connection_that_is_lost_is_tried_again_for_as_long_as_there_is_patience() -> None:
    capacity = standing(1)
    capacity.accepted(pipelined=False)
    capacity.closed()
    now, tries = 0.0, 0
    while True:
        capacity.connecting()
        if not capacity.not_connected(now):
            break
        assert capacity.waits(now) > 0
        now += capacity.waits(now)
        tries += 1
    assert 5 < tries < 20
    assert 30 <= now < 60


def test_a_server_that_never_took_a_mail_is_not_tried_again_at_once() -> None:
    capacity = Capacity(4, 100)
    capacity.connecting()
    assert not capacity.not_connected(0)
    capacity.refused(BUSY, 0)
    assert capacity.refusal(0.5) is BUSY
    assert capacity.refusal(60) is None


def test_told_to_be_slower_it_halves_its_connections_once_and_waits() -> None:
    capacity = standing(8)
    assert capacity.be_slower(0)
    assert capacity.be_slower(0)
    assert capacity.places(0) == 4
    assert 0.5 <= capacity.waits(0) <= 5


def test_a_session_limit_is_kept_to_for_a_while() -> None:
    capacity = standing(1)
    capacity.session_ended(20, 0)
    assert capacity.mails_on_one(10) == 20
    assert capacity.mails_on_one(10_000) == 100


@pytest.mark.parametrize(("out_of_step", "later"), [(True, False), (False, True)])
def test_pipelining_that_breaks_is_given_up(out_of_step: bool, later: bool) -> None:
    capacity = standing(1)
    capacity.lost_pipelined(0, out_of_step=out_of_step)
    assert not capacity.pipelines(1)
    assert capacity.pipelines(10_000) is later


def test_pipelining_that_has_worked_survives_a_lost_connection() -> None:
    capacity = standing(1)
    capacity.accepted(pipelined=True)
    capacity.lost_pipelined(0, out_of_step=False)
    assert capacity.pipelines(1)
