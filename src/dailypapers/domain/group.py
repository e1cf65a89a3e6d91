"""A group of readers: shared topics, members, and what each of them agreed to."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from dailypapers.domain.ballot import ChoiceEntry
from dailypapers.domain.digest import Reason
from dailypapers.domain.group_comment import CommentEntry
from dailypapers.domain.i18n import N_
from dailypapers.domain.paper import NOTHING_SHOWN, Paper, Presentation
from dailypapers.domain.subscriber import Abstracts, Rhythm, Style
from dailypapers.domain.summary import Summary
from dailypapers.domain.text import one_line
from dailypapers.errors import BadInput

#: Characters of a name; members, with those who are invited: each of them is ranked for by itself.
LONGEST_NAME, MOST_MEMBERS = 60, 50
#: Topics of a group, and papers of a digest of it.
MOST_TOPICS, MOST_PAPERS = 20, 10
#: How many groups one reader may be in: each is a mail.
MOST_GROUPS = 10
#: Mail programs make links of what looks like an address, and the name goes to people who have not agreed yet.
_ALLOWED = re.compile(r"(?:[\w '’&,()+–-]|\.(?=\s|$))*")


class Role(StrEnum):
    """What a member may do."""

    ORGANISER = "organiser"
    """Invite and remove others, and change what the group reads."""
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class GroupLook:
    """How a group's emails look, where they do not look as each reader has chosen for their own."""

    #: A language tag such as “de” (RFC 5646); empty for each reader's own.
    language: str = ""
    #: How much of an abstract they show; `None` for as much as each reader's own digest does.
    abstracts: Abstracts | None = None

    def of(self, style: Style) -> Style:
        """Return how a group's emails look to a reader of this style."""
        language, abstracts = self.language or style.language, self.abstracts or style.abstracts
        return replace(style, language=language, abstracts=abstracts)


AS_EACH_READER = GroupLook()


@dataclass(frozen=True, slots=True)
class Group:
    """Readers who read together: what about, and when."""

    id: int
    name: str
    topics: tuple[str, ...]
    rhythm: Rhythm
    next_digest_at: dt.datetime
    #: The newest edition a digest of the group was picked from.
    edition: int | None = None
    #: The weekday on which its ballot closes (Monday is 0), and when the open one does; `None` where it has none.
    ballot_day: int | None = None
    ballot_closes_at: dt.datetime | None = None
    #: Whoever the provider of OpenID Connect says this of is a member; empty where members are invited.
    claim: str = ""
    look: GroupLook = AS_EACH_READER


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member agreed to."""

    #: What the others know them by; empty where they did not say.
    name: str = ""
    #: Whether the name may stand beside picks that are relevant to them.
    shows_name: bool = False
    #: Whether the papers they like and dislike count in what is picked for the group.
    pools_votes: bool = False
    #: Whether the papers they like stand on the group's ballot, without their name.
    nominates: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group, or invited to it."""

    group: int
    subscriber: int
    role: Role
    terms: Terms
    invited_at: dt.datetime
    #: `None`: invited, and no member yet.
    joined_at: dt.datetime | None = None
    #: Whether they are a member for as long as the provider of OpenID Connect says so.
    by_claim: bool = False


@dataclass(frozen=True, slots=True)
class GroupPick:
    """A paper picked for a group, and to which members it is relevant."""

    paper_id: int
    reason: Reason
    subscribers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A pick with all that is shown of it: the names are of members who agreed."""

    paper: Paper
    reason: Reason
    names: tuple[str, ...] = ()
    summary: Summary | None = None
    """What a language model says of it in the language of the mail; `None` where none does."""
    paper_id: int = 0
    """The paper's internal id."""
    presentation: Presentation = NOTHING_SHOWN


@dataclass(frozen=True, slots=True)
class GroupDigest:
    """What a group gets of one edition."""

    group: int
    name: str
    day: dt.date
    entries: tuple[GroupEntry, ...]
    comments: tuple[CommentEntry, ...] = ()
    """What members have said since the digest before."""
    choices: tuple[ChoiceEntry, ...] = ()
    """What was chosen since the digest before."""
    invites_stranger: bool = False
    """Of an invitation: whether it goes to somebody who is not subscribed."""
    look: GroupLook = AS_EACH_READER
    ballot_closes_on: dt.date | None = None
    """Until when members vote, in the group's zone; `None` where there is nothing to vote on."""


def checked_name(text: str) -> str:
    """Return a group's or a member's name on one line. Raises `BadInput` where it is too long or could be a link."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST_NAME or not _ALLOWED.fullmatch(_without_marks(name)):
        raise BadInput(N_("Names can have up to 60 letters, digits, spaces and hyphens."))
    return name


def _without_marks(name: str) -> str:
    """Leave out vowel signs and the like, which many scripts cannot do without."""
    return "".join(c for c in name if not unicodedata.category(c).startswith("M"))


def checked_topics(text: str) -> tuple[str, ...]:
    """Return the topics of a field, one a line. Raises `BadInput` where there is none."""
    topics = tuple(dict.fromkeys(line for line in (one_line(each)[:200] for each in text.splitlines()) if line))
    if not topics:
        raise BadInput(N_("Please enter at least one topic."))
    return topics[:MOST_TOPICS]


def successor(members: Iterable[Member], leaving: int) -> int | None:
    """Return who becomes organiser when somebody leaves: the longest member, where no other organiser stays."""
    staying = [each for each in members if each.subscriber != leaving and each.joined_at is not None]
    if not staying or any(each.role is Role.ORGANISER for each in staying):
        return None
    return min(staying, key=lambda each: (each.joined_at or each.invited_at, each.subscriber)).subscriber
