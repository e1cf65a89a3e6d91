"""A reader's tool: a reference manager or a notebook elsewhere, to which what they save is sent."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class ToolKind(StrEnum):
    """Where papers can be sent."""

    ZOTERO = "zotero"
    READWISE = "readwise"
    NOTION = "notion"


TOOL_NAMES = {ToolKind.ZOTERO: "Zotero", ToolKind.READWISE: "Readwise Reader", ToolKind.NOTION: "Notion"}


class ToolState(StrEnum):
    """Whether papers are sent to a tool."""

    NEW = "new"
    """Its key has not been tried yet."""
    ON = "on"
    OFF = "off"
    """It was refused; its reader has been told."""


class Refusal(StrEnum):
    """Why a tool was switched off."""

    KEY = "key"
    """Its key is wrong, or has been revoked."""
    PERMISSION = "permission"
    """Its key may not write."""
    TARGET = "target"
    """What is to be written to is not there, or the key may not see it."""
    SECRET = "secret"  # noqa: S105 - a reason, not a secret
    """Its key was encrypted with another secret than the service has now."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One reader's account elsewhere."""

    subscriber: int
    kind: ToolKind
    state: ToolState
    #: Encrypted.
    key: str = field(repr=False)
    #: What is written to: a library's or a database's id.
    target: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """A saved paper on its way to a tool."""

    tool: Tool
    paper_id: int
    attempts: int = 0


class Sent(StrEnum):
    """What became of one try."""

    SAVED = "saved"
    EXISTS = "exists"
    """It was there already."""
    LATER = "later"
    """It may work another time."""
    IMPOSSIBLE = "impossible"
    """This paper is not taken, however often it is sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool answered; a refusal is a value."""

    sent: Sent
    detail: str = ""
    """What it said, without anything of the key."""
    retry_after: float | None = None
    """The seconds it asks us to wait."""
    refusal: Refusal | None = None
    """Why nothing more is to be sent to it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of trying a key: what is to be written to, or why it is refused; neither where nobody answered."""

    target: str = ""
    refusal: Refusal | None = None


#: Tries of one paper; with the pauses between them some two days.
MOST_ATTEMPTS = 10
FIRST_RETRY, LONGEST_RETRY = dt.timedelta(minutes=5), dt.timedelta(hours=12)


def retry_at(attempts: int, retry_after: float | None, now: dt.datetime) -> dt.datetime | None:
    """Return when to try again after so many tries: 5 min · 2^(attempts-1), and not before the tool wants it.

    `None` once it is given up.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = min(FIRST_RETRY * int(2 ** (attempts - 1)), LONGEST_RETRY)
    return now + max(pause, dt.timedelta(seconds=min(retry_after or 0.0, LONGEST_RETRY.total_seconds())))
