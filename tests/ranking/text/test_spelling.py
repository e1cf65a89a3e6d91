"""Spelling: the nearest common word of the papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.text.spelling import Vocabulary, distance

TEXTS = ["Bayesian optimisation of federated systems.", "A Bayesian view of Erdős and medical imaging.", "Medical!"]


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("medical", "medcial", 1),
        ("federated", "fedrated", 1),
        ("turbulence", "turbulance", 1),
        ("protein", "protien", 1),
        ("learning", "learning", 0),
        ("attention", "atenttion", 2),
        ("models", "robots", 3),
        ("imaging", "imahing", 1),
        ("segmentation", "segmantation", 1),
        ("leading", "lending", 2),
    ],
)
def test_letters_are_added_left_out_replaced_and_swapped(one: str, other: str, edits: int) -> None:
    assert distance(one, other, most=2) == distance(other, one, most=2) == edits


def test_words_are_those_that_enough_papers_hold_the_most_common_first() -> None:
    assert Vocabulary.of(TEXTS, least=2).words == ("bayesian", "medical")
    assert "erdos" in Vocabulary.of(TEXTS, least=1).words


def test_the_nearest_word_is_suggested_and_of_two_the_more_common() -> None:
    words = Vocabulary(("training", "bayesian", "straining", "optimization", "planing"))
    assert words.nearest("Bayesain") == "bayesian"
    assert words.nearest("trainning") == "training"
    assert words.nearest("optimisazion") == "optimization"


MADE_UP = st.text("abeo", min_size=4, max_size=10).map("a".__add__)


@given(word=MADE_UP, words=st.lists(MADE_UP, max_size=30, unique=True))
def test_no_word_is_left_out_that_a_look_at_each_would_find(word: str, words: list[str]) -> None:
    """Of the nearest the first, or none where one is the word itself."""
    edits = [distance(word, other, most=1 if len(word) < 8 else 2) for other in words]
    near = [other for other, each in zip(words, edits, strict=True) if each == min(edits)] if words else []
    is_near = words and 0 < min(edits) <= (1 if len(word) < 8 else 2)
    assert Vocabulary(tuple(words)).nearest(word) == (near[0] if is_near else "")


@pytest.mark.parametrize(("word", "other"), [("lending", "leading"), ("ageism", "agents"), ("copulas", "copies")])
def test_a_word_is_no_slip_of_another_that_nobody_takes_for_it(word: str, other: str) -> None:
    assert not Vocabulary((other,)).nearest(word)


@pytest.mark.parametrize("word", ["", "mars", "bayesian", "zebrafish", "ayesian", "objekterkennung"])
def test_nothing_is_suggested_for_short_words_known_ones_and_those_far_from_all(word: str) -> None:
    assert not Vocabulary(("bayesian", "cars", "embeddings")).nearest(word)
