"""Accounts: sessions end by themselves, and groups say what somebody may do."""

import datetime as dt

import pytest

from dailypapers.domain.account import Account, OidcProvider, Role, Session, Stage

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


def session(stage: Stage, *, began: dt.timedelta, seen: dt.timedelta) -> Session:
    return Session("hash", Account(1, "ann@example.org", Role.OWNER), stage, "csrf", NOW - began, NOW - seen)


@pytest.mark.parametrize(
    ("stage", "began", "seen", "over"),
    [
        (Stage.SIGNED_IN, 11 * HOUR, HOUR, False),
        (Stage.SIGNED_IN, 12 * HOUR, MINUTE, True),
        (Stage.SIGNED_IN, 3 * HOUR, 2 * HOUR, True),
        (Stage.CODE, 4 * MINUTE, 4 * MINUTE, False),
        (Stage.CODE, 5 * MINUTE, MINUTE, True),
    ],
)
def test_a_session_ends_after_too_long_and_after_too_long_without_use(
    stage: Stage, began: dt.timedelta, seen: dt.timedelta, over: bool
) -> None:
    assert session(stage, began=began, seen=seen).is_over(NOW) is over


def test_the_better_of_two_groups_counts_and_no_group_opens_nothing() -> None:
    provider = OidcProvider(
        "https://i", "id", "s", owner_groups=frozenset({"admins"}), viewer_groups=frozenset({"staff"})
    )
    assert provider.role_of(["staff", "admins"]) is Role.OWNER
    assert provider.role_of(["staff"]) is Role.VIEWER
    assert provider.role_of(["others"]) is None
    assert (Account(1, "a", Role.VIEWER).is_owner, Account(1, "a", Role.OWNER).is_owner) == (False, True)
