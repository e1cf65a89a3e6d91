"""A draft: the preferences as they stand in the form, and what they say; pure.

Whatever is written comes back as it was written. What cannot be used is named by its field, and there the
preferences stay as they were before.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from starlette.datastructures import FormData

from dailypapers.domain.category import TREE
from dailypapers.domain.i18n import LANGUAGE_TAG, N_
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import FIELDS, MAX_CHARACTERS, MAX_EXAMPLES, MAX_OF_FIELD, MAX_PAPERS, Preferences
from dailypapers.domain.subscriber import EVERY_DAY, Abstracts, Amount, OnEmpty, Rhythm
from dailypapers.domain.text import printable_lines
from dailypapers.domain.zone import knows_zone, zones
from dailypapers.references.read import split as split_references
from dailypapers.web.readers.preview import tidy

#: Categories that stand in no list have a field of their own in the form.
MOST = {**MAX_OF_FIELD, "others": MAX_OF_FIELD["categories"]}
#: Nobody pastes more; a library is uploaded as a file.
LONGEST_TEXT = 200_000
#: The slider's ends in hundredths: a paper is shown from this probability on that it matters.
LOOSEST, STRICTEST = 10, 90
_CODES = {code.casefold(): code for branch in TREE for code in (branch.code, *(code for code, _ in branch.leaves))}
_WEEKDAYS = frozenset(range(5))
_TEXTS = ("phrases", "avoid", "exclude", "authors", "institutions")


@dataclass(frozen=True, slots=True)
class Draft:
    """The form's fields, as they are shown and as they come back."""

    topics: tuple[str, ...] = ()
    #: One entry on each line.
    phrases: str = ""
    avoid: str = ""
    exclude: str = ""
    authors: str = ""
    institutions: str = ""
    others: str = ""
    """Categories that stand in no list."""
    categories: frozenset[str] = frozenset()
    #: Example papers that stay, and what was pasted to be added.
    papers: tuple[str, ...] = ()
    references: str = ""
    #: Preferences that have no field of their own, and stay while they are ticked.
    rest: tuple[str, ...] = ()
    zone: str = ""
    hour: str = ""
    #: daily, weekdays, weekly, chosen.
    days: str = ""
    weekday: str = ""
    chosen: frozenset[str] = frozenset()
    most: str = ""
    about: str = ""
    least: str = ""
    relevance: str = ""
    explore: bool = False
    #: silent, trending.
    on_empty: str = ""
    text_only: bool = False
    abstracts: str = ""
    language: str = ""
    figures: bool = False
    #: What the preferences were when the form was made.
    seen: str = ""


def written(preferences: Preferences, *, usual: float) -> Draft:
    """Return the form as these preferences fill it in; `usual` is the relevance of readers who state none."""
    texts = {name: list(_texts(preferences.interests, *which)) for name, which in FIELDS.items()}
    codes = [_CODES[text.casefold()] for text in texts["categories"] if text.casefold() in _CODES]
    days = preferences.rhythm.days
    amount = preferences.amount
    return Draft(
        topics=tuple(texts["topics"]),
        **{name: "\n".join(texts[name]) for name in _TEXTS},
        others="\n".join(text for text in texts["categories"] if text.casefold() not in _CODES),
        categories=frozenset(codes),
        papers=tuple(texts["papers"]),
        rest=tuple(mark(interest) for interest in rest_of(preferences.interests)),
        zone=preferences.rhythm.zone,
        hour=str(preferences.rhythm.hour),
        days=_kind(days),
        weekday=str(min(days)),
        chosen=frozenset(map(str, days)),
        most=str(amount.max_papers),
        about=str(amount.about or ""),
        least=str(amount.least),
        relevance=str(_percent(usual if amount.relevance is None else amount.relevance)),
        explore=amount.explore,
        on_empty=amount.on_empty.value,
        text_only=preferences.style.text_only,
        abstracts=preferences.style.abstracts.value,
        language=preferences.style.language,
        figures=preferences.style.figures,
        seen=fingerprint(preferences),
    )


def _texts(interests: Iterable[Interest], kind: InterestKind, stance: Stance) -> Iterator[str]:
    return (i.text for i in interests if (i.kind, i.stance) == (kind, stance))


