"""A phrase is held by a text that has its words next to each other, however they are written."""

import pytest

from dailypapers.ranking.text.phrases import Phrasebook

MEET = [
    ("data set", "A large dataset."),
    ("datasets", "Two data sets."),
    ("health care", "Healthcare is"),
    ("healthcare", "of health-care workers"),
    ("self-supervised", "A self supervised model"),
    ("selfsupervised learning", "self-supervised learning"),
    ("dwarf galaxies", "one dwarf galaxy"),
    ("protein folding", "How proteins fold: protein folds"),
    ("T cell", "exhausted T-cells"),
    ("GPT-4", "we ask GPT4"),
    ("GPT4", "we ask GPT-4"),
    ("alpha-synuclein", "α-synuclein aggregates"),
    ("re-ranking", "Reranking of"),
    ("reranking", "re-ranking"),
    ("Alzheimer’s disease", "Alzheimer's diseases"),
    ("C++", "in C++."),
    ("机器学习", "基于机器学习的方法"),
    ("state of the art", "the state-of-the-art"),
]  # fmt: skip
DIFFER = [
    ("island", "there is land"),
    ("is land", "an island"),
    ("cat", "at °C at night"),
    ("C++", "in C."),
    ("GPT-4", "GPT-3"),
    ("T cell", "a cell"),
    ("data set", "a set of data"),
    ("news", "a new"),
    ("105", "10 5"),
    ("", "anything"),
    ("…", "anything"),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "text"), MEET)
def test_a_phrase_is_held(phrase: str, text: str) -> None:
    assert Phrasebook(["nothing", text]).holding(phrase) == [1]


@pytest.mark.parametrize(("phrase", "text"), DIFFER)
def test_a_phrase_is_not_held(phrase: str, text: str) -> None:
    assert Phrasebook([text]).holding(phrase) == []
