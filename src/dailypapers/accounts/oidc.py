"""Signing in by OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 1.0 3.1, RFC 7636).

What the flow must remember is derived from one random value in the browser's cookie; nothing is stored here meanwhile.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2
import sqlalchemy as sa
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from dailypapers.accounts import sessions
from dailypapers.domain.account import Account, OidcProvider, Role
from dailypapers.domain.i18n import N_
from dailypapers.errors import BadInput
from dailypapers.store import accounts, audit
from dailypapers.store.database import writing
from dailypapers.tokens import Signer

#: Seconds for each question to the provider.
_TIMEOUT = 10
#: Seconds by which clocks may differ.
_LEEWAY = 60
#: Signed by the provider's key; never "none", and never by our own secret.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]


class NotLetIn(BadInput):
    """Somebody whom the provider does not vouch for, or who is in none of the groups."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one browser's attempt must come back with."""

    state: str
    nonce: str
    verifier: str = field(repr=False)


def flow_of(signer: Signer, browser: str) -> Flow:
    """Return what the random value in a browser's cookie stands for."""
    state, nonce, *halves = (
        signer.keyed_hash(f"oidc.{each}", browser) for each in ("state", "nonce", "verifier", "verifier more")
    )
    return Flow(state, nonce, "".join(halves))


def authorization_url(provider: OidcProvider, flow: Flow, *, back_to: str) -> str:
    """Return the provider's address for signing in. Raises `NotLetIn` where it does not answer."""
    try:
        with _client(provider, back_to) as client:
            about = _described(client, provider)
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
            return str(url)
    except _UNUSABLE as error:
        raise NotLetIn(_NO_ANSWER) from error


_NO_ANSWER = N_("The sign-in service did not answer as expected. Please try again in a few minutes.")
_NOT_IN_A_GROUP = N_("You are signed in there, but none of your groups may open these pages.")
_ANOTHER_PERSON = N_(
    "The account of your address belongs to somebody else who signed in there. An owner can remove it."
)
#: Whatever goes wrong while asking the provider: connections, HTTP, JSON, signatures, claims, fields that are missing.
_UNUSABLE = (httpx2.HTTPError, OSError, RuntimeError, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)


def claims_of(provider: OidcProvider, flow: Flow, *, code: str, back_to: str, now: dt.datetime) -> dict[str, Any]:
    """Return what the provider vouches for in exchange for a code. Raises `NotLetIn` where any of it is not right."""
    try:
        with _client(provider, back_to) as client:
            about = _described(client, provider)
            token = client.fetch_token(about["token_endpoint"], code=code, code_verifier=flow.verifier)
            keys = KeySet.import_key_set(cast("KeySetSerialization", _asked(client, about["jwks_uri"])))
            claims = _checked(token["id_token"], keys, provider, flow, now=now)
            if provider.groups_claim not in claims and "userinfo_endpoint" in about:
                more = client.get(about["userinfo_endpoint"]).raise_for_status().json()
                # Of somebody else it says nothing of this one (OpenID Connect Core 1.0 5.3.2).
                claims |= more if more["sub"] == claims["sub"] else {}
            return claims
    except NotLetIn:
        raise
    except _UNUSABLE as error:
        raise NotLetIn(_NO_ANSWER) from error


def _client(provider: OidcProvider, back_to: str) -> OAuth2Client:
    return OAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        scope="openid email profile groups",
        redirect_uri=back_to,
        code_challenge_method="S256",
        timeout=_TIMEOUT,
    )


def _described(client: OAuth2Client, provider: OidcProvider) -> dict[str, Any]:
    """Return what the provider says of itself (OpenID Connect Discovery 1.0 4)."""
    about = _asked(client, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if about["issuer"] != provider.issuer:
        raise NotLetIn(_NO_ANSWER)
    return about


def _asked(client: OAuth2Client, url: str) -> dict[str, Any]:
    document: dict[str, Any] = client.request("GET", url, withhold_token=True).raise_for_status().json()
    return document


def _checked(id_token: str, keys: KeySet, provider: OidcProvider, flow: Flow, *, now: dt.datetime) -> dict[str, Any]:
    """Return the claims of a token, checked as OpenID Connect Core 1.0 3.1.3.7 says."""
    claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": flow.nonce},
    )
    registry.validate(claims)
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise NotLetIn(_NO_ANSWER)
    return claims


def let_in(engine: sa.Engine, provider: OidcProvider, claims: dict[str, Any], *, now: dt.datetime) -> str:
    """Return the id of a new session of whom the provider vouches for; their role is that of their groups.

    Raises `NotLetIn` for who has no confirmed address, is in none of the groups, or has somebody else's address.
    """
    email, role = confirmed_address(claims, where_unsaid=True), provider.role_of(groups_in(provider, claims))
    if not email or role is None:
        raise NotLetIn(_NOT_IN_A_GROUP)
    with writing(engine) as tx:
        account = _account_of(tx, provider, f"{provider.issuer} {claims['sub']}", email, role, now=now)
        if account.role is not role:
            accounts.set_role(tx, account.id, role)
            changed = {"role": role, "id": account.id, "by": provider.name}
            audit.note(tx, "account role", actor=account.email, now=now, before={"role": account.role}, after=changed)
        return sessions.begin(tx, account.id, now=now)


def confirmed_address(claims: Mapping[str, Any], *, where_unsaid: bool) -> str:
    """Return the address that the provider vouches for, in small letters; empty where there is none it has confirmed.

    `where_unsaid` is what holds where it does not say whether it has.
    """
    is_confirmed = str(claims.get("email_verified", where_unsaid)).lower() == "true"  # Some say it as a string.
    return str(claims.get("email", "")).strip().lower() if is_confirmed else ""


def groups_in(provider: OidcProvider, claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the groups that the provider says somebody is in; none where it does not list them."""
    groups = claims.get(provider.groups_claim, ())
    return frozenset(map(str, groups)) if isinstance(groups, list | tuple) else frozenset()


def _account_of(
    tx: sa.Connection, provider: OidcProvider, subject: str, email: str, role: Role, *, now: dt.datetime
) -> Account:
    """Return somebody's account: theirs, the one of their address that is bound to nobody yet, or a new one.

    By the subject, since an address may be given to somebody else in time (OpenID Connect Core 1.0 5.7).
    """
    account = accounts.by_oidc_subject(tx, subject)
    if account is not None:
        return account
    account = accounts.by_email(tx, email)
    action = "account bound" if account else "account"
    account = account or accounts.add(tx, email, role, now=now)
    if account is None or not accounts.bind(tx, account.id, subject):
        raise NotLetIn(_ANOTHER_PERSON)
    audit.note(tx, action, actor=email, now=now, after={"role": account.role, "id": account.id, "by": provider.name})
    return account
