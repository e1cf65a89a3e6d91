"""What a form says is read back as it was written, and what cannot be used leaves its field as it was before."""

from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData
from tests.domain.test_preferences import PREFERENCES as ANY_PREFERENCES

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import MAX_CHARACTERS, MAX_EXAMPLES, MAX_PAPERS, Preferences
from dailypapers.domain.subscriber import Abstracts, Amount, OnEmpty, Rhythm, Style
from dailypapers.domain.zone import zones
from dailypapers.web.readers import draft
from dailypapers.web.readers.draft import LONGEST_TEXT, LOOSEST, MOST, STRICTEST, Draft, meant, written

USUAL = 0.3
BEFORE = Preferences(
    Rhythm("Europe/Berlin", 9, frozenset({1, 3})),
    Amount(7, 5, 2, 0.45, explore=True, on_empty=OnEmpty.TRENDING),
    (
        Interest(InterestKind.TOPIC, "graphs"),
        Interest(InterestKind.PHRASE, "survey", Stance.AVOID),
        Interest(InterestKind.CATEGORY, "cs.LG"),
        Interest(InterestKind.CATEGORY, "econ.XX"),
        Interest(InterestKind.PAPER, "arxiv:2408.01234"),
        Interest(InterestKind.CATEGORY, "cs.CY", Stance.EXCLUDE),
    ),
    Style(text_only=True, abstracts=Abstracts.NONE),
)


def troubles(**changed: object) -> Mapping[str, str]:
    """What is wrong with the form once these fields are changed; what stands there counts as before."""
    result = meant(replace(written(BEFORE, usual=USUAL), **changed), BEFORE, usual=USUAL)  # type: ignore[arg-type]
    return result.troubles


def test_what_is_typed_is_composed() -> None:
    form = FormData(
        [("topic", "Scho\u0308n bosons"), ("phrases", "u\u0308ber\u200b x"), ("authors", "Ko\u0308nig, A.")]
    )
    result = meant(draft.read(form), BEFORE, usual=USUAL)
    texts = {interest.text for interest in result.preferences.interests}
    assert {"Sch\u00f6n bosons", "\u00fcber x", "K\u00f6nig, A."} <= texts


@given(ANY_PREFERENCES)
def test_a_form_that_nobody_touched_says_what_it_was_made_from(preferences: Preferences) -> None:
    result = meant(written(preferences, usual=USUAL), preferences, usual=USUAL)
    assert result.troubles == {}
    assert (result.preferences.rhythm, result.preferences.amount) == (preferences.rhythm, preferences.amount)
    assert result.preferences.style == preferences.style
    assert set(result.preferences.interests) == set(preferences.interests)


def test_every_kind_of_preference_survives_the_form() -> None:
    result = meant(written(BEFORE, usual=USUAL), BEFORE, usual=USUAL)
    assert replace(result.preferences, interests=()) == replace(BEFORE, interests=())
    assert set(result.preferences.interests) == set(BEFORE.interests)


@pytest.mark.parametrize(
    ("changed", "trouble"),
    [
        ({"zone": "Mars/Base"}, {"zone": "zone"}),
        ({"zone": "localtime"}, {"zone": "zone"}),
        ({"hour": "24"}, {"hour": "hour"}),
        ({"hour": "-1"}, {"hour": "hour"}),
        ({"hour": "٧"}, {"hour": "hour"}),
        ({"days": "chosen", "chosen": frozenset()}, {"days": "days"}),
        ({"days": "weekly", "weekday": "7"}, {"days": "days"}),
        ({"days": "sometimes"}, {"days": "days"}),
        ({"most": "0"}, {"most": "number"}),
        ({"most": str(MAX_PAPERS + 1)}, {"most": "number"}),
        ({"about": "many"}, {"about": "number"}),
        ({"least": "8"}, {"least": "least"}),
        ({"least": "x"}, {"least": "number"}),
        ({"relevance": str(STRICTEST + 1)}, {"relevance": "relevance"}),
        ({"relevance": ""}, {"relevance": "relevance"}),
        ({"topics": tuple(f"topic {n}" for n in range(MOST["topics"] + 1))}, {"topics": "many"}),
        ({"authors": "x" * (MAX_CHARACTERS + 1)}, {"authors": "long"}),
        ({"avoid": "\n".join(map(str, range(MOST["avoid"] + 1)))}, {"avoid": "many"}),
    ],
)
def test_what_cannot_be_used_is_named_and_leaves_its_field_as_it_was(
    changed: dict[str, object], trouble: dict[str, str]
) -> None:
    assert troubles(**changed) == trouble
    result = meant(replace(written(BEFORE, usual=USUAL), **changed), BEFORE, usual=USUAL)  # type: ignore[arg-type]
    assert replace(result.preferences, interests=()) == replace(BEFORE, interests=())
    assert set(result.preferences.interests) == set(BEFORE.interests)


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ({"days": "daily"}, set(range(7))),
        ({"days": "weekdays"}, set(range(5))),
        ({"days": "weekly", "weekday": "4"}, {4}),
        ({"days": "chosen", "chosen": frozenset("056")}, {0, 5, 6}),
        ({"days": "chosen", "chosen": frozenset({"0", "x", "9"})}, {0}),
    ],
)
def test_days_are_those_of_the_choice_that_is_made(changed: dict[str, object], days: set[int]) -> None:
    result = meant(replace(written(BEFORE, usual=USUAL), **changed), BEFORE, usual=USUAL)  # type: ignore[arg-type]
    assert result.preferences.rhythm.days == days


