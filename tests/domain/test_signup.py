"""How often somebody may ask; attack mode begins and ends by itself."""

import pytest

from dailypapers.domain.signup import (
    Admission,
    Counts,
    Limits,
    Verdict,
    admission,
    attack_mode,
    begins_attack_mode,
    ended_attack_mode,
    judge,
    worth_keeping,
)
from dailypapers.domain.subscriber import SubscriberState

LIMITS = Limits(per_network_hour=8, overall_hour=100)


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        (Counts(), Verdict.GRANTED),
        (Counts(mailbox_hour=1, mailbox_day=1), Verdict.ASKED_LATELY),
        (Counts(mailbox_day=2), Verdict.GRANTED),
        (Counts(mailbox_day=3), Verdict.ASKED_LATELY),
        (Counts(network_hour=7), Verdict.GRANTED),
        (Counts(network_hour=8), Verdict.NETWORK_FULL),
        (Counts(asked_hour=99), Verdict.GRANTED),
        (Counts(asked_hour=100), Verdict.ONE_MORE_STEP),
        (Counts(asked_hour=100, network_hour=2), Verdict.NETWORK_FULL),
        (Counts(asked_hour=500, granted_hour=200), Verdict.ALL_FULL),
    ],
)
def test_the_limits(counts: Counts, verdict: Verdict) -> None:
    assert judge(counts, LIMITS, has_waited=False) is verdict


def test_in_attack_mode_people_who_wait_are_let_through() -> None:
    attacked = Counts(asked_hour=100, granted_hour=199)
    assert attack_mode(attacked, LIMITS)
    assert judge(attacked, LIMITS, has_waited=True) is Verdict.GRANTED


@pytest.mark.parametrize("mailbox", [Counts(asked_hour=100), Counts(1, 3, 0, 100), Counts(0, 3, 0, 100)])
def test_the_one_more_step_tells_nothing_of_the_mailbox(mailbox: Counts) -> None:
    assert judge(mailbox, LIMITS, has_waited=False) is Verdict.ONE_MORE_STEP


def test_attack_mode_begins_with_one_ask_and_its_end_is_seen_by_one() -> None:
    # How many the hour holds with each ask: a rise, a flood, a lull, one more flood.
    held = [1, 98, 99, 100, 101, 500, 100, 99, 98, 3, 100, 2, 1]
    counts = [Counts(asked_hour=now - 1, asked_before=before) for before, now in zip([0, *held], held, strict=False)]
    assert [now for one, now in zip(counts, held, strict=True) if begins_attack_mode(one, LIMITS)] == [100, 100]
    assert [now for one, now in zip(counts, held, strict=True) if ended_attack_mode(one, LIMITS)] == [99, 2]


def test_a_flood_is_not_kept_without_end() -> None:
    assert worth_keeping(Counts(asked_hour=1999), LIMITS)
    assert not worth_keeping(Counts(asked_hour=2000), LIMITS)


def test_the_smallest_network_share_is_one() -> None:
    one = Limits(per_network_hour=1, overall_hour=4)
    assert judge(Counts(asked_hour=4), one, has_waited=True) is Verdict.GRANTED


@pytest.mark.parametrize("state", [None, *SubscriberState])
def test_the_operator_revives_neither_a_dead_address_nor_who_has_left(state: SubscriberState | None) -> None:
    assert admission(state, is_suppressed=True) is Admission.SUPPRESSED
    expected = {None: Admission.ADDED, SubscriberState.UNSUBSCRIBED: Admission.UNSUBSCRIBED}
    outcome = admission(state, is_suppressed=False)
    assert outcome is expected.get(state, Admission.CHANGED)
    assert outcome.is_refused == (state is SubscriberState.UNSUBSCRIBED)
