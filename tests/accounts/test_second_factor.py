"""Codes of the second factor: right for a minute and a half, once; recovery codes, once."""

import datetime as dt
from dataclasses import replace
from urllib.parse import unquote

import pyotp
import pytest
import sqlalchemy as sa

from dailypapers.accounts import second_factor
from dailypapers.domain.account import Account, Role
from dailypapers.store import accounts
from dailypapers.store.database import writing

SERVICE_SECRET = b"a secret of the service"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HALF_MINUTE = dt.timedelta(seconds=30)


def code(at: dt.datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


def stored(tx: sa.Connection, now: dt.datetime, codes: tuple[str, ...] = ()) -> Account:
    account = accounts.add(tx, "ann@example.org", Role.OWNER, now=now)
    assert account is not None
    second_factor.switch_on(tx, SERVICE_SECRET, account, SECRET, period=0, codes=codes)
    found = accounts.by_email(tx, account.email)
    assert found is not None
    return found


@pytest.mark.parametrize(("periods", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_right_a_period_early_or_late(now: dt.datetime, periods: int, right: bool) -> None:
    period = second_factor.period_of(SECRET, f" {code(now + periods * HALF_MINUTE)} ", now=now)
    assert (period is not None) is right


def test_no_code_counts_twice_nor_one_from_before_it(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        account = stored(tx, now)
        assert second_factor.accepts(tx, SERVICE_SECRET, account, code(now), now=now)
        assert not second_factor.accepts(tx, SERVICE_SECRET, account, code(now), now=now)
        assert not second_factor.accepts(tx, SERVICE_SECRET, account, code(now - HALF_MINUTE), now=now)
        assert second_factor.accepts(tx, SERVICE_SECRET, account, code(now + HALF_MINUTE), now=now)


def test_a_recovery_code_counts_once_however_it_is_typed(engine: sa.Engine, now: dt.datetime) -> None:
    codes = second_factor.new_recovery_codes()
    assert (len(set(codes)), {len(each) for each in codes}) == (10, {19})
    with writing(engine) as tx:
        account = stored(tx, now, tuple(codes))
        assert second_factor.accepts(tx, SERVICE_SECRET, account, codes[3].upper().replace("-", " "), now=now)
        assert not second_factor.accepts(tx, SERVICE_SECRET, account, codes[3], now=now)
        assert accounts.count_recovery_codes(tx, account.id) == 9


def test_the_picture_holds_what_apps_read() -> None:
    address = second_factor.address_of(SECRET, email="ann@example.org", service="Daily Papers")
    assert unquote(address) == f"otpauth://totp/Daily Papers:ann@example.org?secret={SECRET}&issuer=Daily Papers"
    assert second_factor.qr_code(address).startswith("data:image/svg+xml;charset=utf-8,")
    assert second_factor.period_of(second_factor.new_secret(), "", now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) is None


def test_the_database_alone_makes_no_codes(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        account = stored(tx, now, ("abcd-efgh-ijkl-mnop",))
        assert SECRET not in account.totp_secret
        assert not second_factor.accepts(tx, b"another secret", account, code(now), now=now)
        assert second_factor.accepts(tx, b"another secret", account, "abcd-efgh-ijkl-mnop", now=now)


def test_a_secret_stored_before_any_were_encrypted_is_encrypted_when_a_code_is_right(
    engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        account = replace(stored(tx, now), totp_secret=SECRET)
        assert not second_factor.accepts(tx, SERVICE_SECRET, account, "000000", now=now)
        assert second_factor.accepts(tx, SERVICE_SECRET, account, code(now), now=now)
        encrypted = accounts.by_email(tx, account.email)
        assert encrypted is not None
        assert SECRET not in encrypted.totp_secret
        assert second_factor.accepts(tx, SERVICE_SECRET, encrypted, code(now + HALF_MINUTE), now=now + HALF_MINUTE)


def test_all_that_was_stored_as_it_is_can_be_encrypted_at_once_and_goes_on_working(
    engine: sa.Engine, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        account = stored(tx, now)
        accounts.add(tx, "bea@example.org", Role.VIEWER, now=now)
        accounts.encrypt_second_factor(tx, account.id, SECRET)
        assert [second_factor.encrypt_stored(tx, SERVICE_SECRET) for _ in range(2)] == [1, 0]
        encrypted = accounts.by_email(tx, account.email)
        assert encrypted is not None
        assert SECRET not in encrypted.totp_secret
        assert second_factor.accepts(tx, SERVICE_SECRET, encrypted, code(now), now=now)
