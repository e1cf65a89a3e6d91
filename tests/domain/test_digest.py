"""A reason in words."""

from collections.abc import Iterable

import pytest

from dailypapers.domain.digest import Entry, Reason, Term, TermKind
from dailypapers.domain.i18n import untranslated
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


class _Chinese:
    """Leaves sentences as they are, and separates words as Chinese does."""

    number = staticmethod(str)

    def __call__(self, message: str | tuple[str, str], count: int = 1) -> str:
        return untranslated(message, count)

    def enumeration(self, items: Iterable[str]) -> str:
        return "、".join(items)


def test_the_words_that_match_are_separated_as_the_language_does() -> None:
    matching, by = Term(TermKind.WORDS, "scaling, models", 2.0, "growth"), Term(TermKind.AUTHOR, "Lee, Ann", 1.0)
    said = Reason((matching, by)).sentence(_Chinese())
    assert said == "Matches your topic “growth”: scaling、models · by Lee, Ann, whom you follow"


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
