"""How values are written: as JSON, with a version, and moments."""

import datetime as dt
import hashlib
import json
from typing import Any


def written(body: Any) -> bytes:
    """Write a value as JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def etag_of(body: Any) -> str:
    """Return the version of what is answered (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(written(body)).hexdigest()[:32]}"'


def moment(value: dt.datetime | None) -> str | None:
    """Write a moment (RFC 3339), in UTC, to the second."""
    return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
