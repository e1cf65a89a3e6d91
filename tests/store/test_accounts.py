"""Accounts: one for an address; with it go its browsers and codes."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.account import Role, Stage
from dailypapers.store import accounts
from dailypapers.store.database import writing


def test_an_address_has_one_account_and_all_goes_with_it(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        assert not accounts.exist(tx)
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        assert accounts.add(tx, "ann@example.org", Role.OWNER, now=now) is None
        accounts.set_role(tx, ann.id, Role.OWNER)
        accounts.set_second_factor(tx, ann.id, "SECRET", code_hashes=["a", "b"])
        for name in ("one", "two"):
            accounts.begin_session(tx, name, ann.id, stage=Stage.SIGNED_IN, csrf="", now=now)
        assert accounts.end_other_sessions(tx, ann.id, but="one") == 1
        (found,) = accounts.every(tx)
        assert (found.role, found.has_second_factor, accounts.exist(tx)) == (Role.OWNER, True, True)
        accounts.remove(tx, ann.id)
        assert (accounts.every(tx), accounts.session(tx, "one")) == ([], None)


def test_a_new_password_signs_all_browsers_out(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        accounts.begin_session(tx, "one", ann.id, stage=Stage.SIGNED_IN, csrf="", now=now)
        accounts.set_password(tx, ann.id, "hash")
        assert accounts.session(tx, "one") is None
        accounts.rehash(tx, ann.id, "newer")
        found = accounts.by_email(tx, "ann@example.org")
        assert found is not None
        assert found.password_hash == "newer"


def test_old_sessions_and_attempts_are_pruned(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        for days, name in ((3, "old"), (0, "new")):
            then = now - dt.timedelta(days=days)
            accounts.begin_session(tx, name, ann.id, stage=Stage.SIGNED_IN, csrf="", now=then)
            accounts.note_attempt(tx, "account", "network", now=then)
        assert accounts.prune(tx, before=now - dt.timedelta(days=1)) == 2
        assert accounts.session(tx, "new") is not None
        assert accounts.count_failures(tx, since=now - dt.timedelta(days=9)) == 1
