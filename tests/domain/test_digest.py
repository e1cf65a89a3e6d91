"""A reason in words."""

import pytest

from dailypapers.domain.digest import Reason, Term, TermKind


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("Language Models", "Matches your topic “language models”"),
        ("Language Models, scaling", "Matches your topic “language models”: Language Models, scaling"),
        ("language", "Matches your topic “language models”: language"),
    ],
)
def test_the_words_of_a_topic_are_not_said_twice(found: str, said: str) -> None:
    assert Reason((Term(TermKind.WORDS, found, 1.0, "language models"),)).sentence() == said
