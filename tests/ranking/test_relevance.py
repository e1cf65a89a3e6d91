"""Relevance: absolute, so that a day without anything on a topic brings nothing."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp

from dailypapers.domain.digest import QuietTopic
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.background import Background, fit
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.ranking.features import Coverages, build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Chosen, Known, Reader, choose, rank
from dailypapers.ranking.relevance import ENCODED, MOST_LIKENESS, TRAINED, UNTRAINED, Parts, by_likeness, parts
from dailypapers.ranking.scoring import Scorer

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
    return dict(zip(matcher.features.keys, matches.own.relevance[0].tolist(), strict=True))


def test_the_whole_topic_is_more_likely_than_not_and_one_common_word_of_it_is_not() -> None:
    title, text, word, nothing = relevance("bayesian optimization", DAY).values()
    assert title > text > EVEN > word >= nothing
    assert nothing == pytest.approx(UNTRAINED.base)


def test_words_that_only_frame_a_topic_are_not_required() -> None:
    """No paper holds "interested"."""
    assert relevance("I am interested in bayesian optimization", DAY) == relevance("bayesian optimization", DAY)


def test_a_rare_name_in_a_title_needs_no_general_word_behind_it() -> None:
    titles = ("Proof theory for Łukasiewicz semantics", "Logic, logic and more logic", "Bread, and how to bake it")
    abstracts = ("We study connectives.", "We cite Łukasiewicz.", "Flour.")
    day = [Paper(PaperId("file", str(n)), *text) for n, text in enumerate(zip(titles, abstracts, strict=True))]
    name, cited, nothing = relevance("Lukasiewicz logic", day).values()
    assert name > EVEN
    assert nothing < EVEN
    assert relevance("bread logic", day)["file:2"] < EVEN, "bread is in half of the papers"
    assert relevance("Lukasiewicz bread", day)["file:0"] < EVEN, "bread is not general"
    assert relevance("Lukasiewicz logic", [*day, Paper(PaperId("file", "9"), "Łukasiewicz logic", "")])["file:9"] > name
    assert nothing < cited < EVEN, "its words stand apart"


def test_an_acronym_that_a_topic_explains_and_its_examples_are_not_required() -> None:
    alone = relevance("bayesian optimization", DAY)
    assert relevance("bayesian optimization (BO)", DAY) == alone
    assert relevance("bayesian optimization, e.g. entropy search", DAY) == alone


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
    held = Coverages(text, title, literal=text, near=np.array([[0.5, 1.0, 0.0]]), words=np.array([2.0]))
    made = Parts(held, company=np.full((1, 3), 2.0), categories=np.zeros((1, 3)))
    assert made.is_whole.tolist() == made.has_whole_title.tolist() == [[True, False, False]]
    base = TRAINED.base + 2 * TRAINED.latent
    whole = base + TRAINED.text + TRAINED.title + TRAINED.near / 2 + TRAINED.whole_title
    assert made.weighed(TRAINED)[0].tolist() == pytest.approx([whole, base + TRAINED.text / 2, base])


def test_words_beside_each_other_tell_more_than_the_same_words_apart() -> None:
    apart = Paper(PaperId("file", "apart"), "Cross-fold validation", "Splits are protein-disjoint in each fold of ten.")
    near = Paper(PaperId("file", "near"), "From sequence to shape", "How a protein folds in water, predicted.")
    assert relevance("protein folding", [near])["file:near"] > relevance("protein folding", [apart])["file:apart"]


def test_the_longer_a_topic_is_the_more_its_likeness_decides() -> None:
    shares = by_likeness(np.array([1.0, 2.0, 4.0, 6.0, 12.0, 24.0, 60.0])).tolist()
    assert shares == pytest.approx([0, 0, 0, 1 / 3, 0.5, 0.75, 1])


def test_with_an_encoder_likeness_decides_of_abstracts_alone() -> None:
    shares = by_likeness(np.array([1.0, 7.0, 12.0, 24.0, 60.0]), is_encoded=True).tolist()
    assert shares == pytest.approx([0, 0, 0, 0.5, 1])


def test_an_encoder_s_deviations_are_weighed() -> None:
    nothing = np.zeros((1, 2))
    held = Coverages(nothing, nothing, literal=nothing, near=nothing, words=np.array([2.0]))
    without, with_encoder = Parts(held).weighed(ENCODED), Parts(held, embedding=np.array([[0.0, 4.0]])).weighed(ENCODED)
    assert with_encoder[0, 0] == without[0, 0]
    assert with_encoder[0, 1] == pytest.approx(without[0, 1] + 4 * ENCODED.embedding)


def chosen(*topics: str) -> Chosen:
    matcher = Matcher(build(DAY, background=fit(EARLIER), ids=(1, 2, 3, 4)))
    reader = Reader(tuple(Interest(InterestKind.TOPIC, topic) for topic in topics), threshold=EVEN)
    (made,) = choose(matcher, [reader], Known(), now=NOW)
    return made


WORDS = [f"{one}{other}" for one in ("pix", "grip", "cell", "star") for other in ("ela", "oro", "umi", "ane", "ito")]


def made_up(subject: str, words: list[str], many: int) -> list[Paper]:
    """Papers on a subject, each in eight words of its own kind."""
    chance = random.Random(subject)  # noqa: S311 - made-up papers, the same in every run
    return [
        Paper(PaperId("file", f"{subject} {n}"), subject, f"{subject}: {' '.join(chance.choices(words, k=8))}.")
        for n in range(many)
    ]


@pytest.fixture(scope="module")
def library() -> Background:
    """What a thousand papers of four subjects teach."""
    return fit(
        [
            *made_up("Diffusion models of images", WORDS[:5], 40),
            *made_up("Robotics", WORDS[5:10], 60),
            *made_up("Cells", WORDS[10:15], 450),
            *made_up("Stars", WORDS[15:], 450),
        ]
    )


def test_a_part_of_a_topic_does_not_pass_for_the_topic(library: Background) -> None:
    part = Paper(PaperId("file", "part"), "Diffusion models learn images", f"Diffusion models, {' '.join(WORDS[:5])}.")
    both = Paper(PaperId("file", "both"), "Robotics with diffusion models", f"Grasping, {' '.join(WORDS[:8])}.")
    day = [part, both, *made_up("Cells of today", WORDS[10:15], 10)]
    matcher = Matcher(build(day, background=library))
    reader = Reader((Interest(InterestKind.TOPIC, "diffusion models for robotics"),), threshold=EVEN)
    (picks,) = rank(matcher, [reader], Known(), now=NOW)
    assert [pick.paper for pick in picks] == ["file:both"]


SENTENCE = "how arms of metal could learn to pick up whatever lies around"


class Senses:
    """Looks for robots, in whatever words: such texts lie along the first axis, others along one of the other three."""

    name = "senses"

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = np.full((len(texts), 4), 0.05, np.float32)
        for row, text in zip(rows, texts, strict=True):
            is_robot = text == SENTENCE or "Robotics" in text or "Manipulators" in text
            row[0 if is_robot else 1 + len(text) % 3] = 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def encoded_relevance(library: Background, day: list[Paper], topic: str) -> dict[str, float]:
    chance = np.random.default_rng(0).normal(size=(library.papers, 4))
    background = library.with_dense(chance / np.linalg.norm(chance, axis=1, keepdims=True))
    dense = Senses().encode([paper.title for paper in day]).astype(np.float64)
    matcher = Matcher(build(day, background=background, dense=dense), Senses())
    matches = matcher.of([Interest(InterestKind.TOPIC, topic)], [], examples={})
    return dict(zip(matcher.features.keys, matches.own.relevance[0].tolist(), strict=True))


def test_an_encoder_tells_which_paper_a_sentence_is_about(library: Background) -> None:
    """Both hold a third of its words."""
    day = [
        Paper(PaperId("file", "meant"), "Manipulators", "Arms of metal learn."),
        Paper(PaperId("file", "other"), "Statues", "Arms of metal learn."),
    ]
    meant, other = encoded_relevance(library, day, SENTENCE).values()
    assert meant > other + 0.2


def test_what_a_model_says_does_not_depend_on_how_large_its_cosines_are(library: Background) -> None:
    day = [Paper(PaperId("file", "meant"), "Manipulators", ""), Paper(PaperId("file", "other"), "Statues", "")]
    dense = Senses().encode([paper.title for paper in day]).astype(np.float64)
    features = build(day, background=library, dense=dense)
    asked = Senses().encode([SENTENCE]).astype(np.float64)
    chance = np.random.default_rng(0).normal(size=(library.papers, 4))

    def deviations(shift: float) -> list[float]:
        shifted = replace(features, background=library.with_dense(chance + shift), dense=dense + shift)
        held = shifted.coverages([SENTENCE])
        nothing = np.zeros((1, len(shifted.category_vectors.T)))
        latent = np.zeros((1, shifted.latent_vectors.shape[1]))
        made = parts(shifted, held, latent=latent, categories=nothing, ratio=np.ones(1), vectors=asked)
        assert made.embedding is not None
        return list(made.embedding[0])

    assert deviations(0.7) == pytest.approx(deviations(0))
    assert max(deviations(0)) < 9 + 1e-9


def test_likeness_alone_does_not_carry_a_topic_of_five_words() -> None:
    """However alike a paper is, it adds to a topic's relevance no more than so much of it as is judged by likeness."""
    topic, share = "bayesian optimization of telescopes and bridges at night", by_likeness(np.array([5.0]))[0]
    matcher = Matcher(build(DAY, background=fit(EARLIER)))
    matches = matcher.of([Interest(InterestKind.TOPIC, topic)], [], examples={})
    assert matches.own.by_likeness.tolist() == [pytest.approx(share)]
    scorer = Scorer(matcher.features, matches)
    normalisation = scorer.normalisation(sp.csr_array(np.ones((1, 1))))
    alike = replace(normalisation, terms=normalisation.terms * 1000)
    about = matches.own.relevance[0]
    assert scorer.subjects(alike)[1][0, 0] == pytest.approx(about[0] + share * MOST_LIKENESS)


