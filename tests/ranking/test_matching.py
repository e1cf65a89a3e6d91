"""What interests make of papers: each in a row of its own, the same whoever else asks, and found out once."""

from dataclasses import replace

import numpy as np
import pytest
from tests.ranking.test_explain import INTERESTS, KNOWN, LEARNED, LIBRARY
from tests.ranking.test_explain import POOL as MADE_UP
from tests.ranking.test_rank import POOL, paper

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.ranking import matching
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.corpus.frequencies import count_texts
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher, Matches

FEATURES = build(POOL)
EXAMPLE = paper(99, "Learning on graphs", "Graph neural networks.", category="stat.ML")
EXAMPLES = {"arxiv:2604.00099": EXAMPLE}
GRAPHS, SPACE = (Interest(InterestKind.TOPIC, text) for text in ("graph neural networks", "state space models"))
LIKED = Interest(InterestKind.PAPER, "arxiv:2604.00099")
TOPICS = [interest for interest in INTERESTS if interest.kind is InterestKind.TOPIC]
#: The fields that hold a row for each interest.
ROWS = (
    "term_cosines", "null_cosines", "latent_vectors", "category_vectors", "centred_embeddings", "raw_embeddings",
    "embedding_cosines", "null_embedding_cosines", "relevance", "participation_ratio",
)  # fmt: skip


def matches(*parts: Interest, facts: tuple[Interest, ...] = ()) -> Matches:
    return Matcher(FEATURES).of(parts, facts, examples=EXAMPLES)


def true_of(kind: InterestKind, text: str) -> set[int]:
    """The numbers of the papers of which a fact is true, from 1."""
    fact = Interest(kind, text, Stance.EXCLUDE)
    return {column + 1 for column in matches(facts=(fact,)).true_of[fact]}


def best(found: Matches, interest: Interest) -> int:
    return int(found.own.term_cosines[found.rows[interest]].argmax()) + 1


def test_each_interest_has_a_row_of_its_own_whatever_the_order_asked_in() -> None:
    found = matches(SPACE, LIKED, GRAPHS, SPACE)
    assert sorted(found.rows.values()) == [0, 1, 2]
    assert [best(found, interest) for interest in (SPACE, GRAPHS)] == [1, 2]
    assert found.own.term_cosines.shape == found.own.relevance.shape == (3, len(POOL))
    assert found.is_topic[[found.rows[SPACE], found.rows[GRAPHS], found.rows[LIKED]]].tolist() == [True, True, False]


def test_nobody_asking_for_anything_is_no_trouble() -> None:
    found = matches()
    assert (found.rows, found.facts, found.true_of) == ({}, {}, {})
    assert found.own.term_cosines.shape == found.held.shape == (0, len(POOL))


def test_without_a_library_a_topic_matches_by_its_own_words_and_as_many_as_a_paper_holds() -> None:
    found = matches(SPACE)
    cosines = FEATURES.term_cosines(FEATURES.vectors([SPACE.text])) * FEATURES.coverage([SPACE.text])
    assert np.allclose(found.own.term_cosines, cosines)
    assert found.own.participation_ratio.tolist() == [1]
    assert found.own.mean_null_cosine.tolist() == [0]


def test_a_paper_matches_by_what_stands_in_it_and_its_relevance_is_its_likeness() -> None:
    found = matches(LIKED)
    assert set(np.argsort(found.own.term_cosines[0])[-2:] + 1) == {2, 4}
    assert not found.own.relevance.any()
    assert not found.own.has_embedding.any()


def test_with_a_library_a_topic_means_what_it_finds_there() -> None:
    topic = TOPICS[0]
    found = LEARNED.of([topic], [], examples={})
    shares = LEARNED.features.background.found([topic.text], count_texts([topic.text]))
    source = found.sources[topic]
    assert source.found.tolist() == shares.indices.tolist()
    assert source.shares.sum() == pytest.approx(1)
    assert np.allclose(found.own.latent_vectors, shares @ LEARNED.features.background.latent_vectors)
    assert found.own.participation_ratio[0] == pytest.approx(float((source.shares**2).sum()), abs=1e-6)
    assert 0 < found.own.participation_ratio[0] < 1
    assert 0 < found.own.mean_null_cosine[0] < found.own.term_cosines.max()


def test_an_interest_matches_alike_whoever_else_asks() -> None:
    liked = [Interest(InterestKind.PAPER, name) for name in KNOWN.examples]
    together = Matcher(LEARNED.features).of([*TOPICS, *liked], [], examples=KNOWN.examples)
    for interest in (TOPICS[1], liked[3]):
        alone = Matcher(LEARNED.features).of([interest], [], examples=KNOWN.examples)
        for name in ROWS:
            assert np.allclose(getattr(alone.own, name)[0], getattr(together.own, name)[together.rows[interest]]), name


