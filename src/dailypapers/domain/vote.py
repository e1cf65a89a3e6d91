"""Votes: what a reader made of a paper."""

from dataclasses import dataclass
from enum import StrEnum


class Vote(StrEnum):
    """One reader's word on one paper; a saved paper is also a liked one."""

    LIKE = "like"
    DISLIKE = "dislike"
    SAVE = "save"

    @property
    def is_for(self) -> bool:
        """Whether it asks for more of the kind."""
        return self is not Vote.DISLIKE


@dataclass(frozen=True, slots=True)
class Votes:
    """One reader's votes: papers' ids, oldest first."""

    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
