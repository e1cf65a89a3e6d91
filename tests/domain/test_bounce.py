"""What a report means for an address: hard bounces at once, soft ones as they add up, our own faults never."""

import datetime as dt

import pytest

from dailypapers.domain.bounce import LIMIT, Diagnosis, ReportKind, Verdict, concerns_all_mail, counts, score, verdict
from dailypapers.domain.fault import Fault

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_a_dead_address_is_a_hard_bounce() -> None:
    assert [Diagnosis(Fault.MAILBOX, is_hard).severity for is_hard in (True, False)] == ["hard", "soft"]


@pytest.mark.parametrize(("every", "given_up_after"), [(1, 6), (7, 9)])
def test_a_mailbox_that_stays_full_is_given_up(every: int, given_up_after: int) -> None:
    first = next(n for n in range(1, 99) if score([NOW - k * every * DAY for k in range(n)], now=NOW) >= LIMIT)
    assert first == given_up_after


def test_soft_bounces_decay() -> None:
    assert score([], now=NOW) == 0
    assert score([NOW, NOW - 30 * DAY, NOW - 60 * DAY], now=NOW) == pytest.approx(1.75)


@pytest.mark.parametrize(
    ("fault", "is_hard", "is_certain", "weight", "follows"),
    [
        (Fault.MAILBOX, True, True, 0, Verdict.GIVE_UP),
        (Fault.DOMAIN, True, True, 0, Verdict.GIVE_UP),
        (Fault.MAILBOX, True, False, 1, Verdict.NOTHING),
        (Fault.MAILBOX, True, False, LIMIT, Verdict.GIVE_UP_SOFT),
        (Fault.MAILBOX, False, True, LIMIT - 0.1, Verdict.NOTHING),
        (Fault.DOMAIN, False, True, LIMIT, Verdict.GIVE_UP_SOFT),
        (Fault.US, False, True, 99, Verdict.NOTHING),
        (Fault.US, True, True, 99, Verdict.NOTHING),
        (Fault.MESSAGE, False, True, 99, Verdict.NOTHING),
        (Fault.CONNECTION, False, True, 99, Verdict.NOTHING),
    ],
)
def test_what_follows_from_a_bounce(
    fault: Fault, is_hard: bool, is_certain: bool, weight: float, follows: Verdict
) -> None:
    told = Diagnosis(fault, is_hard)
    assert verdict(ReportKind.BOUNCE, told, is_certain=is_certain, weight=weight) is follows


def test_a_complaint_ends_a_subscription_if_it_is_about_a_mail_of_ours() -> None:
    told = [verdict(ReportKind.COMPLAINT, None, is_certain=certain, weight=0) for certain in (True, False)]
    assert told == [Verdict.COMPLAINED, Verdict.NOTHING]


def test_only_what_is_about_the_address_counts() -> None:
    counted = {fault for fault in Fault if counts(Diagnosis(fault, is_hard=False))}
    assert counted == {Fault.MAILBOX, Fault.DOMAIN}


@pytest.mark.parametrize(
    ("fault", "status", "code", "stops"),
    [
        (Fault.US, "5.7.1", 550, True),
        (Fault.US, "", 554, True),
        (Fault.US, "4.7.0", 421, False),
        (Fault.US, "", 421, False),
        (Fault.US, "5.7.133", 550, False),
        (Fault.MAILBOX, "5.7.1", 550, False),
        (None, "", 0, False),
    ],
)
def test_only_a_final_fault_of_ours_that_is_not_about_one_recipient_concerns_all_mail(
    fault: Fault | None, status: str, code: int, stops: bool
) -> None:
    assert concerns_all_mail(fault, status, code) is stops
