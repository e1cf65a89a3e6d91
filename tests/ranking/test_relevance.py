"""Relevance: absolute, so that a day without anything on a topic brings nothing."""

import datetime as dt

import numpy as np
import pytest

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Known, Reader, rank
from dailypapers.ranking.relevance import TRAINED, UNTRAINED, Parts

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
EVEN = 0.5
TITLES = (
    ("Bayesian optimization of telescopes", "We choose where to look."),
    ("Choosing where telescopes look", "An application of Bayesian optimization."),
    ("Optimization of bridges", "Steel and stone."),
    ("A history of bread", "Flour, water and salt."),
)
DAY = [Paper(PaperId("file", str(n)), title, text) for n, (title, text) in enumerate(TITLES)]
EARLIER = [
    Paper(PaperId("file", f"old{n}"), f"{subject} number {n}", "text of a paper")
    for n in range(60)
    for subject in (["Optimization"] if n % 2 else ["Bread"])
]


def relevance(topic: str, day: list[Paper]) -> dict[str, float]:
    matcher = Matcher(build(day, background=fit(EARLIER)))
    matches = matcher.of([Interest(InterestKind.TOPIC, topic)], [], examples={})
    return dict(zip(matcher.features.keys, matches.relevance[0].tolist(), strict=True))


def test_the_whole_topic_is_more_likely_than_not_and_one_common_word_of_it_is_not() -> None:
    title, text, word, nothing = relevance("bayesian optimization", DAY).values()
    assert title > text > EVEN > word >= nothing
    assert nothing == pytest.approx(UNTRAINED.base)


def test_it_is_the_same_whatever_else_a_day_brings() -> None:
    whole, alone = relevance("bayesian optimization", DAY), relevance("bayesian optimization", DAY[2:3])
    assert alone == {"file:2": pytest.approx(whole["file:2"])}


def test_a_day_that_brings_nothing_on_a_topic_gives_no_list() -> None:
    matcher = Matcher(build(DAY, background=fit(EARLIER)))
    readers = [Reader((Interest(InterestKind.TOPIC, text),), threshold=EVEN) for text in ("ricci flow", "bread")]
    silent, fed = rank(matcher, readers, Known(), now=NOW)
    assert silent == ()
    assert [(pick.paper, (pick.relevance or 0) > EVEN) for pick in fed] == [("file:3", True)]


def test_an_amount_makes_nothing_relevant() -> None:
    matcher = Matcher(build(DAY, background=fit(EARLIER)))
    reader = Reader((Interest(InterestKind.TOPIC, "ricci flow"),), about=3, threshold=EVEN)
    assert rank(matcher, [reader], Known(), now=NOW) == [()]


def test_parts_are_weighed_and_the_whole_topic_counts_once_more() -> None:
    text, title = np.array([[1.0, 0.5, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    made = Parts(text, title, latent=np.full((1, 3), 2.0), categories=np.zeros((1, 3)))
    assert made.is_whole.tolist() == [[True, False, False]]
    base = TRAINED.base + 2 * TRAINED.latent
    whole = base + TRAINED.text + TRAINED.title + TRAINED.whole
    assert made.weighed(TRAINED)[0].tolist() == pytest.approx([whole, base + TRAINED.text / 2, base])
