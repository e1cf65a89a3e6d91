"""A key is shown once and recognised by its hash; unknown, revoked and expired ones are refused."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.accounts import api_keys
from dailypapers.accounts.actor import Actor
from dailypapers.accounts.api_keys import Refusal
from dailypapers.domain.api_key import ApiKey, Scope
from dailypapers.errors import BadInput
from dailypapers.store import audit
from dailypapers.store.database import writing
from dailypapers.store.schema import api_keys as table
from dailypapers.tokens import Signer

BY = Actor("command line", Signer("http://pages", b"secret"))
SCOPES = frozenset({Scope.SUBSCRIBERS_READ})
DAY = dt.timedelta(days=1)


def test_a_key_is_recognised_and_only_its_hash_is_stored(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        text = api_keys.add(tx, "website", SCOPES, by=BY, now=now)
        key = api_keys.recognise(tx, text, now=now)
        assert isinstance(key, ApiKey)
        assert (key.name, key.scopes, text.startswith(f"{key.prefix}_")) == ("website", SCOPES, True)
        stored = str(tx.execute(sa.select(table)).one())
        assert text.rpartition("_")[2] not in stored
        (noted,) = audit.newest(tx, limit=5)
        assert noted.after == {"name": "website", "prefix": key.prefix, "scopes": ["subscribers:read"]}


def test_a_key_that_is_wrong_revoked_or_expired_is_refused_with_why(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        text = api_keys.add(tx, "website", SCOPES, by=BY, now=now, expires_at=now + DAY)
        prefix = text[:12]
        others = ("", "dpk_", "Bearer", f"{prefix}_{'A' * 43}", text[:-1], f"{text}A", "dpk_aaaaaaaa_" + "A" * 43, "\0")
        assert {api_keys.recognise(tx, other, now=now) for other in others} == {Refusal.UNKNOWN}
        assert api_keys.recognise(tx, text, now=now + DAY) is Refusal.EXPIRED
        api_keys.revoke(tx, prefix, by=BY, now=now)
        assert api_keys.recognise(tx, text, now=now) is Refusal.REVOKED
        with pytest.raises(BadInput, match="no live key"):
            api_keys.revoke(tx, "website", by=BY, now=now)


def test_a_key_is_seen_in_a_text(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        key = api_keys.add(tx, "website", SCOPES, by=BY, now=now)
    texts = (f"token={key}&x=1", key[:12], "address=dpk_ann@example.org", "")
    assert [api_keys.holds_key(text) for text in texts] == [True, False, False, False]


def test_a_name_is_free_again_once_its_key_is_revoked(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        first = api_keys.add(tx, "website", SCOPES, by=BY, now=now)
        with pytest.raises(BadInput, match="already a key named “website”"):
            api_keys.add(tx, " website\n", SCOPES, by=BY, now=now)
        api_keys.revoke(tx, "website", by=BY, now=now)
        assert api_keys.add(tx, "website", SCOPES, by=BY, now=now) != first


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "says"),
    [
        (" ", SCOPES, None, "needs a name"),
        ("a", frozenset(), None, "at least one scope"),
        ("a", SCOPES, -DAY, "expired"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    engine: sa.Engine, name: str, scopes: frozenset[Scope], expires: dt.timedelta | None, says: str
) -> None:
    now = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
    ends = now + expires if expires else None
    with writing(engine) as tx, pytest.raises(BadInput, match=says):
        api_keys.add(tx, name, scopes, by=BY, now=now, expires_at=ends)
