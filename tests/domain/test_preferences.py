"""What is stated takes the place of what was there, and what is not stated stays."""

import datetime as dt
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import (
    FIELDS,
    MAX_OF_FIELD,
    MAX_TOPICS,
    PreferenceChanges,
    Preferences,
    interests_in,
)
from dailypapers.domain.subscriber import Abstracts, Amount, OnEmpty, Rhythm, Style

_INTERESTS = st.builds(Interest, st.sampled_from(InterestKind), st.sampled_from("abc"), st.sampled_from(Stance))
_MOST = st.integers(1, 50)
_AMOUNTS = _MOST.flatmap(
    lambda most: st.builds(
        Amount,
        st.just(most),
        st.none() | _MOST,
        st.integers(1, most),
        explore=st.booleans(),
        on_empty=st.sampled_from(OnEmpty),
    )
)
PREFERENCES = st.builds(
    Preferences,
    st.builds(Rhythm, st.sampled_from(["UTC", "Asia/Tokyo"]), st.integers(0, 23)),
    _AMOUNTS,
    st.lists(_INTERESTS, max_size=6, unique=True).map(tuple),
    st.builds(Style, st.booleans(), st.sampled_from(Abstracts)),
)


@given(PREFERENCES)
def test_nothing_stated_changes_nothing(preferences: Preferences) -> None:
    assert PreferenceChanges().applied_to(preferences) == preferences


@given(PREFERENCES, PREFERENCES)
def test_everything_stated_replaces_everything(before: Preferences, stated: Preferences) -> None:
    changes = PreferenceChanges(
        asdict(stated.rhythm),
        asdict(stated.amount),
        asdict(stated.style),
        {
            (kind, stance): tuple(i for i in stated.interests if (i.kind, i.stance) == (kind, stance))
            for kind in InterestKind
            for stance in Stance
        },
    )
    after = changes.applied_to(before)
    assert (after.rhythm, after.amount, after.style) == (stated.rhythm, stated.amount, stated.style)
    assert set(after.interests) == set(stated.interests)
    assert changes.applied_to(after) == after


@given(PREFERENCES, st.sampled_from(sorted(FIELDS)))
def test_stating_one_field_leaves_the_others_as_they_were(before: Preferences, name: str) -> None:
    kind, stance = FIELDS[name]
    new = Interest(kind, "something new", stance)
    after = PreferenceChanges(interests={FIELDS[name]: (new, new)}).applied_to(before)
    assert interests_in(name, after.interests) == (new,)
    for other in FIELDS.keys() - {name}:
        assert interests_in(other, after.interests) == interests_in(other, before.interests)
    assert PreferenceChanges(interests={FIELDS[name]: ()}).applied_to(after).interests == tuple(
        interest for interest in before.interests if (interest.kind, interest.stance) != FIELDS[name]
    )


def test_no_more_papers_are_asked_for_as_the_least_than_fit_into_a_digest() -> None:
    before = Preferences(Rhythm(), Amount(10, least=6))
    assert PreferenceChanges(amount={"max_papers": 4}).applied_to(before).amount == Amount(4, least=4)


def test_a_field_that_does_not_exist_is_not_taken() -> None:
    with pytest.raises(TypeError):
        PreferenceChanges(rhythm={"minute": dt.time()}).applied_to(Preferences(Rhythm(), Amount()))


def test_each_interest_is_stated_by_one_field_at_most() -> None:
    assert len(set(FIELDS.values())) == len(FIELDS)
    assert MAX_OF_FIELD.keys() <= FIELDS.keys()
    assert MAX_OF_FIELD["topics"] == MAX_TOPICS
