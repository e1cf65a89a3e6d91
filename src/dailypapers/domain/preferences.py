"""Preferences: what a subscriber asks for, how much of it is taken, and what of it a record or a form states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.subscriber import AS_USUAL, Amount, Rhythm, Style

#: Which interests each field of a form or a file states. What is not wanted is stated as a phrase: its words, wherever
#: they stand.
FIELDS = {
    "topics": (InterestKind.TOPIC, Stance.WANT),
    "phrases": (InterestKind.PHRASE, Stance.WANT),
    "categories": (InterestKind.CATEGORY, Stance.WANT),
    "authors": (InterestKind.AUTHOR, Stance.WANT),
    "institutions": (InterestKind.INSTITUTION, Stance.WANT),
    "papers": (InterestKind.PAPER, Stance.WANT),
    "avoid": (InterestKind.PHRASE, Stance.AVOID),
    "exclude": (InterestKind.PHRASE, Stance.EXCLUDE),
}
#: Maximum papers in one digest: a longer mail is clipped by Gmail, and is not read to its end.
MAX_PAPERS = 50
#: Maximum topics of one reader that count: each is a query of its own over all papers, and beyond forty the preview
#: takes longer than a person waits.
MAX_TOPICS = 40
#: Maximum example papers of one reader that count: the centre of more differs from theirs by less than is measured.
MAX_EXAMPLES = 400
#: Maximum entries a form takes of each field; names are looked up, which costs less than matching words.
MAX_OF_FIELD: Mapping[str, int] = {
    "topics": MAX_TOPICS,
    "phrases": 50,
    "avoid": 50,
    "exclude": 50,
    "authors": 200,
    "institutions": 50,
    "categories": 50,
}
#: Maximum topics somebody tries out before subscribing: what strangers type is ranked at once.
MAX_TRIED_TOPICS = 20
#: Maximum characters of one entry; a longer text is no topic, and makes a page that nobody reads.
MAX_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody asks for: which papers, when, how many, and how the mail looks."""

    rhythm: Rhythm
    amount: Amount
    interests: tuple[Interest, ...] = ()
    style: Style = AS_USUAL


@dataclass(frozen=True, slots=True)
class PreferenceChanges:
    """What of somebody's preferences is stated; whatever is not stays as it is."""

    #: By the names of the fields of `Rhythm`, `Amount` and `Style`.
    rhythm: Mapping[str, Any] = field(default_factory=dict)
    amount: Mapping[str, Any] = field(default_factory=dict)
    style: Mapping[str, Any] = field(default_factory=dict)
    #: The interests of each kind and stance that is stated; an empty list states that there are none.
    interests: Mapping[tuple[InterestKind, Stance], tuple[Interest, ...]] = field(default_factory=dict)

    def applied_to(self, preferences: Preferences) -> Preferences:
        """Return the preferences with what is stated in place of what was there."""
        unchanged = (i for i in preferences.interests if (i.kind, i.stance) not in self.interests)
        stated = (interest for interests in self.interests.values() for interest in interests)
        amount = replace(preferences.amount, **self.amount)
        return Preferences(
            replace(preferences.rhythm, **self.rhythm),
            replace(amount, least=min(amount.least, amount.max_papers)),
            tuple(dict.fromkeys([*unchanged, *stated])),
            replace(preferences.style, **self.style),
        )


def interests_in(name: str, interests: Iterable[Interest]) -> tuple[Interest, ...]:
    """Return the interests that a field of this name states."""
    return tuple(i for i in interests if (i.kind, i.stance) == FIELDS[name])
