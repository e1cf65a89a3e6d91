"""An interest is what it says, and a very long one is stored as far as its beginning."""

from dataclasses import FrozenInstanceError, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.storable import MOST_BYTES

INTERESTS = st.builds(Interest, st.sampled_from(InterestKind), st.text(), st.sampled_from(Stance))


def test_what_is_not_said_otherwise_is_wanted() -> None:
    assert Interest(InterestKind.TOPIC, "graphs") == Interest(InterestKind.TOPIC, "graphs", Stance.WANT)


@given(INTERESTS, INTERESTS)
def test_interests_are_equal_where_all_they_say_is(one: Interest, other: Interest) -> None:
    same = (one.kind, one.text, one.stance) == (other.kind, other.text, other.stance)
    assert (one == other) is same
    assert len({one, other}) == (1 if same else 2)
    assert hash(replace(one)) == hash(one)


def test_interests_of_one_text_are_told_apart_in_a_set() -> None:
    each = {Interest(kind, "graphs", stance) for kind in InterestKind for stance in Stance}
    assert len(each) == len(InterestKind) * len(Stance)


@given(st.lists(INTERESTS), st.randoms())
def test_their_order_never_varies(interests: list[Interest], chance: Random) -> None:
    shuffled = chance.sample(interests, len(interests))
    assert sorted(shuffled) == sorted(interests)


@given(INTERESTS)
def test_what_is_stored_of_an_interest_is_of_its_kind_and_stays_as_it_is(interest: Interest) -> None:
    stored = interest.kept()
    assert (stored.kind, stored.stance) == (interest.kind, interest.stance)
    assert stored.kept() == stored
    if "\0" not in interest.text and len(interest.text.encode()) <= MOST_BYTES:
        assert stored == interest


def test_an_interest_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Interest(InterestKind.TOPIC, "graphs").text = "cells"  # type: ignore[misc]
