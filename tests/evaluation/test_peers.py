"""The peers rank by their own formulas, and who is unknown to them gets nothing first."""

import numpy as np
import pytest
from tests.evaluation.test_methods import Counting, methods, papers

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.evaluation import peers
from dailypapers.evaluation.protocol import Evidence, Method


def paper(name: str, text: str) -> Paper:
    return Paper(PaperId("file", name), text, "")


def topic(text: str) -> Evidence:
    return Evidence((Interest(InterestKind.TOPIC, text),))


@pytest.mark.parametrize("method", methods()[2:], ids=lambda method: method.name)
def test_of_whom_nothing_is_known_every_paper_scores_nothing(method: Method) -> None:
    rows = method.day(papers(6, 2))([Evidence(), topic("galaxy star"), Evidence()])
    assert rows.shape == (3, 6)
    assert not rows[[0, 2]].any()
    assert rows[1].any()


def test_tf_idf_is_the_mean_cosine_with_each_thing_known() -> None:
    pool = [paper("a", "robin"), paper("b", "pulsar")]
    scores = peers.TfIdf(papers(30, 1)).day(pool)
    robin, pulsar, both = scores([topic("robin"), topic("pulsar"), Evidence(topic("robin").interests, (pool[1],))])
    assert robin.tolist() == pytest.approx([1, 0])
    assert both.tolist() == pytest.approx(((robin + pulsar) / 2).tolist())


def test_bm25_counts_a_word_of_the_query_as_often_as_it_stands_there() -> None:
    scores = peers.Bm25(papers(30, 1)).day([paper("a", "robin"), paper("b", "robin pulsar"), paper("c", "loaf")])
    once, twice = scores([topic("robin"), topic("robin robin")])
    assert twice.tolist() == pytest.approx((2 * once).tolist())
    assert once[0] > once[1] > once[2] == 0, "a longer text counts less"


def test_the_newest_like_weighs_most_in_zotero_s_formula() -> None:
    robin, pulsar = paper("a", "robin here"), paper("b", "pulsar here")
    scores = peers.Zotero(Counting()).day([robin, pulsar])
    (row,) = scores([Evidence((), (pulsar, robin))])
    second = 1 / (1 + np.log10(2))
    assert row.tolist() == pytest.approx([1 / (1 + second), second / (1 + second)])


def test_a_topic_stands_before_all_likes_in_zotero_s_formula() -> None:
    robin, pulsar = paper("a", "robin here"), paper("b", "pulsar here")
    (row,) = peers.Zotero(Counting()).day([robin, pulsar])([Evidence(topic("pulsar").interests, (robin,))])
    assert row[1] > row[0]


def test_the_svm_s_negatives_are_the_same_in_every_run_whatever_order_papers_come_in() -> None:
    background = papers(40, 1)
    pool = papers(9, 2)
    one, other = (peers.Svm(some).day(pool)([topic("galaxy star")]) for some in (background, background[::-1]))
    assert np.allclose(one, other)
