"""What the forms of groups say: what a group reads, and what a member agrees to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from dailypapers.domain.group import GroupLook, Terms, checked_name
from dailypapers.domain.i18n import N_
from dailypapers.domain.subscriber import Abstracts
from dailypapers.errors import BadInput


@dataclass(frozen=True, slots=True)
class TermsForm:
    """What a member agrees to, as it was filled in."""

    member: Annotated[str, Form()] = ""
    shows_name: Annotated[str, Form()] = ""
    pools_votes: Annotated[str, Form()] = ""
    nominates: Annotated[str, Form()] = ""

    @property
    def as_typed(self) -> Terms:
        """What is shown again where something was wrong."""
        return Terms(self.member[:200], bool(self.shows_name), bool(self.pools_votes), bool(self.nominates))

    def terms(self) -> Terms:
        """Return the terms. Raises `BadInput` where a name is to be shown and there is none, or none we take."""
        name = checked_name(self.member)
        if self.shows_name and not name:
            raise BadInput(N_("Please enter the name to show, or don’t show one."))
        return Terms(name, bool(self.shows_name), bool(self.pools_votes), bool(self.nominates))


@dataclass(frozen=True, slots=True)
class ReadingForm:
    """What a group reads, as it was filled in."""

    group: Annotated[str, Form()] = ""
    topics: Annotated[str, Form()] = ""
    days: Annotated[str, Form()] = "daily"
    ballot: Annotated[str, Form()] = ""
    language: Annotated[str, Form()] = ""
    abstracts: Annotated[str, Form()] = ""

    def look(self, languages: Collection[str]) -> GroupLook:
        """Return how the group's emails look: as each reader has it, where nothing is chosen that is offered."""
        abstracts = Abstracts(self.abstracts) if self.abstracts in set(Abstracts) else None
        return GroupLook(self.language if self.language in languages else "", abstracts)

    @property
    def ballot_day(self) -> int | None:
        """Return the weekday on which the group votes, `None` where it does not."""
        return int(self.ballot) if self.ballot in set("0123456") else None

    def name(self) -> str:
        """Return the group's name. Raises `BadInput` where there is none, or none we take."""
        name = checked_name(self.group)
        if not name:
            raise BadInput(N_("Please give the group a name."))
        return name
