"""Connecting a tool: its key is encrypted, and tried in the background; nobody is shown it again."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.i18n import N_
from dailypapers.domain.tool import ToolKind
from dailypapers.encryption import encrypt
from dailypapers.errors import BadInput
from dailypapers.store import tools
from dailypapers.tools.notion import database_id

_SHORTEST_KEY, _LONGEST_KEY = 8, 400
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def purpose_of(kind: ToolKind) -> str:
    """Return what a tool's key is encrypted for."""
    return f"reader.tool.{kind}"


def connect(
    tx: sa.Connection,
    secret: bytes,
    subscriber_id: int,
    kind: ToolKind,
    *,
    key: str,
    target: str = "",
    with_older: bool = False,
    now: dt.datetime,
) -> None:
    """Store a reader's key for a tool; `with_older` sends what they have saved before as well.

    `target` is the database of Notion, its id or its address. Raises `BadInput` with a sentence for its reader, which
    does not repeat the key.
    """
    stripped = key.strip()
    if not (_SHORTEST_KEY <= len(stripped) <= _LONGEST_KEY and stripped.isascii() and stripped.isprintable()):
        raise BadInput(N_("This is not a key. Please copy the whole key from the other service."))
    if any(character.isspace() for character in stripped):
        raise BadInput(N_("This is not a key. Please copy the whole key from the other service."))
    database = database_id(target) if kind is ToolKind.NOTION else ""
    if kind is ToolKind.NOTION and not database:
        raise BadInput(N_("This is not the address of a Notion database. Please copy its link from Notion."))
    stored = encrypt(secret, stripped, purpose=purpose_of(kind), owner=subscriber_id)
    since = _BEGINNING if with_older else now
    tools.connect(tx, subscriber_id, kind, key=stored, target=database, saved_from=since, now=now)