def rest_of(interests: Iterable[Interest]) -> tuple[Interest, ...]:
    """Return the interests that have no field of their own."""
    return tuple(i for i in interests if (i.kind, i.stance) not in FIELDS.values())


def mark(interest: Interest) -> str:
    """Return how a form names such an interest."""
    return f"{interest.kind} {interest.stance} {interest.text}"


def _kind(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return "daily"
    if days == _WEEKDAYS:
        return "weekdays"
    return "weekly" if len(days) == 1 else "chosen"


def _percent(relevance: float) -> int:
    return min(max(round(20 * relevance) * 5, LOOSEST), STRICTEST)


def fingerprint(preferences: Preferences) -> str:
    """Return what tells preferences apart: whether somebody else changed them since the form was made."""
    rhythm = (preferences.rhythm.zone, preferences.rhythm.hour, sorted(preferences.rhythm.days))
    stated_parts = (rhythm, preferences.amount, preferences.style, sorted(set(preferences.interests)))
    return hashlib.sha256(repr(stated_parts).encode()).hexdigest()[:16]


def read(form: FormData) -> Draft:
    """Return the form as it came back, bounded but otherwise as it was written."""

    def many(name: str) -> tuple[str, ...]:
        return tuple(_plain(value) for value in form.getlist(name) if isinstance(value, str))

    def one(name: str) -> str:
        return next(iter(many(name)), "")

    # People paste their papers where they are asked for topics.
    topics = [split_references(text) for text in many("topic")]
    pasted = [references for _, references in topics if references]
    return Draft(
        topics=tuple(" ".join(topic.split()).rstrip(",; ") for topic, _ in topics if topic.strip(",; \n")),
        **{name: one(name) for name in (*_TEXTS, "others")},
        references="\n".join(filter(None, (one("references"), *pasted))),
        categories=frozenset(code for code in many("category") if code.casefold() in _CODES),
        papers=many("paper"),
        rest=many("rest"),
        chosen=frozenset(many("chosen")),
        **{name: one(name).strip()[:MAX_CHARACTERS] for name in _SHORT},
        explore=bool(one("explore")),
        text_only=bool(one("text_only")),
        figures=bool(one("figures")),
    )


_SHORT = (
    *("zone", "hour", "days", "weekday", "most", "about", "least", "relevance", "on_empty", "abstracts", "language"),
    "seen",
)


def _plain(text: str) -> str:
    return printable_lines(text[:LONGEST_TEXT])


@dataclass(frozen=True, slots=True)
class Meant:
    """What a draft says, and by field in a word what of it cannot be used."""

    preferences: Preferences
    troubles: dict[str, str]


def meant(draft: Draft, before: Preferences, *, usual: float, examples: Iterable[str] = ()) -> Meant:
    """Return what a draft says; `examples` are the papers that were pasted, by their ids.

    Where a field is bad, `before` stands.
    """
    troubles: dict[str, str] = {}
    rhythm = _rhythm(draft, before.rhythm, troubles)
    amount = _amount(draft, before.amount, usual, troubles)
    style = replace(before.style, text_only=draft.text_only, figures=draft.figures)
    if not draft.language or LANGUAGE_TAG.fullmatch(draft.language):
        style = replace(style, language=draft.language)
    if draft.abstracts in set(Abstracts):
        style = replace(style, abstracts=Abstracts(draft.abstracts))
    interests = tuple(_interests(draft, before, tuple(examples), troubles))
    return Meant(Preferences(rhythm, amount, interests, style), troubles)


def _rhythm(draft: Draft, before: Rhythm, troubles: dict[str, str]) -> Rhythm:
    unknown_zone = troubles_of_zone(draft.zone)
    zone, hour, days = before.zone if unknown_zone else draft.zone, _number(draft.hour, 0, 23), _days(draft)
    troubles.update(unknown_zone)
    if hour is None:
        troubles["hour"] = "hour"
    if not days:
        troubles["days"] = "days"
    return Rhythm(zone, before.hour if hour is None else hour, days or before.days)


def troubles_of_zone(zone: str) -> dict[str, str]:
    """Return the trouble with a time zone that this machine does not know; none with one that it does."""
    return {} if knows_zone(zone) else {"zone": "zone"}


def _days(draft: Draft) -> frozenset[int]:
    named = {"daily": EVERY_DAY, "weekdays": _WEEKDAYS}
    if draft.days in named:
        return named[draft.days]
    weekdays = {"weekly": {draft.weekday}, "chosen": draft.chosen}.get(draft.days, ())
    numbers = (_number(day, 0, 6) for day in weekdays)
    return frozenset(day for day in numbers if day is not None)


def _amount(draft: Draft, before: Amount, usual: float, troubles: dict[str, str]) -> Amount:
    most, least = _number(draft.most, 1, MAX_PAPERS), _number(draft.least or "1", 1, MAX_PAPERS)
    about = _number(draft.about, 1, MAX_PAPERS) if draft.about else None
    relevance = _number(draft.relevance, LOOSEST, STRICTEST)
    if most is None:
        troubles["most"] = "number"
    if draft.about and about is None:
        troubles["about"] = "number"
        about = before.about
    if least is None or least > (most or MAX_PAPERS):
        troubles["least"] = "number" if least is None else "least"
        least = before.least
    if relevance is None:
        troubles["relevance"] = "relevance"
    relevance_wanted = before.relevance if relevance is None else relevance / 100
    if relevance == _percent(usual if before.relevance is None else before.relevance):
        # Where the slider has not been moved, nothing finer than its steps is lost.
        relevance_wanted = before.relevance
    on_empty = OnEmpty(draft.on_empty) if draft.on_empty in set(OnEmpty) else before.on_empty
    return Amount(most or before.max_papers, about, least, relevance_wanted, draft.explore, on_empty)


def _number(text: str, least: int, most: int) -> int | None:
    """Read a number within bounds; `None` where there is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 5):  # noqa: PLR2004 - no number here is longer
        return None
    return int(text) if least <= int(text) <= most else None


def _interests(
    draft: Draft, before: Preferences, examples: tuple[str, ...], troubles: dict[str, str]
) -> Iterator[Interest]:
    for name in ("topics", *_TEXTS):
        lines = draft.topics if name == "topics" else getattr(draft, name).split("\n")
        yield from _stated(name, lines, before, troubles)
    for code in sorted(draft.categories):
        yield Interest(InterestKind.CATEGORY, _CODES[code.casefold()])
    yield from _stated("others", draft.others.split("\n"), before, troubles)
    example_papers = [paper for paper in _texts(before.interests, *FIELDS["papers"]) if paper in draft.papers]
    named = tuple(dict.fromkeys([*example_papers, *examples]))
    if len(named) > MAX_EXAMPLES:
        troubles["references"] = "many"
    for paper in named[:MAX_EXAMPLES]:
        yield Interest(InterestKind.PAPER, paper)
    yield from (interest for interest in rest_of(before.interests) if mark(interest) in draft.rest)


def _stated(name: str, lines: Iterable[str], before: Preferences, troubles: dict[str, str]) -> Iterator[Interest]:
    """Yield each line as an interest; where there are too many or too long ones, those from before."""
    kind, stance = FIELDS[name if name in FIELDS else "categories"]
    plain = [line for line in (" ".join(line.split()) for line in lines) if line]
    if len(set(plain)) > MOST[name] or any(len(line) > MAX_CHARACTERS for line in plain):
        troubles[name] = "many" if len(set(plain)) > MOST[name] else "long"
        yield from (i for i in before.interests if (i.kind, i.stance) == (kind, stance))
        return
    for text in tidy(plain, most=MOST[name], longest=MAX_CHARACTERS):
        yield Interest(kind, text, stance)


@cache
def regions() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the time zones people live in, by region, for a list to choose from."""
    zones_by_region: dict[str, list[str]] = {}
    for zone in sorted(zones()):
        region, slash, _ = zone.partition("/")
        if slash and region in _REGIONS:
            zones_by_region.setdefault(region, []).append(zone)
    return tuple((region, tuple(named)) for region, named in zones_by_region.items())


_REGIONS = {
    N_("Africa"), N_("America"), N_("Antarctica"), N_("Asia"), N_("Atlantic"), N_("Australia"), N_("Europe"),
    N_("Indian"), N_("Pacific"),
}  # fmt: skip