@given(st.floats(0.01, 0.99))
def test_a_slider_that_is_not_moved_loses_nothing_finer_than_its_steps(relevance: float) -> None:
    before = replace(BEFORE, amount=replace(BEFORE.amount, relevance=relevance))
    form = written(before, usual=USUAL)
    assert LOOSEST <= int(form.relevance) <= STRICTEST
    assert meant(form, before, usual=USUAL).preferences.amount.relevance == relevance
    moved = replace(form, relevance="50" if form.relevance != "50" else "55")
    assert meant(moved, before, usual=USUAL).preferences.amount.relevance == int(moved.relevance) / 100


def test_who_states_no_relevance_goes_on_stating_none() -> None:
    before = replace(BEFORE, amount=replace(BEFORE.amount, relevance=None))
    assert meant(written(before, usual=USUAL), before, usual=USUAL).preferences.amount.relevance is None


def test_example_papers_stay_while_they_are_ticked_and_pasted_ones_are_added_once() -> None:
    form = written(BEFORE, usual=USUAL)
    pasted = ("arxiv:1901.00001", "arxiv:2408.01234", "arxiv:1901.00001")
    papers = [i.text for i in meant(form, BEFORE, usual=USUAL, examples=pasted).preferences.interests if _is_paper(i)]
    assert papers == ["arxiv:2408.01234", "arxiv:1901.00001"]
    none = meant(replace(form, papers=()), BEFORE, usual=USUAL).preferences.interests
    assert not any(map(_is_paper, none))


def _is_paper(interest: Interest) -> bool:
    return interest.kind is InterestKind.PAPER


def test_a_paper_nobody_had_before_is_not_slipped_in_as_a_ticked_one() -> None:
    form = replace(written(BEFORE, usual=USUAL), papers=("arxiv:6666.66666",))
    assert not any(map(_is_paper, meant(form, BEFORE, usual=USUAL).preferences.interests))


def test_of_too_many_examples_the_first_are_taken() -> None:
    pasted = [f"arxiv:{n:04d}.00000" for n in range(MAX_EXAMPLES + 5)]
    result = meant(written(BEFORE, usual=USUAL), BEFORE, usual=USUAL, examples=pasted)
    assert result.troubles == {"references": "many"}
    assert sum(map(_is_paper, result.preferences.interests)) == MAX_EXAMPLES


def test_what_comes_on_an_empty_day_is_one_of_two_or_as_before() -> None:
    form = written(BEFORE, usual=USUAL)
    chosen = {
        value: meant(replace(form, on_empty=value), BEFORE, usual=USUAL).preferences.amount.on_empty
        for value in ("silent", "trending", "both", "")
    }
    assert chosen == {"silent": OnEmpty.SILENT, "trending": OnEmpty.TRENDING} | dict.fromkeys(
        ("both", ""), OnEmpty.TRENDING
    )


def test_preferences_without_a_field_stay_while_they_are_ticked() -> None:
    form = written(BEFORE, usual=USUAL)
    assert form.rest == ("category exclude cs.CY",)
    unticked = meant(replace(form, rest=("category exclude cs.XX",)), BEFORE, usual=USUAL).preferences.interests
    assert set(BEFORE.interests) - set(unticked) == {Interest(InterestKind.CATEGORY, "cs.CY", Stance.EXCLUDE)}


def test_a_fingerprint_tells_any_change_and_no_order() -> None:
    assert draft.fingerprint(replace(BEFORE, interests=BEFORE.interests[::-1])) == draft.fingerprint(BEFORE)
    others = [
        replace(BEFORE, rhythm=Rhythm("UTC", 9, frozenset({1, 3}))),
        replace(BEFORE, amount=replace(BEFORE.amount, explore=False)),
        replace(BEFORE, style=Style()),
        replace(BEFORE, interests=BEFORE.interests[1:]),
    ]
    assert len({draft.fingerprint(each) for each in [BEFORE, *others]}) == len(others) + 1


def test_a_form_comes_back_as_it_was_written_but_for_what_nobody_sees() -> None:
    form = FormData(
        [
            ("topic", "  graph \n networks "),
            ("topic", " "),
            ("authors", "Ann\r\nBo\u202e\0"),
            ("category", "cs.LG"),
            ("category", "nonsense"),
            ("hour", " 7 "),
            ("zone", "x" * 999),
            ("explore", "1"),
            ("nobody knows", "this"),
        ]
    )
    read = draft.read(form)
    assert (read.topics, read.authors) == (("graph networks",), "Ann\nBo")
    assert read.categories == {"cs.LG"}
    assert (read.hour, len(read.zone), read.explore, read.text_only) == ("7", MAX_CHARACTERS, True, False)


def test_an_empty_form_is_an_empty_draft_and_a_long_one_is_bounded() -> None:
    assert draft.read(FormData()) == Draft()
    assert len(draft.read(FormData({"references": "x" * (LONGEST_TEXT + 9)})).references) == LONGEST_TEXT


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Draft)]), st.text(max_size=20)))
def test_whatever_is_posted_the_preferences_it_means_can_be_stored(values: dict[str, str]) -> None:
    result = meant(draft.read(FormData(values)), BEFORE, usual=USUAL)
    assert result.preferences.rhythm.zone in zones()
    assert 1 <= result.preferences.amount.least <= MAX_PAPERS
    assert all(
        interest.text.strip() and len(interest.text) <= MAX_CHARACTERS for interest in result.preferences.interests
    )


def test_every_region_of_the_list_has_zones() -> None:
    assert all(set(named) <= zones() and named == tuple(sorted(named)) for _, named in draft.regions())