def test_a_paper_s_vector_is_compared_with_those_of_papers_and_what_is_usual() -> None:
    chance = np.random.default_rng(4)
    dense, known = (chance.normal(size=(many, 3)) for many in (len(MADE_UP), len(LIBRARY)))
    background = LEARNED.features.background.with_dense(known)
    matcher = Matcher(build(MADE_UP, background=background, dense=dense))
    placed, lost = (Interest(InterestKind.PAPER, name) for name in sorted(KNOWN.examples)[:2])
    vector = np.array([0.6, 0.0, 0.8])
    found = matcher.of([placed, lost, TOPICS[0]], [], examples=KNOWN.examples, vectors={placed.text: vector})
    row = found.rows[placed]
    assert matcher.features.dense is not None
    assert np.allclose(found.own.embedding_cosines[row], matcher.features.dense @ vector, atol=1e-6)
    assert np.allclose(found.own.null_embedding_cosines[row], known[background.sample] @ vector, atol=1e-6)
    assert background.dense_space is not None
    assert np.allclose(found.own.raw_embeddings[row], vector @ background.dense_space.rotation)
    assert np.flatnonzero(found.own.has_embedding).tolist() == [row]


def test_what_was_found_out_once_is_remembered() -> None:
    matcher = Matcher(FEATURES)
    fact = Interest(InterestKind.CATEGORY, "cs", Stance.EXCLUDE)
    first = matcher.of([GRAPHS, LIKED], [fact], examples=EXAMPLES)
    assert len(matcher) == 3
    again = matcher.of([LIKED], [fact], examples={})
    assert np.array_equal(again.own.term_cosines[0], first.own.term_cosines[first.rows[LIKED]])
    assert len(matcher) == 3


def test_when_too_much_is_remembered_it_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MOST_KEPT", 2)
    matcher = Matcher(FEATURES)
    matcher.of([GRAPHS, SPACE], [], examples=EXAMPLES)
    found = matcher.of([LIKED, SPACE], [], examples=EXAMPLES)
    assert len(matcher) == 2
    assert best(found, SPACE) == 1
    assert set(found.sources) == {LIKED, SPACE}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("cs", {1, 2, 6}),
        ("CS.*", {1, 2, 6}),
        ("cs.LG", {1, 2, 6}),
        ("stat.ML", {4}),
        ("cs − cs.LG", set()),
        ("q-bio − stat.ML", {3}),
        ("cs.CY", set()),
    ],
)
def test_a_category_is_true_of_papers_in_it_and_not_in_what_is_taken_away(text: str, numbers: set[int]) -> None:
    assert true_of(InterestKind.CATEGORY, text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"), [("Albert Gu", {1}), ("A. Gu", {1, 6}), ("Gu, Andrew", {6}), ("Xu", set())]
)
def test_an_author_is_true_of_papers_by_who_may_be_the_same_person(text: str, numbers: set[int]) -> None:
    assert true_of(InterestKind.AUTHOR, text) == numbers


def test_a_phrase_must_stand_as_it_is_and_a_paper_is_itself() -> None:
    assert true_of(InterestKind.PHRASE, "graph neural networks") == {2, 4}
    assert true_of(InterestKind.PHRASE, "networks neural graph") == set()
    assert true_of(InterestKind.PAPER, "arxiv:2604.00003") == {3}
    assert true_of(InterestKind.PAPER, "arxiv:2604.00099") == set()


@pytest.mark.parametrize("text", ["GNN", "GNNs", "graph neural networks"])
def test_an_unwanted_phrase_is_met_by_its_acronym_and_a_wanted_one_by_its_words(text: str) -> None:
    learned = replace(fit(POOL), acronyms=Acronyms((Acronym("GNN", "graph neural networks"),)))
    pool = [paper(1, "A graph neural network"), paper(2, "On GNNs"), paper(3, "A neural network")]
    facts = [Interest(InterestKind.PHRASE, text, stance) for stance in (Stance.EXCLUDE, Stance.AVOID, Stance.WANT)]
    found = Matcher(build(pool, background=learned)).of([], facts, examples={})
    said = 0 if text.startswith("graph") else 1
    assert [found.true_of[fact] for fact in facts] == [{0, 1}, {0, 1}, {said}]


def test_an_excluded_topic_is_true_of_papers_about_it_and_not_of_those_that_share_a_word() -> None:
    assert true_of(InterestKind.TOPIC, "graph neural networks") == {2, 4}
    assert true_of(InterestKind.TOPIC, "attention deficit disorder") == set()
    assert true_of(InterestKind.TOPIC, "unheard") == set()


def test_facts_stand_in_rows_of_ones() -> None:
    facts = tuple(Interest(InterestKind.CATEGORY, text) for text in ("stat.ML", "cs.CY", "cs"))
    found = matches(facts=facts)
    rows = found.held.toarray()[[found.facts[fact] for fact in facts]]
    assert rows.tolist() == [[0, 0, 0, 1, 0, 0], [0] * 6, [1, 1, 0, 0, 0, 1]]
