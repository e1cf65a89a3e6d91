"""The secret that signs links: read, or made once."""

import os
import secrets
from typing import TYPE_CHECKING

from dailypapers.errors import BadSettings
from dailypapers.settings import Settings

if TYPE_CHECKING:
    pass


def read_secret(settings: Settings) -> bytes:
    """Return the secret that signs links. Raises `BadSettings` without one: making one up would void every link."""
    if settings.secret:
        return settings.secret.get_secret_value().encode()
    file = settings.service.secret_file
    if file and file.exists():
        return file.read_bytes().strip()
    raise BadSettings(
        f"The secret that signs links is missing: create {file} with `dailypapers init`, or set DAILYPAPERS_SECRET."
    )


def make_secret(settings: Settings) -> bool:
    """Make the secret's file, readable by us alone, unless there is one; tells whether it was made."""
    file = settings.service.secret_file
    if settings.secret or file is None or file.exists():
        return False
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as secret:
        secret.write(secrets.token_urlsafe(48) + "\n")
    return True
