"""A reason in words."""

import pytest

from dailypapers.domain.digest import Entry, Reason, Term, TermKind
from dailypapers.domain.paper import Paper, PaperId, Signals


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


TALKED_ABOUT = Term(TermKind.TRENDING, "214 upvotes", 0.5)


@pytest.mark.parametrize(
    ("terms", "left"),
    [
        ((TALKED_ABOUT,), 0),
        ((Term(TermKind.CATEGORY, "cs.LG", 1.0), TALKED_ABOUT), 0),
        ((Term(TermKind.CATEGORY, "cs.LG", 9.0), TALKED_ABOUT), 214),
        ((), 214),
    ],
    ids=["told", "told beside", "too weak to be told", "no reason"],
)
def test_upvotes_are_told_once(terms: tuple[Term, ...], left: int) -> None:
    paper = Paper(PaperId("arxiv", "2312.00752"), "Mamba")
    assert Entry(paper, Reason(terms), signals=Signals(upvotes=214)).upvotes == left
