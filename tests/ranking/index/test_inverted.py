"""An index finds the same however it was grown, and gives back what was counted."""

import numpy as np
import pytest
from tests.ranking.index.test_search import index, paper, some

from dailypapers.ranking.corpus.frequencies import count
from dailypapers.ranking.corpus.serialization import pack_frequencies, unpack_frequencies
from dailypapers.ranking.index.inverted import Index, counted, within


def test_an_index_finds_the_same_however_it_was_grown() -> None:
    papers = some(300)
    whole = index(papers)
    parts = index(papers[:7], papers[7:120], papers[120:121], papers[121:])
    assert len(parts.segments) < 4
    for text in ("graph", "quantum error correction", "robot speech image", "nothing here"):
        one, other = whole.best(whole.scores(text), 50), parts.best(parts.scores(text), 50)
        assert one.total == other.total
        assert [whole.key(n) for n in one.places.tolist()] == [parts.key(n) for n in other.places.tolist()]
        assert one.scores.tolist() == other.scores.tolist()


def test_an_index_gives_back_what_was_counted() -> None:
    papers = some(8)
    made = index(papers[:5], papers[5:])
    kept = made.counts([6, 2])
    again = count([papers[6], papers[2]])
    assert (kept.toarray() == again.toarray()).all()
    assert made.counts([]).shape[0] == 0


def test_equal_papers_come_in_the_order_of_their_names() -> None:
    papers = [paper(n, "The same graph") for n in (5, 1, 9, 3)]
    made = index(papers)
    assert [made.key(n) for n in made.best(made.scores("graph"), 2).places.tolist()] == ["file:p00001", "file:p00003"]


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("selfsupervised learning", "On self-supervised learning"),
        ("self supervised learning", "Selfsupervised learning"),
        ("data sets", "A large dataset"),
        ("dataset", "Two data sets"),
        ("alpha synuclein", "α-synuclein"),
        ("T cell", "Exhausted T-cells"),
        ("dwarf galaxies", "One dwarf galaxy"),
    ],
)
def test_all_words_are_held_however_they_are_written(phrase: str, title: str) -> None:
    papers = [paper(1, title), paper(2, "A cell supervised learning of alpha data, galaxies apart")]
    assert index(papers).holding(phrase).tolist() == [True, False]


def test_what_is_kept_is_what_was_counted() -> None:
    made = counted(some(3))
    back = unpack_frequencies(pack_frequencies(made))
    assert back.keys == made.keys
    for name in ("counts", "facts"):
        one, other = getattr(made, name), getattr(back, name)
        assert (one.toarray() == other.toarray()).all()
        assert other.data.dtype == np.uint8


def test_a_rare_word_counts_more_and_a_word_said_twice_in_the_query_twice_as_much() -> None:
    made = index([paper(1, "graph"), paper(2, "graph"), paper(3, "robot")])
    graph, robot, both = made.scores("graph"), made.scores("robot"), made.scores("robot graph graph")
    assert robot[2] > graph[0] > graph[2] == 0
    assert both.tolist() == pytest.approx((robot + 2 * graph).tolist(), rel=1e-6)


def test_a_category_covers_its_archive_across_segments() -> None:
    one, other = paper(1, "a graph", categories=("cs.LG",)), paper(2, "a robot", categories=("math.ST",))
    made = index([one, *some(4)], [other])
    assert np.flatnonzero(made.fact(within("cs"))).tolist() == [0]
    assert np.flatnonzero(made.fact(within("math.st"))).tolist() == [5]
    assert not made.fact(within("stat")).any()


def test_the_newest_are_those_added_last() -> None:
    made = index(some(3), [paper(9, "last")])
    flags = np.array([True, False, True, False])
    assert made.newest(None, 2).places.tolist() == [3, 2]
    assert made.newest(flags, 5).places.tolist() == [2, 0]
    assert made.newest(flags, 5).total == 2
    assert Index().newest(None, 5).places.tolist() == []
