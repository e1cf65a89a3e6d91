"""Invitations: once, for two days, and never twice."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.accounts.invite import accept, invite, password_hash
from dailypapers.accounts.sessions import hash_of
from dailypapers.domain.account import INVITATION, Role
from dailypapers.errors import BadInput
from dailypapers.store import accounts, audit
from dailypapers.store.database import writing


def test_a_link_works_until_it_is_used_or_replaced(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        with pytest.raises(BadInput, match="needs a role"):
            invite(tx, "ann@example.org", None, now=now)
        first = invite(tx, "ann@example.org", Role.VIEWER, now=now)
        second = invite(tx, "ann@example.org", Role.OWNER, now=now)
        assert accounts.invited(tx, hash_of(first), now=now) is None
        account = accounts.invited(tx, hash_of(second), now=now)
        assert account is not None
        assert account.role is Role.OWNER
        assert accounts.invited(tx, hash_of(second), now=now + INVITATION) is None
        accept(tx, account, password_hash("correct horse battery", account), now=now)
        assert accounts.invited(tx, hash_of(second), now=now) is None
        actions = [entry.action for entry in audit.newest(tx, limit=9)]
    assert actions == ["account password", "account invitation", "account role", "account invitation", "account"]
