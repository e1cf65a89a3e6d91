"""Time zones: which names the form lists, and settings, commands and files may state."""

from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

#: What a time zone database has beside zones: no place at all, or another one on each machine.
_NO_ZONES = frozenset({"localtime", "Factory", "posixrules"})
#: The same zones once more, the latter with leap seconds, which nothing else here counts.
_COPIES = ("posix/", "right/")


@lru_cache(1024)  # Of what people post, not all is remembered.
def knows_zone(name: str) -> bool:
    """Tell whether this machine knows a time zone: names come and go with the version of its database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return _is_usual(name)


@cache
def zones() -> frozenset[str]:
    """Return every time zone this machine knows, by its name."""
    return frozenset(filter(_is_usual, available_timezones()))


def _is_usual(name: str) -> bool:
    return name not in _NO_ZONES and not name.startswith(_COPIES)
