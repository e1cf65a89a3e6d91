"""Passwords: hashed by argon2id, and checked in the same time whether there is one or not."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dailypapers.domain.i18n import N_
from dailypapers.errors import BadInput

#: A long password needs no rules about its letters (NIST SP 800-63B 5.1.1); nobody types one longer than the second.
SHORTEST, LONGEST = 12, 200
#: OWASP's least parameters: some tens of milliseconds and 19 MiB, since anybody may have a password checked.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_hash(password: str, *, email: str = "") -> str:
    """Return the hash of a new password. Raises `BadInput` for one that is too short, too long, or easily guessed."""
    if len(password) < SHORTEST:
        raise BadInput(N_("Please choose a password of at least 12 characters."))
    if len(password) > LONGEST:
        raise BadInput(N_("Please choose a password of at most 200 characters."))
    if len(set(password)) < _FEWEST_DIFFERENT or (email and email.partition("@")[0] in password.lower()):
        raise BadInput(N_("This password is too easy to guess. A few random words make a good one."))
    return _HASHER.hash(password)


#: "aaaaaaaaaaaa" and "121212121212" are tried first.
_FEWEST_DIFFERENT = 5


@cache
def _nobodys() -> str:
    """Return the hash that is checked where there is no account."""
    return _HASHER.hash("nobody's")


def is_right(password: str, password_hash: str) -> bool:
    """Return whether a password is the one of a hash; takes as long where there is none."""
    try:
        return _HASHER.verify(password_hash or _nobodys(), password[:LONGEST]) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def renewed(password: str, password_hash: str) -> str:
    """Return the password's hash by today's parameters, empty where the old one is by these."""
    return _HASHER.hash(password) if _HASHER.check_needs_rehash(password_hash) else ""
