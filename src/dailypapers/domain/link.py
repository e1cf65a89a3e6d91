"""The addresses a mail may carry. Signing lives in `dailypapers.tokens`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What a signed link is good for; a token for one purpose opens nothing else."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    """See and change what somebody asks for, pause, see what is kept of them."""
    FEEDBACK = "feedback"
    """Vote on one paper."""
    DIGEST = "digest"
    """Read one digest on the web, and no more: it may be passed on."""
    FEED = "feed"
    """Follow one's picks in a feed reader."""
    SAVED = "saved"
    """See the papers one has saved."""
    DATA = "data"
    """Take one's data away, or have it erased."""
    RESUBSCRIBE = "undo"
    """Resume what one has just ended or paused. Its value is in links that were sent, so it stays."""
    REPLY = "reply"
    """Act on one digest by answering it: what an address carries, not a page's."""
    ALERT = "alert"
    """Have papers sent with one's next digest: what an address carries that alerts are forwarded to, not a page's."""
    GROUP = "group"
    """See a group one is in, and what one agreed to there."""
    INVITATION = "invitation"
    """Join a group one is invited to."""
    BALLOT = "ballot"
    """Vote on a group's ballot, and see what it has chosen."""
    LEAVE = "leave"
    """Leave a group, and see nothing of it."""
    ERASE = "erase"
    """Have everything erased, and see nothing of it: given to who has just unsubscribed, or looks at their data."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a link is for: a subscriber's id, and the random value of this one subscription, which ends with it."""

    subscriber_id: int
    #: Empty for whoever subscribed before there were such values.
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says, before anybody has looked whether its bearer is a subscriber still."""

    purpose: Purpose
    subscriber_id: int
    #: What to act on: a paper's or a delivery's internal id, 0 where it is all of the subscriber's.
    about: int = 0
    #: A keyed hash of the bearer's random value.
    mark: str = ""


class Links(NamedTuple):
    """What a digest links to besides its papers."""

    home: str
    unsubscribe: str
    unsubscribe_mailto: str = ""
    preferences: str = ""
    #: The digest as a page.
    web: str = ""
    #: Where to vote; `vote_address` says on which paper, and a vote's name is appended behind a slash.
    feedback: str = ""


#: Parts what is signed from a paper's internal id, in an address to vote; no token holds it.
ABOUT = "~"


def vote_address(feedback: str, paper_id: int) -> str:
    """Return where to vote on one paper; empty where nobody can, or where the paper is in no database."""
    return f"{feedback}{ABOUT}{paper_id}" if feedback and paper_id else ""
