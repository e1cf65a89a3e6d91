"""What the ranking sees of papers does not depend on their order, and is what stands in them."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from tests.ranking.test_rank import POOL, paper

from dailypapers.ranking import features
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms
from dailypapers.ranking.corpus.background import LatentSpace, fit
from dailypapers.ranking.corpus.frequencies import columns_of, count
from dailypapers.ranking.features import build
from dailypapers.ranking.text.spelling import Vocabulary


def test_papers_are_ordered_by_id_with_all_that_comes_with_them() -> None:
    turned = POOL[::-1]
    features = build(turned, counts=count(turned), dense=np.arange(12.0).reshape(6, 2), ids=[6, 5, 4, 3, 2, 1])
    assert features.papers == POOL
    assert features.ids == (1, 2, 3, 4, 5, 6)
    assert features.dense is not None
    assert features.dense[0].tolist() == [10, 11]
    assert float(abs(features.counts - count(POOL)).sum()) == 0
    assert build(POOL).ids == (0,) * 6


def test_coverage_is_the_part_of_a_text_s_words_that_a_paper_holds() -> None:
    features = build([paper(1, "network zebrafish"), paper(2, "network cells"), paper(3, "weather")])
    whole, part, none = features.coverage(["network zebrafish"])[0]
    assert (whole, none) == (pytest.approx(1), 0)
    assert 0 < part < 0.5, "the word that more papers hold counts less"
    assert not features.coverage(["the of"]).any()


LEARNED = replace(
    fit([paper(9, "weather")]),
    acronyms=Acronyms((Acronym("LLM", "large language models"), Acronym("GNN", "graph neural networks"))),
)


@pytest.mark.parametrize("topic", ["LLM", "large language models", "Large language model (LLM)"])
def test_an_acronym_meets_what_it_stands_for_both_ways(topic: str) -> None:
    titles = ["LLMs that plan", "Large Language Models that plan", "A large language model"]
    papers = [paper(n, title) for n, title in enumerate([*titles, "Language models", "Weather"], 1)]
    held = build(papers, background=LEARNED).coverages([topic])
    text, title = held.text, held.title
    assert (held.near[0, :3] > 0.6).all()
    assert text[0, :3].tolist() == title[0, :3].tolist() == pytest.approx([1, 1, 1])
    assert (text[0, 3:] < 0.9).all()


def test_an_acronym_meets_nothing_where_a_paper_means_something_else_by_it_or_its_words_stand_apart() -> None:
    papers = [
        paper(1, "LLM in gardens", "Late leaf mildew (LLM) is a disease."),
        paper(2, "Large models", "Models of a language."),
    ]
    features = build(papers, background=LEARNED)
    assert features.coverage(["large language models"])[0, 0] == 0
    assert features.coverage(["LLM"])[0].tolist() == pytest.approx([1, 0])
    spelled_out = build([paper(1, "A large language model")], background=LEARNED)
    assert spelled_out.coverage(["LLM"]).tolist() == [[1]]
    assert spelled_out.coverages(["LLM"]).literal.tolist() == [[0]]


def test_two_letters_in_a_name_are_no_acronym_and_an_acronym_with_something_behind_it_is() -> None:
    known = replace(LEARNED, acronyms=Acronyms((Acronym("RS", "remote sensing"), Acronym("LLM", "language models"))))
    papers = [
        paper(1, "Ada-RS: how a model samples"),
        paper(2, "RS-based maps"),
        paper(3, "Ada-RS for RS"),
        paper(4, "A Video-LLM"),
    ]
    features = build(papers, background=known)
    assert features.coverage(["remote sensing"])[0].tolist() == pytest.approx([0, 1, 1, 0])
    assert features.coverage(["language models"])[0, 3] == pytest.approx(1)
    assert features.coverage(["RS"])[0].tolist() == pytest.approx([1, 1, 1, 0]), "its own words are there"


def test_without_a_background_a_paper_is_read_by_its_own_definition() -> None:
    papers = [
        paper(1, "SSMs at length", "We study state space models (SSMs)."),
        paper(2, "SSMs of shape", "Statistical shape models (SSMs)."),
    ]
    title = build(papers).coverages(["state space models"]).title[0]
    assert title[0] == pytest.approx(1)
    assert title[1] < 0.5


def test_a_cosine_is_one_with_the_text_itself_and_zero_without_a_common_word() -> None:
    features = build([paper(1, "graph networks"), paper(2, "weather")])
    assert features.term_cosines(features.vectors(["graph networks"]))[0].tolist() == pytest.approx([1, 0])


def test_a_category_and_its_archive_hold_a_paper_in_any_case() -> None:
    by_category = build(POOL).by_category
    assert by_category["cs"] == by_category["cs.lg"] == {0, 1, 5}
    assert by_category["stat.ml"] == {3}
    systems = build([replace(paper(1, "A title"), categories=("eess.SY",))]).by_category
    assert systems["cs.sy"] == systems["cs"] == systems["eess.sy"] == {0}


def test_of_near_duplicates_all_are_in_the_cluster_of_the_first() -> None:
    twins = [paper(n, "Graph networks for cells", "All about graph networks for cells.") for n in (1, 3)]
    clusters = build([*twins, paper(2, "Weather and wind")]).clusters
    assert clusters.tolist() == [0, 1, 0]
    assert build([]).clusters.tolist() == []


def test_words_of_the_same_root_and_company_meet() -> None:
    """Of robots and of robotic arms the same is said; a universe is no university, and a name means its own words."""
    words = {"robot": [1.0, 0, 0], "robotic": [0.8, 0.6, 0], "university": [0, 1, 0], "universe": [0, 0.5, 0.9]}
    columns = columns_of(words)
    rows = np.array([*words.values()], np.float32)[np.argsort(columns)]
    latent = LatentSpace(np.sort(columns), np.ones(4), rows, np.zeros(3), np.eye(3), np.ones(3), np.zeros((0, 3)))
    learned = replace(fit([]), latent=latent, vocabulary=Vocabulary(("robots", "robotic", "universities", "universe")))
    titles = ("Robotic hands", "Robots", "Universities", "A universe")
    features = build([paper(n, title) for n, title in enumerate(titles)], background=learned)
    covered = features.coverage(["robots", "universe", "Robotic Someone", "robotic"])
    assert covered.tolist() == [[1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [1, 1, 0, 0]]
    assert not features.background.kin("unheard")


def test_cosines_with_feedback_are_the_same_whether_they_are_kept_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    library = fit(POOL)
    feedback = sp.csr_array(np.eye(3, len(POOL)) * 0.5 + np.eye(3, len(POOL), 1) * 0.5)
    feedback = sp.csr_array(feedback[[0, 1, 0]])
    today = build([POOL[1], POOL[3]], background=library)
    kept, again = today.feedback_cosines(feedback), today.feedback_cosines(feedback[[1]])
    monkeypatch.setattr(features, "_MOST_KEPT", 0)
    made = build(today.papers, background=library).feedback_cosines(feedback)
    assert kept.max() > 0.4
    assert (kept[0] == kept[2]).all()
    assert (kept[1] == again[0]).all()
    assert np.allclose(kept, made, atol=1e-6)
    assert made.dtype == kept.dtype == np.float32
