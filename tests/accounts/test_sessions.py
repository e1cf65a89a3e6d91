"""Sessions: only hashes are stored, and what is over opens nothing."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.accounts import sessions
from dailypapers.domain.account import Role, Stage
from dailypapers.store import accounts
from dailypapers.store.database import reading, writing

HOUR = dt.timedelta(hours=1)


def test_a_session_lasts_while_it_is_used_and_its_id_is_stored_nowhere(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        account = accounts.add(tx, "ann@example.org", Role.OWNER, now=now)
        assert account is not None
        session_id = sessions.begin(tx, account.id, now=now)
        assert session_id not in str(tx.execute(sa.text("SELECT * FROM admin_sessions")).all())
    assert sessions.find(engine, "", now=now) is None
    assert sessions.find(engine, "another", now=now) is None
    for hours in range(1, 12):
        assert sessions.find(engine, session_id, now=now + hours * HOUR) is not None
    assert sessions.find(engine, session_id, now=now + 12 * HOUR) is None


def test_the_id_changes_when_somebody_is_let_in(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        account = accounts.add(tx, "ann@example.org", Role.OWNER, now=now)
        assert account is not None
        first = sessions.begin(tx, account.id, stage=Stage.CODE, now=now)
    half = sessions.find(engine, first, now=now)
    assert half is not None
    assert half.stage is Stage.CODE
    with writing(engine) as tx:
        second = sessions.rotate(tx, half, now=now)
    assert sessions.find(engine, first, now=now) is None
    whole = sessions.find(engine, second, now=now)
    assert whole is not None
    assert (whole.stage, whole.csrf != half.csrf) == (Stage.SIGNED_IN, True)
    with reading(engine) as tx:
        assert accounts.session(tx, sessions.hash_of("unknown")) is None
