"""Hints: misspelt, unknown and vague topics."""

from dataclasses import replace

import numpy as np
import pytest

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.background import LEAST_PAPERS, fit
from dailypapers.ranking.corpus.serialization import pack_background, unpack_background
from dailypapers.ranking.features import Features, build
from dailypapers.ranking.hints import hints

SUBJECTS = ("Bayesian optimization", "medical imaging", "protein folding", "reinforcement learning")


def paper(n: int) -> Paper:
    subject = SUBJECTS[n % len(SUBJECTS)]
    return Paper(PaperId("file", str(n)), f"On {subject}", f"Learning in the {n}th model of {subject}.")


DAY = [paper(n) for n in range(8)]


@pytest.fixture(scope="module")
def learned() -> Features:
    background = unpack_background(pack_background(fit([paper(n) for n in range(100, 100 + LEAST_PAPERS)])))
    return build(DAY, background=background)


@pytest.mark.parametrize("is_learned", [True, False])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bayesain optimization", "bayesian optimization"),
        ("Protien folding", "Protein folding"),
        ("medcial imgaing", "medical imaging"),
        ("reinforcment-learning", "reinforcement-learning"),
    ],
)
def test_a_misspelt_topic_is_suggested_as_papers_write_it(
    learned: Features, written: str, meant: str, *, is_learned: bool
) -> None:
    (hint,) = hints(learned if is_learned else build(DAY), [written])
    assert (hint.topic, hint.instead) == (written, meant)
    assert hint.sentence() == f"Nothing matches “{written}” exactly. Did you mean “{meant}”?"


def test_a_suggestion_is_on_at_least_one_paper(learned: Features) -> None:
    (hint,) = hints(learned, ["bayesain folding"])
    assert not hint.instead
    assert "“bayesain”" in hint.sentence()


def test_words_of_another_language_are_named(learned: Features) -> None:
    (hint,) = hints(learned, ["apprentissage par renforcement"])
    assert not hint.instead
    assert hint.sentence().startswith("No paper in our library contains “apprentissage, par, renforcement”.")


def test_a_topic_of_one_common_word_is_named_with_its_share(learned: Features) -> None:
    (hint,) = hints(learned, ["learning"])
    assert hint.sentence().startswith("100% of all papers contain “learning”.")


def test_a_long_word_is_taken_for_one_of_few_papers_and_a_short_one_is_not() -> None:
    rare = [Paper(PaperId("file", f"r{n}"), "Cybersecurity and mambas", "") for n in range(6)]
    features = build(DAY, background=fit([*rare, *(paper(n) for n in range(100, 100 + LEAST_PAPERS))]))
    assert [hint.instead for hint in hints(features, ["cybersecurty", "manbas"])] == ["cybersecurity", ""]


def test_who_writes_a_sentence_is_told_that_few_words_find_more(learned: Features) -> None:
    sentence = "medical models of imaging and protein folding for reinforcement learning"
    (hint,) = hints(learned, [sentence])
    assert (
        hint.sentence() == f"Few papers contain all words of “{sentence[:60]}”. Two to four specific words find more."
    )
    assert hints(learned, ["I am interested in models 104"]) == ()
    assert hints(replace(learned, dense=np.zeros((len(DAY), 1))), [sentence]) == ()


def test_nothing_is_said_of_topics_that_papers_hold(learned: Features) -> None:
    assert hints(learned, ["models 104", "imaging 105"]) == ()
    assert hints(build(DAY), ["learning"]) == ()


def test_a_background_packed_by_an_older_version_has_no_words(learned: Features) -> None:
    assert learned.background.vocabulary.words[0] == "learning"
    assert unpack_background(pack_background(fit(DAY))).vocabulary.words == ()
