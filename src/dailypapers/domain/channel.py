"""Channels: where a reader's digests are posted to beside the mail; which service an address belongs to."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from dailypapers.domain.i18n import N_, LazyString


class ChannelKind(StrEnum):
    """Which service a channel belongs to, and so what it is posted."""

    SLACK = "slack"
    TEAMS = "teams"
    DISCORD = "discord"
    MATRIX = "matrix"
    JSON = "json"
    """Any program that takes JSON."""

    @property
    def label(self) -> str:
        """Its name, as its makers write it."""
        return _LABELS[self]


_LABELS = {
    ChannelKind.SLACK: "Slack",
    ChannelKind.TEAMS: "Microsoft Teams",
    ChannelKind.DISCORD: "Discord",
    ChannelKind.MATRIX: "Matrix",
    ChannelKind.JSON: "JSON",
}
#: Characters of an address; those of Teams have several hundred.
LONGEST_URL = 2_000
_SERVICES = (
    (ChannelKind.SLACK, re.compile(r"hooks\.slack(-gov)?\.com/(services|workflows|triggers)/.+")),
    (ChannelKind.DISCORD, re.compile(r"(ptb\.|canary\.)?discord(app)?\.com/api/(v\d+/)?webhooks/\d+/.+")),
    (
        ChannelKind.TEAMS,
        re.compile(r"[\w.-]+\.(logic\.azure\.(com|us)|webhook\.office\.com|api\.powerplatform\.com)(:443)?/.+"),
    ),
    (ChannelKind.MATRIX, re.compile(r"[^/]+/_matrix/client/(v3|r0)/rooms/[^/]+/send/m\.room\.message")),
)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where one reader's digests are posted to as well."""

    subscriber_id: int
    kind: ChannelKind
    encrypted_url: str = field(repr=False)
    created_at: datetime
    disabled_at: datetime | None = None
    """When it was switched off because the service says that it is gone."""


def switched_off(kind: ChannelKind) -> LazyString:
    """Return what a reader is told whose channel is gone."""
    return LazyString(_SWITCHED_OFF, service=kind.label)


def is_switched_off(note: str) -> bool:
    """Return whether a note of a digest is about a channel, and so about none of the reader's topics."""
    return isinstance(note, LazyString) and note.pattern == _SWITCHED_OFF


_SWITCHED_OFF = N_(
    "Your digest is no longer posted to {service}: the address you gave us was removed there or refuses us. You can "
    "set a new one in your preferences."
)


def kind_of(url: str, *, allow_local: bool = False) -> ChannelKind | None:
    """Return which service a web address belongs to; `None` where nothing may be posted to it.

    Only encrypted addresses on the usual port are posted to, because readers say where; `allow_local` allows all.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    is_usual = parts.scheme == "https" and port in {None, 443}
    is_local = allow_local and parts.scheme in {"http", "https"}
    if not is_plain or not parts.hostname or parts.username or not (is_usual or is_local):
        return None
    where = f"{parts.netloc.lower()}{parts.path}"
    return next((kind for kind, pattern in _SERVICES if pattern.fullmatch(where)), ChannelKind.JSON)


def is_gone(kind: ChannelKind, status: int) -> bool:
    """Return whether an answer says that nothing can be posted to a channel any more."""
    return status in _GONE | _REFUSED.get(kind, set())


#: A webhook that was removed or revoked: its token or its room is there no longer.
_GONE = {404, 410}
#: Slack: the app was removed or its posts are forbidden. Matrix: the token was revoked, or its user left the room.
_REFUSED = {ChannelKind.SLACK: {403}, ChannelKind.MATRIX: {401, 403}}