def test_topics_listed_in_one_line_are_each_served_and_quiet_by_themselves() -> None:
    made = chosen("bread, telescopes, zebrafish")
    (picks,) = made.picks()
    assert {pick.paper for pick in picks} == {"file:0", "file:1", "file:3"}
    assert made.quiet([picks]) == [(QuietTopic("zebrafish", 0),)]


def test_a_title_is_as_relevant_as_what_stands_before_its_colon() -> None:
    wider, narrower = (relevance(topic, DAY) for topic in ("bread", "bread: sourdough"))
    assert narrower["file:3"] == wider["file:3"] > EVEN
    assert relevance("sourdough: bread", DAY)["file:3"] < EVEN


SENTENCE = "choosing where the telescopes of observatories look at night by Bayesian optimization"


def test_a_sentence_is_served_by_papers_that_hold_a_part_of_it_and_is_then_not_quiet() -> None:
    made = chosen(SENTENCE)
    (picks,) = made.picks()
    assert {pick.paper for pick in picks} == {"file:0", "file:1"}
    assert made.quiet([picks]) == [()]


def test_what_shares_one_common_word_is_not_named_as_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dailypapers.ranking.rank.LEAST", 0.0)
    common = [Paper(PaperId("file", str(n)), f"Optimization of {what}", "Models.") for n, what in enumerate("abcdefgh")]
    reader = Reader((Interest(InterestKind.TOPIC, "bread optimization"),), threshold=EVEN)
    for day, nearest_id in ((common, 0), ([*common, replace(DAY[3], id=PaperId("file", "9"))], 9)):
        (made,) = choose(Matcher(build(day, ids=range(1, len(day) + 1))), [reader], Known(), now=NOW)
        assert made.quiet([()]) == [(QuietTopic("bread optimization", nearest_id),)]


def test_a_pasted_abstract_is_like_a_liked_paper() -> None:
    letters = "abcdefghijklmnopqrstuvwxyzabcdefghijkl"
    liked = Paper(
        PaperId("file", "liked"), "Telescopes", " ".join(f"{one}{two}{one}o" for one, two in pairwise(letters))
    )
    similar = replace(liked, id=PaperId("file", "similar"), abstract=liked.abstract[: len(liked.abstract) // 2])
    matcher = Matcher(build([similar, *DAY], background=fit(EARLIER)))
    pasted = Reader((Interest(InterestKind.TOPIC, f"{liked.title}. {liked.abstract}"),))
    (made,) = choose(matcher, [pasted, Reader(liked=("liked",))], Known(examples={"liked": liked}), now=NOW)
    columns = [matcher.features.keys.index(key) for key in ("file:similar", "file:3")]
    of_topic, of_paper = made.relevance[:, columns]
    assert of_topic == pytest.approx(of_paper, rel=0.3)
    assert of_topic[0] > EVEN > of_topic[1]
