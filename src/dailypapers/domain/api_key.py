"""A key of the API: which program asks, and what it may do."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

#: Requests a minute that a key gets unless its owner says otherwise: ten a second.
PER_MINUTE = 600


class Scope(StrEnum):
    """What a key may do: look at one kind of thing, or change it."""

    SUBSCRIBERS_READ = "subscribers:read"
    SUBSCRIBERS_WRITE = "subscribers:write"
    SUBSCRIBERS_ADMIT = "subscribers:admit"
    """Subscribe people without asking them to confirm: whoever has it vouches for their consent."""
    INTERESTS_READ = "interests:read"
    INTERESTS_WRITE = "interests:write"
    EDITIONS_READ = "editions:read"
    DIGESTS_READ = "digests:read"
    DELIVERIES_READ = "deliveries:read"
    SUPPRESSIONS_READ = "suppressions:read"
    SUPPRESSIONS_WRITE = "suppressions:write"
    SOURCES_READ = "sources:read"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key. What is sent is known to its owner alone; here is its hash, and a prefix to recognise it by."""

    id: int
    name: str
    prefix: str
    key_hash: str = field(repr=False)
    scopes: frozenset[Scope]
    per_minute: int
    created_at: dt.datetime
    #: From then on it is refused; `None` for never.
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None
    #: The last day on which it was used.
    last_used_on: dt.date | None = None

    def has_expired(self, now: dt.datetime) -> bool:
        """Return whether its time is over."""
        return self.expires_at is not None and now >= self.expires_at

    def is_live(self, now: dt.datetime) -> bool:
        """Return whether requests with it are answered."""
        return self.revoked_at is None and not self.has_expired(now)

    @property
    def actor(self) -> str:
        """Who made a change, as the audit log says it."""
        return f"API key {self.name} ({self.prefix})"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a key's requests in the present minute."""

    limit: int
    remaining: int
    #: Seconds until there are `limit` again, 1 at least.
    reset: int
    is_exceeded: bool = False


def allowance(key: ApiKey, used: int, *, now: dt.datetime) -> Allowance:
    """Return what a key has left after `used` requests in this minute, the present one among them."""
    reset = max(math.ceil(60 - now.second - now.microsecond / 1e6), 1)
    return Allowance(key.per_minute, max(key.per_minute - used, 0), reset, used > key.per_minute)


def scopes_in_words(scopes: Iterable[Scope]) -> list[str]:
    """Return scopes as they are written, in the order of their list."""
    chosen = set(scopes)
    return [scope.value for scope in Scope if scope in chosen]
