"""OpenID Connect, against a provider on this machine that signs real tokens; whatever is not right lets nobody in."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from tests.playing_oidc import CLIENT, SECRET, PlayingProvider, playing_oidc

from dailypapers.accounts import oidc, sessions
from dailypapers.accounts.oidc import NotLetIn, flow_of
from dailypapers.domain.account import OidcProvider, Role
from dailypapers.store import accounts, audit
from dailypapers.store.database import reading, writing
from dailypapers.tokens import Signer

SIGNER = Signer("https://papers.example.org", b"secret")
BACK = "https://papers.example.org/admin/oidc/callback"
FLOW = flow_of(SIGNER, "browser")


def provider_of(played: PlayingProvider) -> OidcProvider:
    return OidcProvider(
        played.issuer,
        CLIENT,
        SECRET,
        owner_groups=frozenset({"admins"}),
        viewer_groups=frozenset({"staff"}),
    )


def claims(played: PlayingProvider, now: dt.datetime, **changed: Any) -> dict[str, Any]:
    provider = provider_of(played)
    url = oidc.authorization_url(provider, FLOW, back_to=BACK)
    code = played.signs_in(url, now=now, **changed)
    return oidc.claims_of(provider, FLOW, code=code, back_to=BACK, now=now)


def test_groups_become_roles_and_changes_are_noted(engine: sa.Engine, now: dt.datetime) -> None:
    with playing_oidc() as played:
        for groups, role in ((["staff"], Role.VIEWER), (["staff", "admins"], Role.OWNER)):
            told = claims(played, now, groups=groups)
            session = sessions.find(engine, oidc.let_in(engine, provider_of(played), told, now=now), now=now)
            assert session is not None
            assert (session.account.email, session.account.role) == ("ann@example.org", role)
        # Where the token has no groups, the provider is asked for more.
        played.userinfo = {"sub": "1", "groups": ["admins"]}
        assert claims(played, now, groups=None)["groups"] == ["admins"]
        played.userinfo = {"sub": "2", "groups": ["admins"]}
        assert "groups" not in claims(played, now, groups=None)
    with reading(engine) as tx:
        assert [entry.action for entry in audit.newest(tx, limit=9)] == ["account role", "account"]


def test_an_account_is_who_signed_in_not_their_address(engine: sa.Engine, now: dt.datetime) -> None:
    with playing_oidc() as played:
        provider = provider_of(played)

        def email_of(**changed: str) -> str:
            session_id = oidc.let_in(engine, provider, claims(played, now, groups=["staff"]) | changed, now=now)
            session = sessions.find(engine, session_id, now=now)
            assert session is not None
            return session.account.email

        with writing(engine) as tx:
            accounts.add(tx, "ann@example.org", Role.VIEWER, now=now)  # Who has a password, too.
        assert email_of(sub="1") == "ann@example.org"
        assert email_of(sub="1", email="ann.lee@example.org") == "ann@example.org"
        assert email_of(sub="2", email="bob@example.org") == "bob@example.org"
        with pytest.raises(NotLetIn, match="somebody else"):
            email_of(sub="3", email="ann@example.org")
    with reading(engine) as tx:
        assert [account.email for account in accounts.every(tx)] == ["ann@example.org", "bob@example.org"]
        assert [entry.action for entry in audit.newest(tx, limit=9)] == ["account", "account bound"]


@pytest.mark.parametrize(
    "changed",
    [
        {"groups": ["others"]},
        {"groups": "admins"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email": ""},
    ],
    ids=str,
)
def test_who_is_in_no_group_or_has_no_confirmed_address_is_not_let_in(
    engine: sa.Engine, now: dt.datetime, changed: dict[str, Any]
) -> None:
    with playing_oidc() as played, pytest.raises(NotLetIn, match="none of your groups"):
        oidc.let_in(engine, provider_of(played), claims(played, now, **changed), now=now)
    with reading(engine) as tx:
        assert not accounts.exist(tx)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another client"},
        {"nonce": "another"},
        {"exp": 1},
        {"azp": "another client"},
        {"forged": True},
        {"alg": "HS256"},
        {"refused": True},
    ],
    ids=str,
)
def test_a_token_that_is_not_right_in_any_way_lets_nobody_in(now: dt.datetime, changed: dict[str, Any]) -> None:
    with playing_oidc() as played, pytest.raises(NotLetIn, match="did not answer"):
        claims(played, now, **changed)


def test_a_provider_that_is_away_or_another_one_is_named(now: dt.datetime) -> None:
    with playing_oidc() as played:
        provider = provider_of(played)
    with pytest.raises(NotLetIn, match="did not answer"):
        oidc.authorization_url(provider, FLOW, back_to=BACK)
    with playing_oidc(says_it_is="https://elsewhere.example.org") as played, pytest.raises(NotLetIn):
        oidc.authorization_url(provider_of(played), FLOW, back_to=BACK)


def test_what_a_flow_must_come_back_with_is_another_for_each_browser() -> None:
    other = flow_of(SIGNER, "another")
    assert len({FLOW.state, FLOW.nonce, FLOW.verifier, other.state, other.nonce, other.verifier}) == 6
    assert len(FLOW.verifier) == 64
