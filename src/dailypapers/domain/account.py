"""Accounts: who may open the admin pages, and what they may do there."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

#: Nobody works at a stretch for longer; after this a session ends even in the middle of something.
LONGEST_SESSION = dt.timedelta(hours=12)
#: An open browser that nobody sits at is signed out.
LONGEST_IDLE = dt.timedelta(hours=2)
#: Between the password and the code of the second factor.
LONGEST_SECOND_STEP = dt.timedelta(minutes=5)
#: An invitation is opened the same day, or the next.
INVITATION = dt.timedelta(days=2)


class Role(StrEnum):
    """What somebody may do."""

    OWNER = "owner"
    """Everything."""
    VIEWER = "viewer"
    """Look, and change nothing."""


class Stage(StrEnum):
    """How far somebody has come in signing in."""

    CODE = "code"
    """The password was right, and the code of the second factor is awaited."""
    SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may open the admin pages."""

    id: int
    email: str
    role: Role
    #: By argon2; empty until they have set one, and for who signs in by OpenID Connect.
    password_hash: str = field(default="", repr=False)
    #: What the codes of the second factor are made from, encrypted; empty without one.
    totp_secret: str = field(default="", repr=False)
    #: The period of the last code that was accepted: no code is accepted twice.
    totp_period: int = 0

    @property
    def has_second_factor(self) -> bool:
        """Whether a code is asked for after the password."""
        return bool(self.totp_secret)

    @property
    def is_owner(self) -> bool:
        """Whether they may change anything."""
        return self.role is Role.OWNER


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that somebody signed in with."""

    id_hash: str = field(repr=False)
    account: Account
    stage: Stage
    #: What every form of this session carries, so that no other site's form is taken for ours.
    csrf: str = field(repr=False)
    began_at: dt.datetime
    seen_at: dt.datetime

    def is_over(self, now: dt.datetime) -> bool:
        """Return whether it has lasted too long, or nobody has used it for too long."""
        longest = LONGEST_SECOND_STEP if self.stage is Stage.CODE else LONGEST_SESSION
        return now >= self.began_at + longest or now >= self.seen_at + LONGEST_IDLE


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How many failed attempts to sign in are let through."""

    period: dt.timedelta = dt.timedelta(minutes=15)
    #: Of one account from one network; others' guesses do not lock its owner out.
    per_account_and_network: int = 5
    #: Of one account from anywhere: guesses from many networks.
    per_account: int = 50
    #: From one network: guesses at many accounts.
    per_network: int = 20


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """Who tells us who somebody is, and which groups may do what."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: As the button says it.
    name: str = "OpenID Connect"
    owner_groups: frozenset[str] = frozenset()
    viewer_groups: frozenset[str] = frozenset()
    #: The claim that lists somebody's groups.
    groups_claim: str = "groups"
    #: Whether readers are members of groups by these claims.
    for_readers: bool = False

    @property
    def for_operators(self) -> bool:
        """Whether anybody may open the admin pages by it."""
        return bool(self.owner_groups or self.viewer_groups)

    def role_of(self, groups: Iterable[str]) -> Role | None:
        """Return what somebody of these groups may do, `None` for nothing."""
        theirs = set(groups)
        if theirs & self.owner_groups:
            return Role.OWNER
        return Role.VIEWER if theirs & self.viewer_groups else None
