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


def test_an_invitation_works_once_and_for_a_while(engine: sa.Engine, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    with writing(engine) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        accounts.invite(tx, ann.id, "token", until=now + day)
        assert accounts.invited(tx, "another", now=now) is None
        assert accounts.invited(tx, "token", now=now + day) is None
        found = accounts.invited(tx, "token", now=now)
        assert found is not None
        assert found.id == ann.id
        accounts.set_password(tx, ann.id, "hash")
        assert accounts.invited(tx, "token", now=now) is None


def test_no_code_of_the_second_factor_counts_twice(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        accounts.set_second_factor(tx, ann.id, "SECRET", period=7, code_hashes=["a", "b"])
        assert [accounts.use_period(tx, ann.id, period) for period in (7, 8, 8, 6, 9)] == [
            False,
            True,
            False,
            False,
            True,
        ]
        assert [accounts.use_recovery_code(tx, ann.id, code) for code in ("a", "a", "c")] == [True, False, False]
        assert accounts.count_recovery_codes(tx, ann.id) == 1
        accounts.set_second_factor(tx, ann.id, None)
        assert accounts.count_recovery_codes(tx, ann.id) == 0


def test_a_session_is_seen_and_ended(engine: sa.Engine, now: dt.datetime) -> None:
    later = now + dt.timedelta(hours=1)
    with writing(engine) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        accounts.begin_session(tx, "one", ann.id, stage=Stage.CODE, csrf="c", now=now)
        accounts.see_session(tx, "one", now=later)
        seen = accounts.session(tx, "one")
        assert seen is not None
        assert (seen.account.email, seen.stage, seen.began_at, seen.seen_at) == (ann.email, Stage.CODE, now, later)
        accounts.end_session(tx, "one")
        assert accounts.session(tx, "one") is None


def test_failures_are_counted_by_account_and_by_network(engine: sa.Engine, now: dt.datetime) -> None:
    before = now - dt.timedelta(minutes=1)
    with writing(engine) as tx:
        tries = [accounts.note_attempt(tx, who, where, now=now) for who, where in ("aX", "aY", "bX")]
        assert accounts.count_failures(tx, since=before, account="a") == 2
        assert accounts.count_failures(tx, since=before, network="X") == 2
        assert accounts.count_failures(tx, since=before, account="a", network="X") == 1
        accounts.note_success(tx, tries[0])
        assert accounts.count_failures(tx, since=before, account="a") == 1
        assert accounts.count_failures(tx, since=now) == 0


def test_an_account_is_bound_once(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        ann = accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)
        assert ann is not None
        assert accounts.by_oidc_subject(tx, "issuer 1") is None
        assert [accounts.bind(tx, ann.id, subject) for subject in ("issuer 1", "issuer 2")] == [True, False]
        assert accounts.by_oidc_subject(tx, "issuer 1") == ann
