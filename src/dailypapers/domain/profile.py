"""A profile: where somebody's own papers, or their library, are listed; recognised in what they paste."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class ProfileKind(StrEnum):
    """Who lists the papers."""

    ORCID = "orcid"
    OPENALEX = "openalex"
    DBLP = "dblp"
    ZOTERO = "zotero"
    """A public group's library."""
    ZOTERO_USER = "zotero user"
    """Somebody's own library: a public one by its number, any by a key."""


class ProfileState(StrEnum):
    """What has become of a profile."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Profile:
    """One list of papers, by its id there; one that a key opens is its owner's, whatever its id."""

    kind: ProfileKind
    id: str
    #: What opens a library that is not public; kept encrypted, and only until it has been read.
    key: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return OWN_LIBRARY if self.id == BY_KEY else _PAGES[self.kind].format(self.id)


@dataclass(frozen=True, slots=True)
class TakenProfile:
    """A profile of a reader, and what was taken of it."""

    subscriber: int
    profile: Profile
    state: ProfileState
    #: Papers that became example papers, and that are listed there.
    taken: int = 0
    listed: int = 0
    attempts: int = 0


#: The id of a library that a key opens, and the address at which its owner sees it.
BY_KEY, OWN_LIBRARY = "key", "https://www.zotero.org/mylibrary"
_PAGES = {
    ProfileKind.ORCID: "https://orcid.org/{}",
    ProfileKind.OPENALEX: "https://openalex.org/{}",
    ProfileKind.DBLP: "https://dblp.org/pid/{}",
    ProfileKind.ZOTERO: "https://www.zotero.org/groups/{}",
    ProfileKind.ZOTERO_USER: "https://www.zotero.org/users/{}",
}
_ORCID = re.compile(
    r"(?:https?://)?(?:(?:www\.)?orcid\.org/|orcid:\s?)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?", re.IGNORECASE
)
_OPENALEX = re.compile(
    r"(?:https?://(?:api\.)?openalex\.org/(?:authors/|people/)?|openalex:\s?)?(A\d{7,12})/?", re.IGNORECASE
)
_DBLP = re.compile(
    r"(?:https?://dblp\.(?:org|uni-trier\.de|dagstuhl\.de)/pid/|dblp:\s?(?:pid/)?)"
    r"([a-z0-9]{1,4}/[A-Za-z0-9-]{1,60}?)(?:\.\w{2,4})?/?"
)
_ZOTERO = re.compile(
    r"(?:https?://(?:www\.)?zotero\.org/groups/|zotero:\s?groups?[/:]\s?)(\d{1,12})(?:/[^\s]{0,200})?", re.IGNORECASE
)
_ZOTERO_USER = re.compile(
    r"(?:https?://(?:www\.|api\.)?zotero\.org/users/|zotero:\s?users?[/:]\s?)(\d{1,12})(?:/[^\s]{0,200})?",
    re.IGNORECASE,
)
#: Zotero's keys have 24 letters and digits; without the word before it, it could be anything.
_ZOTERO_KEY = re.compile(r"(?i:zotero(?:\s+key)?):?\s?([A-Za-z0-9]{24})")
_LONGEST = 300


def profile_of(text: str) -> Profile | None:
    """Return the profile that a line names and nothing else, by its address or id; `None` where it names none."""
    stripped = text.strip().strip("<>.,;")
    if len(stripped) > _LONGEST:
        return None
    if match := _ZOTERO_KEY.fullmatch(stripped):
        return Profile(ProfileKind.ZOTERO_USER, BY_KEY, match[1])
    for kind, shape, make_id in _SHAPES:
        match = shape.fullmatch(stripped)
        if match and (identifier := make_id(match[1])):
            return Profile(kind, identifier)
    return None


def parted(text: str) -> tuple[tuple[Profile, ...], str]:
    """Return the profiles that lines of a text name, each once, and the text with those lines left empty."""
    lines = [(line, profile_of(line)) for line in text.splitlines()]
    rest = "\n".join("" if profile else line for line, profile in lines)
    return tuple(dict.fromkeys(profile for _, profile in lines if profile)), rest


def _checked_orcid(identifier: str) -> str:
    """Return an ORCID iD whose last character is right (ISO/IEC 7064, MOD 11-2), or nothing."""
    digits, total = identifier.upper().replace("-", ""), 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    result = (12 - total % 11) % 11
    return identifier.upper() if digits[-1] == ("X" if result == 10 else str(result)) else ""  # noqa: PLR2004 - X is ten


_SHAPES: tuple[tuple[ProfileKind, re.Pattern[str], Callable[[str], str]], ...] = (
    (ProfileKind.ORCID, _ORCID, _checked_orcid),
    (ProfileKind.OPENALEX, _OPENALEX, str.upper),
    (ProfileKind.DBLP, _DBLP, str),
    (ProfileKind.ZOTERO, _ZOTERO, str),
    (ProfileKind.ZOTERO_USER, _ZOTERO_USER, str),
)
