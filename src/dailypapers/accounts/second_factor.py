"""The second factor: codes that change every half a minute (TOTP, RFC 6238), and recovery codes for a lost phone."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Sequence

import pyotp
import segno
import sqlalchemy as sa

from dailypapers.domain.account import Account
from dailypapers.encryption import decrypt, encrypt, is_encrypted
from dailypapers.errors import Undecipherable
from dailypapers.store import accounts

#: How many recovery codes there are; each works once.
RECOVERY_CODES = 10
_PERIOD = 30
#: A code is accepted that is one period early or late: phones' clocks differ (RFC 6238 5.2).
_PERIODS_OFF = (-1, 0, 1)
_CODE_BYTES = 10
_PURPOSE = "account.totp"


def new_secret() -> str:
    """Return a random secret that codes are made from, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, *, email: str, service: str) -> str:
    """Return the otpauth:// address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=service)


def qr_code(text: str) -> str:
    """Return the data: address of a picture of a text as a QR code, with the quiet zone of ISO 18004, on white."""
    return segno.make(text, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")


def period_of(secret: str, code: str, *, now: dt.datetime) -> int | None:
    """Return the period a code belongs to; `None` where it is wrong."""
    digits = "".join(code.split())
    this_one = int(now.timestamp()) // _PERIOD
    generator = pyotp.TOTP(secret)
    for period in (this_one + off for off in _PERIODS_OFF):
        if pyotp.utils.strings_equal(generator.generate_otp(period), digits):
            return period
    return None


def switch_on(
    tx: sa.Connection, service_secret: bytes, account: Account, secret: str, *, period: int, codes: Collection[str]
) -> None:
    """Ask for codes made from a secret from now on, later than the period; recovery codes are as they are shown."""
    stored = encrypt(service_secret, secret, purpose=_PURPOSE, owner=account.id)
    hashes = [recovery_hash(code) for code in codes]
    accounts.set_second_factor(tx, account.id, stored, period=period, code_hashes=hashes)


def encrypt_stored(tx: sa.Connection, service_secret: bytes) -> int:
    """Encrypt what was stored before secrets were encrypted; returns for how many accounts. Idempotent."""
    plain = [each for each in accounts.every(tx) if each.has_second_factor and not is_encrypted(each.totp_secret)]
    for account in plain:
        _encrypt(tx, service_secret, account)
    return len(plain)


def _encrypt(tx: sa.Connection, service_secret: bytes, account: Account) -> None:
    stored = encrypt(service_secret, account.totp_secret, purpose=_PURPOSE, owner=account.id)
    accounts.encrypt_second_factor(tx, account.id, stored)


def accepts(tx: sa.Connection, service_secret: bytes, account: Account, code: str, *, now: dt.datetime) -> bool:
    """Return whether a code is right, and use it up: one of the app, or one of the recovery codes.

    Where the service has another secret than when the app was set up, only recovery codes are right.
    """
    secret = _secret_of(service_secret, account)
    period = period_of(secret, code, now=now) if secret else None
    if period is None:
        return accounts.use_recovery_code(tx, account.id, recovery_hash(code))
    if not is_encrypted(account.totp_secret):
        _encrypt(tx, service_secret, account)
    return accounts.use_period(tx, account.id, period)


def _secret_of(service_secret: bytes, account: Account) -> str:
    if not is_encrypted(account.totp_secret):  # Stored before secrets were encrypted.
        return account.totp_secret
    try:
        return decrypt(service_secret, account.totp_secret, purpose=_PURPOSE, owner=account.id)
    except Undecipherable:
        return ""


def new_recovery_codes() -> Sequence[str]:
    """Return random recovery codes as they are shown, of 80 bits each: abcd-efgh-ijkl-mnop."""
    return [_grouped(secrets.token_bytes(_CODE_BYTES)) for _ in range(RECOVERY_CODES)]


def _grouped(random: bytes) -> str:
    # pyotp.random_base32 has a larger least length than a person wants to type.
    letters = "".join(_ALPHABET[(int.from_bytes(random) >> shift) & 31] for shift in range(0, 80, 5))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


#: Without letters that look like others (Crockford's base 32).
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def recovery_hash(code: str) -> str:
    """Return a recovery code's hash, however it is typed; with 80 random bits it needs no salt."""
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(typed.encode()).hexdigest()
