"""Profiles: what readers want, said and shown, as subjects that are scored each for itself.

A subject is a weighted mean of what it is made of: a topic in the reader's words, papers they named or liked. Next to
these stand facts that are so or not: phrases, authors, categories.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter

from dailypapers.domain.category import unknown_category
from dailypapers.domain.i18n import N_, NN_, LazyString
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper
from dailypapers.domain.person import is_single_name
from dailypapers.domain.preferences import MAX_EXAMPLES, MAX_TOPICS
from dailypapers.ranking.text.topics import listed
from dailypapers.ranking.text.words import terms

#: What a fact adds to a score. A good match of a subject scores about one, so a followed author comes first and a
#: category alone last: it says where a paper is filed, not what it is about.
FACTS = {InterestKind.PHRASE: 0.6, InterestKind.AUTHOR: 1.0, InterestKind.INSTITUTION: 0.6, InterestKind.CATEGORY: 0.1}
#: What is not wanted takes away so much more than it would add: enough to sink a good match.
AVOIDED = 2.5
#: What is trending counts for readers who named no subject: within their categories, or anywhere.
TRENDING_WEIGHT = 0.5
#: A topic counts as much as so many liked papers beside it.
TOPIC_LIKES = 2.0
#: Disliked papers take this part of their mean away, and only from so many liked ones on; before that they do harm.
DISLIKED, LIKES_FOR_DISLIKES = 0.25, 5
_UNKNOWN = N_("The paper {paper} is not in our library yet, so it cannot be used as an example.")
_WORDLESS = N_("“{topic}” contains no distinctive words. Please use more specific ones.")
_NO_CATEGORY = N_("There is no category {category}. Categories look like cs.LG, or cs for all of computer science.")
_EMPTY = N_("One of your preferences is empty.")
_TOO_MANY = NN_(
    "Only the first {most} topics are used; {count} more is ignored.",
    "Only the first {most} topics are used; {count} more are ignored.",
)
_FOREIGN = N_(
    "“{topic}” contains no Latin letters. Nearly all papers are in English, so please add the topic in English too."
)
_SINGLE_NAME = N_(
    "“{name}” is only one name, so it matches just the papers whose author signs with that name alone. "
    "Please add a first name or an initial, as in “A. {name}”."
)
_LATIN = re.compile(r"[A-Za-z]")
_ORDER = attrgetter("kind", "text", "stance")


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing a reader wants, or with a negative `weight` does not: parts with shares that add up to one or less."""

    parts: tuple[tuple[Interest, float], ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One reader's subjects and facts; negative ones push down."""

    subjects: tuple[Subject, ...]
    facts: tuple[tuple[Interest, float], ...]
    excluded: tuple[Interest, ...]
    trending: float

    @property
    def pulls(self) -> bool:
        """Whether a subject is wanted, so that a paper can be relevant for it."""
        return any(subject.weight > 0 for subject in self.subjects)

    @property
    def empty(self) -> bool:
        """Whether nothing pulls, so that what is trending anywhere may come."""
        return bool(self.trending) and not any(weight > 0 and not _is_single_name(fact) for fact, weight in self.facts)


def profile(
    interests: Sequence[Interest],
    *,
    examples: Mapping[str, Paper],
    liked: Sequence[str] = (),
    disliked: Sequence[str] = (),
) -> Profile:
    """Return what somebody's interests and votes add up to; `liked` and `disliked` are papers' names, oldest first.

    Interests that can do nothing are left out; `warnings` names them.
    """
    _, usable_interests = _usable(interests, examples)
    votes = [_paper(key) for key in liked if key in examples]
    against = [_paper(key) for key in disliked if key in examples]
    facts = tuple((fact, _sign(fact) * FACTS[fact.kind]) for fact in usable_interests if _is_fact(fact))
    subjects = _subjects([i for i in usable_interests if i.kind not in FACTS], votes, against)
    pulls = any(subject.weight > 0 and not all(is_foreign(part) for part, _ in subject.parts) for subject in subjects)
    pulls |= any(weight > 0 and not _is_weak(fact) for fact, weight in facts)
    return Profile(
        subjects=subjects,
        facts=facts,
        excluded=tuple(interest for interest in usable_interests if interest.stance is Stance.EXCLUDE),
        trending=0.0 if pulls else TRENDING_WEIGHT,
    )


def warnings(interests: Sequence[Interest], *, examples: Mapping[str, Paper]) -> tuple[str, ...]:
    """Return which of these interests can do nothing, or little, in words for the reader."""
    trouble_of, usable_interests = _usable(interests, examples)
    return (
        *(trouble for trouble in trouble_of.values() if trouble),
        *filter(None, map(_weakness, usable_interests)),
        *_too_many(trouble_of, usable_interests),
    )


def _usable(
    interests: Sequence[Interest], examples: Mapping[str, Paper]
) -> tuple[Mapping[Interest, str], Sequence[Interest]]:
    """Return what keeps each interest from being used, empty where nothing does; and the interests that are used."""
    trouble_of = {interest: _trouble(interest, examples) for interest in sorted(set(interests), key=_ORDER)}
    return trouble_of, _bounded([interest for interest, trouble in trouble_of.items() if not trouble])


def several(interests: Sequence[Interest]) -> tuple[Interest, ...]:
    """Return interests with each topic by itself: "robots, protein folding" is two topics, and either will do."""
    return tuple(one for interest in interests for one in _several(interest))


def _several(interest: Interest) -> tuple[Interest, ...]:
    texts = listed(interest.text) if interest.kind is InterestKind.TOPIC else ()
    return tuple(replace(interest, text=text) for text in texts) if len(texts) > 1 else (interest,)


def troubles(interests: Sequence[Interest], *, examples: Mapping[str, Paper]) -> dict[Interest, str]:
    """Return what each interest that can do nothing, or little, lacks, in words for the reader, without the others."""
    sentences = {interest: _trouble(interest, examples) or _weakness(interest) for interest in interests}
    return {interest: sentence for interest, sentence in sentences.items() if sentence}


def _weakness(interest: Interest) -> str:
    """Say why an interest that is used can hardly find anything; empty where it can."""
    if _is_single_name(interest):
        return LazyString(_SINGLE_NAME, name=interest.text[:60])
    return LazyString(_FOREIGN, topic=interest.text[:60]) if is_foreign(interest) else ""


def _is_single_name(interest: Interest) -> bool:
    return interest.kind is InterestKind.AUTHOR and is_single_name(interest.text)


def _bounded(interests: Sequence[Interest]) -> list[Interest]:
    topics = [interest for interest in interests if interest.kind is InterestKind.TOPIC][:MAX_TOPICS]
    return [interest for interest in interests if interest.kind is not InterestKind.TOPIC or interest in topics]


def _too_many(usable: Mapping[Interest, str], wanted: Sequence[Interest]) -> tuple[str, ...]:
    left = sum(1 for trouble in usable.values() if not trouble) - len(wanted)
    return (LazyString(_TOO_MANY, most=MAX_TOPICS, count=left),) if left else ()


def _subjects(
    interests: Sequence[Interest], votes: Sequence[Interest], against: Sequence[Interest]
) -> tuple[Subject, ...]:
    """Return every topic as its own subject; papers belong to a single topic, and beside several are one subject."""
    topics = [i for i in interests if i.kind is InterestKind.TOPIC and i.stance is Stance.WANT]
    named = [i for i in interests if i.kind is InterestKind.PAPER and i.stance is Stance.WANT]
    papers = list(dict.fromkeys([*named, *votes]))[-MAX_EXAMPLES:]
    pushed = tuple(Subject(((i, 1.0),), -1.0) for i in interests if i.stance is Stance.AVOID)
    if len(topics) == 1:
        return (Subject(_mean(topics, papers, against)), *pushed)
    own = tuple(Subject(((topic, 1.0),)) for topic in topics)
    return (*own, *((Subject(_mean([], papers, against)),) if papers else ()), *pushed)


def _mean(
    topics: Sequence[Interest], papers: Sequence[Interest], against: Sequence[Interest]
) -> tuple[tuple[Interest, float], ...]:
    total = TOPIC_LIKES * len(topics) + len(papers)
    shares = [(topic, TOPIC_LIKES / total) for topic in topics] + [(paper, 1 / total) for paper in papers]
    if len(papers) >= LIKES_FOR_DISLIKES:
        counted = [interest for interest in dict.fromkeys(against) if interest not in papers][-MAX_EXAMPLES:]
        shares += [(interest, -DISLIKED / len(counted)) for interest in counted]
    return tuple(shares)


def is_foreign(interest: Interest) -> bool:
    """Tell whether it is in a script hardly any paper is in: it is looked for, and what is trending comes as well."""
    text = interest.text
    return interest.kind is InterestKind.TOPIC and any(map(str.isalpha, text)) and not _LATIN.search(text)


def _is_weak(fact: Interest) -> bool:
    """Tell whether a fact alone is too little for a digest, so that what is trending comes as well."""
    return fact.kind is InterestKind.CATEGORY or _is_single_name(fact)


def _is_fact(interest: Interest) -> bool:
    return interest.kind in FACTS and interest.stance is not Stance.EXCLUDE


def _sign(interest: Interest) -> float:
    return -AVOIDED if interest.stance is Stance.AVOID else 1.0


@lru_cache(maxsize=100_000)
def _paper(key: str) -> Interest:
    """Return a paper as an interest, the same one for all readers who voted on it: equal ones are found more slowly."""
    return Interest(InterestKind.PAPER, key)


@lru_cache(maxsize=100_000)
def _says_something(topic: str) -> bool:
    return bool(terms(topic))


def _trouble(interest: Interest, examples: Mapping[str, Paper]) -> str:
    text = interest.text
    if interest.kind is InterestKind.PAPER:
        return "" if text in examples else LazyString(_UNKNOWN, paper=text)
    if interest.kind is InterestKind.TOPIC and not _says_something(text):
        return LazyString(_WORDLESS, topic=text[:60])
    if interest.kind is InterestKind.CATEGORY and (unknown := unknown_category(text)):
        return LazyString(_NO_CATEGORY, category=unknown)
    if not text.strip():
        return LazyString(_EMPTY)
    return ""
