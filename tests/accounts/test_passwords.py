"""Passwords are hashed, and guessable ones refused."""

import pytest
from argon2 import PasswordHasher

from dailypapers.accounts.passwords import is_right, new_hash, renewed
from dailypapers.errors import BadInput

GOOD = "correct horse battery staple"


def test_only_the_right_password_is_right_and_nobody_has_none() -> None:
    hashed = new_hash(GOOD)
    assert hashed.startswith("$argon2id$")
    assert is_right(GOOD, hashed)
    assert not is_right(GOOD.upper(), hashed)
    assert not is_right(GOOD, "")
    assert not is_right("nobody's", "")
    assert not is_right(GOOD, "no hash at all")


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "at least"), ("x" * 201, "at most"), ("aaaaaaaaaaaaaa", "easy"), ("ann.smith 2026!", "easy")],
)
def test_what_is_easily_guessed_is_refused(password: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        new_hash(password, email="ann.smith@example.org")


def test_a_hash_by_weaker_parameters_is_renewed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert is_right(GOOD, renewed(GOOD, weak))
    assert renewed(GOOD, new_hash(GOOD)) == ""
