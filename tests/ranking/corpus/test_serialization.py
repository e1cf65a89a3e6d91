"""What is kept is what is read back."""

import random
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms
from dailypapers.ranking.corpus.background import LEAST_PAPERS, fit
from dailypapers.ranking.corpus.frequencies import count
from dailypapers.ranking.corpus.serialization import (
    assemble_counts,
    pack_background,
    pack_counts,
    pack_vector,
    unpack_background,
    unpack_counts,
    unpack_vector,
)
from dailypapers.ranking.features import build


def papers(many: int) -> list[Paper]:
    chance = random.Random(3)  # noqa: S311 - made-up papers, the same in every run
    words = [f"word{n}" for n in range(400)]
    return [
        Paper(
            PaperId("file", f"{n:05}"),
            " ".join(chance.choices(words, k=5)),
            " ".join(chance.choices(words, k=40)),
            (),
            (chance.choice(["cs.LG", "cs.CV"]), "stat.ML"),
        )
        for n in range(many)
    ]


def same(one: sp.csr_array, other: sp.csr_array) -> bool:
    return float(abs(one - other).sum()) == 0


def test_counts_come_back_as_they_were() -> None:
    found = papers(20)
    keys, counts = unpack_counts(pack_counts([str(paper.id) for paper in found], count(found)))
    assert keys == tuple(str(paper.id) for paper in found)
    assert same(counts, count(found))


def test_counts_are_put_together_from_several_editions_and_what_is_missing_is_counted() -> None:
    found = papers(12)
    packs = [pack_counts([str(p.id) for p in part], count(part)) for part in (found[:4], found[3:8])]
    wanted = found[::-1]
    assert same(assemble_counts(wanted, packs), count(wanted))
    assert same(assemble_counts(wanted, []), count(wanted))


def test_a_background_read_back_scores_alike_wherever_it_is_read() -> None:
    fitted = fit(papers(LEAST_PAPERS))
    packed = pack_background(fitted)
    once, again = unpack_background(packed), unpack_background(packed)
    assert once.categories == fitted.categories
    assert same(once.counts, fitted.counts)
    pool = papers(30)
    assert np.array_equal(build(pool, background=once).latent_vectors, build(pool, background=again).latent_vectors)
    assert np.allclose(
        build(pool, background=once).latent_vectors, build(pool, background=fitted).latent_vectors, atol=1e-3
    )
    assert pack_background(fit(papers(LEAST_PAPERS)[::-1])) == packed


def test_acronyms_come_back() -> None:
    learned = Acronyms((Acronym("GNN", "graph neural networks"), Acronym("LLM", "large language models")))
    packed = pack_background(replace(fit(papers(10)), acronyms=learned))
    assert unpack_background(packed).acronyms == learned
    assert unpack_background(pack_background(fit(papers(10)))).acronyms == Acronyms()


def test_a_small_background_has_no_meanings() -> None:
    assert unpack_background(pack_background(fit(papers(10)))).latent is None


def test_a_vector_comes_back_with_length_one() -> None:
    vector = np.array([0.6, 0.8, 0.0])
    assert np.allclose(unpack_vector(pack_vector(vector)), vector, atol=1e-3)
    assert np.linalg.norm(unpack_vector(pack_vector(vector))) == 1
