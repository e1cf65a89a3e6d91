"""Signing in: nothing tells whether an account exists, and guessing runs into limits that lock no owner out."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.accounts import passwords
from dailypapers.accounts.sign_in import LIMITS, Refusal, confirm_password, sign_in
from dailypapers.domain.account import Role
from dailypapers.store import accounts
from dailypapers.store.database import reading, writing
from dailypapers.tokens import Signer

SIGNER = Signer("https://papers.example.org", b"secret")
PASSWORD, WRONG = "correct horse battery staple", "wrong"


@pytest.fixture
def ann(engine: sa.Engine, now: dt.datetime) -> str:
    with writing(engine) as tx:
        account = accounts.add(tx, "ann@example.org", Role.OWNER, now=now)
        assert account is not None
        accounts.set_password(tx, account.id, passwords.new_hash(PASSWORD))
    return "ann@example.org"


def tried(
    engine: sa.Engine, now: dt.datetime, email: str, password: str = WRONG, network: str = "192.0.2.0/24"
) -> str | Refusal:
    return sign_in(engine, SIGNER, email=email, password=password, network=network, now=now)


def test_an_unknown_account_gets_the_answer_of_a_wrong_password(engine: sa.Engine, ann: str, now: dt.datetime) -> None:
    for email in (ann, "nobody@example.org"):
        answers = [tried(engine, now, email) for _ in range(LIMITS.per_account_and_network + 1)]
        assert answers == [Refusal.WRONG] * LIMITS.per_account_and_network + [Refusal.TOO_MANY]
    with reading(engine) as tx:
        assert "example.org" not in str(tx.execute(sa.text("SELECT * FROM sign_ins")).all())


def test_who_guesses_elsewhere_does_not_lock_the_owner_out(engine: sa.Engine, ann: str, now: dt.datetime) -> None:
    for _ in range(LIMITS.per_account_and_network):
        tried(engine, now, ann)
    assert tried(engine, now, ann, PASSWORD) is Refusal.TOO_MANY
    assert isinstance(tried(engine, now, f" {ann.upper()} ", PASSWORD, "198.51.100.0/24"), str)
    assert isinstance(tried(engine, now + LIMITS.period, ann, PASSWORD), str)


def test_one_network_cannot_guess_at_many_accounts(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        for number in range(LIMITS.per_network):
            accounts.note_attempt(tx, f"account {number}", SIGNER.keyed_hash("sign-in.network", "n"), now=now)
    assert tried(engine, now, "new@example.org", network="n") is Refusal.TOO_MANY
    assert tried(engine, now, "new@example.org", network="m") is Refusal.WRONG


def test_a_password_confirms_who_is_signed_in(engine: sa.Engine, ann: str, now: dt.datetime) -> None:
    with reading(engine) as tx:
        account = accounts.by_email(tx, ann)
    assert account is not None
    for password, answer in ((PASSWORD, None), ("wrong", Refusal.WRONG)):
        assert confirm_password(engine, SIGNER, account, password=password, network="", now=now) is answer
