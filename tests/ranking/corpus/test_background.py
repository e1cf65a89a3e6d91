"""A library teaches what is rare, what words mean and what a topic finds; a small one teaches nothing."""

import random

import numpy as np
import pytest

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.background import (
    FEEDBACK_PART,
    LEAST_PAPERS,
    SAMPLE,
    Background,
    Space,
    fit,
    is_enough,
)
from dailypapers.ranking.corpus.frequencies import Matrix, Vector, column_of, count, count_texts, count_words
from dailypapers.ranking.corpus.usual import ENOUGH

#: Words of one subject keep company.
SUBJECTS = {
    "birds": ["nest", "feather", "song", "wing", "flock", "beak"],
    "stars": ["galaxy", "nova", "orbit", "telescope", "comet", "pulsar"],
    "bread": ["flour", "yeast", "oven", "crust", "dough", "loaf"],
}


def library(many: int) -> list[Paper]:
    chance = random.Random(11)  # noqa: S311 - made-up papers, the same in every run
    made = []
    for n in range(many):
        name = list(SUBJECTS)[n % 3]
        words = chance.choices(SUBJECTS[name], k=9) + [f"filler{chance.randrange(300)}" for _ in range(3)]
        made.append(Paper(PaperId("file", f"{n:05}"), f"About {name}", " ".join(words), (), (f"x.{name}", "x.all")))
    return made


def titled(title: str) -> Paper:
    return Paper(PaperId("file", "one"), title, "", ())


PAPERS = library(LEAST_PAPERS)
LEARNED, SMALL = fit(PAPERS), fit(PAPERS[:30])


def found(text: str, background: Background = LEARNED, vectors: Matrix | None = None) -> dict[int, float]:
    row = background.found([text], count_texts([text]), vectors)
    return dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))


def meaning(text: str) -> Vector:
    """Where a text stands along the two axes that the papers spread over most, at length one."""
    assert LEARNED.latent is not None
    widest = LEARNED.latent.of(count_words([titled(text)]))[0, -2:]
    return np.asarray(widest / np.linalg.norm(widest))


def test_a_thousand_papers_are_enough_and_fewer_teach_nothing() -> None:
    assert [is_enough(many) for many in (0, LEAST_PAPERS - 1, LEAST_PAPERS)] == [False, False, True]
    assert (LEARNED.is_trained, SMALL.is_trained) == (True, False)
    assert SMALL.latent is None
    assert SMALL.latent_vectors.shape == (30, 0)
    assert not found("feather", SMALL)


def test_a_library_of_nothing_is_no_trouble() -> None:
    nothing = fit([])
    assert (nothing.papers, nothing.mean_category_vector.tolist(), nothing.sample.tolist()) == (0, [], [])
    assert nothing.found(["feather"], count_texts(["feather"])).shape == (1, 0)
    assert nothing.dense_space is None


def test_the_papers_order_changes_nothing() -> None:
    straight, turned = fit(PAPERS), fit(PAPERS[::-1], counts=count(PAPERS[::-1]))
    assert turned.categories == straight.categories
    assert float(abs(turned.counts - straight.counts).sum()) == 0
    assert np.array_equal(turned.latent_vectors, straight.latent_vectors)


def test_a_rare_term_is_worth_more_than_a_common_one() -> None:
    rare, common, unknown = (LEARNED.idf.at(column_of(word)) for word in ("filler7", "nest", "unheard"))
    assert common < rare < unknown


def test_few_papers_do_not_say_by_themselves_what_is_rare() -> None:
    """Neither word is in any of these papers; which of the two is common is known all the same."""
    common, rare = column_of("dataset"), column_of("zebrafish")
    assert SMALL.idf.at(common) < SMALL.idf.at(rare) - 3
    many = Background(count_texts([""] * ENOUGH), ((),) * ENOUGH)
    assert many.idf.at(common) == many.idf.at(rare)


def test_words_that_keep_the_same_company_are_near_each_other_where_papers_differ_most() -> None:
    nest, feather, oven, comet = (meaning(word) for word in ("nest", "feather", "oven", "comet"))
    assert nest @ feather > 0.9
    assert max(nest @ oven, nest @ comet, oven @ comet) < 0


