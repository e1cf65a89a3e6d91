"""What is left of a minute's requests, and how scopes are written."""

import dataclasses
import datetime as dt

import pytest

from dailypapers.domain.api_key import Allowance, ApiKey, Scope, allowance, scopes_in_words

NOW = dt.datetime(2026, 4, 20, 8, 0, 20, tzinfo=dt.UTC)
KEY = ApiKey(1, "website", "dpk_aaaaaaaa", "hash", frozenset({Scope.SOURCES_READ}), 3, NOW)


@pytest.mark.parametrize(("used", "remaining", "is_exceeded"), [(1, 2, False), (3, 0, False), (4, 0, True)])
def test_a_minute_holds_so_many_requests(used: int, remaining: int, is_exceeded: bool) -> None:
    assert allowance(KEY, used, now=NOW) == Allowance(3, remaining, 40, is_exceeded)


def test_scopes_are_written_in_the_order_of_their_list() -> None:
    assert scopes_in_words({Scope.SOURCES_READ, Scope.SUBSCRIBERS_READ}) == ["subscribers:read", "sources:read"]


def test_a_key_is_live_until_it_expires_or_is_revoked() -> None:
    ending = dataclasses.replace(KEY, expires_at=NOW)
    assert (KEY.is_live(NOW), ending.is_live(NOW), ending.is_live(NOW - dt.timedelta(seconds=1))) == (True, False, True)
    assert not dataclasses.replace(KEY, revoked_at=NOW).is_live(NOW)


def test_the_audit_log_names_a_key_by_its_prefix_and_never_by_its_hash() -> None:
    assert KEY.actor == "API key website (dpk_aaaaaaaa)"
    assert "hash" not in repr(KEY)
