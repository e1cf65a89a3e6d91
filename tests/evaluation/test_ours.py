"""Our method gives the product's own scores, in the order of the pool it is given."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
from tests.evaluation.test_methods import Counting, papers

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.evaluation.ours import Ours
from dailypapers.evaluation.protocol import Evidence
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.rank import Known, Reader, rank

STARS = Interest(InterestKind.TOPIC, "galaxy telescope star")
NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
BACKGROUND, POOL = papers(300, 1), papers(30, 2)


def test_scores_are_those_that_digests_are_picked_by() -> None:
    (row,) = Ours(BACKGROUND).day(POOL)([Evidence((STARS,))])
    picks = rank(Matcher(build(POOL, background=fit(BACKGROUND))), [Reader((STARS,), limit=30)], Known(), now=NOW)[0]
    scores = {str(paper.id): value for paper, value in zip(POOL, row, strict=True)}
    assert picks
    assert all(np.isclose(pick.score, scores[pick.paper]) for pick in picks)


def test_scores_follow_the_pool_s_order_and_not_that_of_ids() -> None:
    method = Ours(BACKGROUND)
    turned = POOL[::-1]
    assert np.array_equal(method.day(turned)([Evidence((STARS,))])[0], method.day(POOL)([Evidence((STARS,))])[0][::-1])


def test_dislikes_count_beside_likes_and_an_encoder_reads_each_paper_once() -> None:
    likes = tuple(paper for paper in papers(60, 3) if "stars" in str(paper.id))
    dislikes = tuple(paper for paper in papers(30, 4) if "stars" in str(paper.id))
    encoder = Remembering()
    scores = Ours(BACKGROUND, encoder=encoder).day(POOL)
    without, with_them = scores([Evidence((), likes), Evidence((), likes, dislikes)])
    assert not np.array_equal(without, with_them)
    texts = len(encoder.texts)
    scores([Evidence((), likes, dislikes)])
    assert len(encoder.texts) == texts


class Remembering(Counting):
    """Keeps what it has encoded."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts += texts
        return super().encode(texts)