def test_meanings_are_measured_from_the_mean_along_uncorrelated_axes() -> None:
    latent = LEARNED.latent
    assert latent is not None
    assert np.allclose(LEARNED.latent_vectors.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(np.cov(LEARNED.latent_vectors.T), np.diag(latent.variances), atol=1e-5)


def test_a_text_without_a_known_word_stands_on_the_mean() -> None:
    assert LEARNED.latent is not None
    assert not LEARNED.latent.of(count_words([titled("unheard"), titled("")])).any()


def test_categories_weigh_by_how_rare_they_are_and_the_primary_one_half_as_much_again() -> None:
    background = Background(count(PAPERS[:4]), (("a", "b"), ("a",), ("b", "c"), ("b",)))
    one, other, nothing = background.file([("a", "c"), ("c", "a"), ("unheard",)])
    a, c = np.log(5 / 3), np.log(5 / 2)
    assert np.allclose(one, np.array([1.5 * a, 0, c]) / np.hypot(1.5 * a, c))
    assert np.allclose(other, np.array([a, 0, 1.5 * c]) / np.hypot(a, 1.5 * c))
    assert not nothing.any()


def test_the_mean_of_categories_is_that_of_the_library() -> None:
    assert LEARNED.category_vectors.shape == (LEAST_PAPERS, 4)
    assert np.allclose(LEARNED.mean_category_vector, LEARNED.category_vectors.mean(axis=0))
    assert not LEARNED.category_vectors[:, 0].any(), "what every paper is in says nothing"


def test_what_is_usual_is_said_by_the_same_papers_each_time() -> None:
    assert len(LEARNED.sample) == SAMPLE
    assert LEARNED.sample.tolist() == sorted(set(fit(PAPERS).sample.tolist()))
    assert SMALL.sample.tolist() == list(range(30))


def test_likeness_is_the_cosine_with_the_papers_of_the_sample() -> None:
    cosines = (LEARNED.weights[:5] @ LEARNED.weights[LEARNED.sample].T).toarray()
    assert np.allclose(LEARNED.likeness[:5].toarray(), cosines)
    assert np.allclose(LEARNED.likeness[LEARNED.sample].diagonal(), 1)


def test_a_topic_finds_papers_that_hold_its_words_and_no_more_than_a_part_of_the_library() -> None:
    shares = found("telescope comet")
    assert len(shares) == LEAST_PAPERS // FEEDBACK_PART
    assert {paper % 3 for paper in shares} == {1}
    assert sum(shares.values()) == pytest.approx(1)
    assert not found("unheard")


def test_of_what_is_found_the_better_paper_has_the_larger_share() -> None:
    best = Paper(PaperId("file", "99999"), "Zebra zebra", "zebra")
    mention = Paper(PaperId("file", "99998"), "A long paper", " ".join(["zebra", *SUBJECTS["bread"] * 3]))
    shares = found("zebra", fit([*PAPERS, best, mention]))
    assert list(shares) == [LEAST_PAPERS, LEAST_PAPERS + 1]
    assert 0 < shares[LEAST_PAPERS] < 0.5 < shares[LEAST_PAPERS + 1]


def test_of_papers_found_alike_the_first_ones_are_taken() -> None:
    twins = [Paper(PaperId("file", f"9{n:04}"), "Zebra", "zebra") for n in range(20)]
    shares = found("zebra", fit([*PAPERS, *twins]))
    assert shares == {LEAST_PAPERS + n: pytest.approx(0.2) for n in range(5)}


def test_an_encoder_chooses_among_papers_that_hold_a_word() -> None:
    found_by_words = set(found("oven"))
    holding_it = [number for number, paper in enumerate(PAPERS) if "oven" in paper.abstract]
    near_oven = [number for number in holding_it if number not in found_by_words][:2]
    away = np.zeros((LEAST_PAPERS, 3))
    away[np.arange(LEAST_PAPERS), np.arange(LEAST_PAPERS) % 2] = 1
    away[[7, *near_oven]] = [0, 0, 1]
    dense, near = LEARNED.with_dense(away), np.array([[0.0, 0.0, 1.0]])
    assert len(near_oven) == 2
    assert set(near_oven) <= set(found("oven", dense, near))
    assert 7 not in found("oven", dense, near), "a paper about stars"
    assert not found("unheard", dense, near), "no word of it stands in the library"


def test_who_asks_for_two_things_is_told_by_papers_that_hold_both() -> None:
    both = [Paper(PaperId("file", f"9{n:04}"), "A note", f"zebra comet {'oven ' * 30}") for n in range(3)]
    often = [Paper(PaperId("file", f"8{n:04}"), "Zebra zebra", "zebra zebra") for n in range(9)]
    background = fit([*PAPERS, *often, *both])
    shares = found("zebra comet", background)
    holding_both = {number for number in shares if number >= background.papers - 3}
    assert len(holding_both) == 3
    others = [share for number, share in shares.items() if number not in holding_both]
    assert min(shares[number] for number in holding_both) > max(others), "however often these hold one of them"


def test_vectors_are_measured_from_their_mean_and_their_centre_gives_them_back() -> None:
    vectors = np.random.default_rng(2).normal([1, 2, 3], size=(LEAST_PAPERS, 3))
    dense = LEARNED.with_dense(vectors)
    space = dense.dense_space
    assert space is not None
    assert np.allclose(np.cov(dense.centred_embeddings.T), np.diag(space.variances))
    assert np.allclose(dense.centred_embeddings.mean(axis=0), 0)
    assert np.allclose(dense.centred_embeddings + space.centre, vectors @ space.rotation)
    assert LEARNED.dense_space is None
    assert SMALL.with_dense(vectors[:30]).dense_space is None
    assert LEARNED.centred_embeddings.shape == (LEAST_PAPERS, 0)


def test_a_space_turns_what_it_measures() -> None:
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    space = Space(np.array([1.0, 1.0]), quarter, np.ones(2))
    assert space.of(np.array([[3.0, 2.0]])).tolist() == [[1, -2]]
    assert space.centre.tolist() == [1, -1]
