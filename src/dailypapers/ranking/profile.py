"""Profiles: what readers want, as rows that are scored once however many readers share them.

A million readers name far fewer different interests than they are; so each different interest is one row of values
over all papers (`score`), and a profile is the weights a reader gives to those rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper
from dailypapers.ranking.words import terms

#: What an interest that matches fully adds to a score. A topic's match is seldom above one half, so a followed author
#: comes first and a category alone last: it says where a paper is filed, not what it is about.
WEIGHTS = {
    InterestKind.TOPIC: 1.0,
    InterestKind.PHRASE: 0.5,
    InterestKind.AUTHOR: 1.0,
    InterestKind.PAPER: 1.0,
    InterestKind.CATEGORY: 0.1,
}
#: What is trending counts for readers who named no subject: within their categories, or anywhere.
TRENDING_WEIGHT = 0.5
#: What says what a paper is to be about; who names none of these gets what is trending, in their categories if any.
SUBJECTS = frozenset({InterestKind.TOPIC, InterestKind.PHRASE, InterestKind.AUTHOR, InterestKind.PAPER})


@dataclass(frozen=True, slots=True)
class Profile:
    """One reader's interests with their weights; negative ones push down."""

    weights: tuple[tuple[Interest, float], ...]
    excluded: frozenset[Interest]
    trending: float
    warnings: tuple[str, ...] = ()


def profile(interests: Sequence[Interest], *, examples: Mapping[str, Paper]) -> Profile:
    """What somebody's interests add up to.

    Interests that can do nothing are left out and named in `warnings`, in words for the reader.
    """
    usable: dict[Interest, str] = {interest: _trouble(interest, examples) for interest in sorted(set(interests))}
    wanted = [interest for interest, trouble in usable.items() if not trouble]
    pulling = [interest for interest in wanted if interest.stance is Stance.WANT]
    papers = sum(1 for interest in pulling if interest.kind is InterestKind.PAPER)
    weights = tuple(
        (interest, _weight(interest, papers)) for interest in wanted if interest.stance is not Stance.EXCLUDE
    )
    subject = any(interest.kind in SUBJECTS for interest in pulling)
    return Profile(
        weights=weights,
        excluded=frozenset(interest for interest in wanted if interest.stance is Stance.EXCLUDE),
        trending=0.0 if subject else TRENDING_WEIGHT,
        warnings=tuple(trouble for trouble in usable.values() if trouble),
    )


def _weight(interest: Interest, papers: int) -> float:
    """Example papers share one weight, so that together they are the mean of their likenesses."""
    weight = WEIGHTS[interest.kind]
    if interest.stance is Stance.AVOID:
        return -weight
    return weight / papers if interest.kind is InterestKind.PAPER else weight


def _trouble(interest: Interest, examples: Mapping[str, Paper]) -> str:
    text = interest.text
    if interest.kind is InterestKind.PAPER:
        return "" if text in examples else f"We do not know the paper {text} (yet), so it cannot lead us to others."
    if interest.kind is InterestKind.TOPIC and not terms(text):
        return f"“{text[:60]}” holds no word that tells papers apart; please name the subject itself."
    if not text.strip():
        return "One interest is empty."
    return ""
