"""Our ranking as one of the methods the protocol measures: the product's own scores by the product's own code."""

from collections.abc import Sequence

import numpy as np

from dailypapers.domain.paper import Paper
from dailypapers.evaluation.protocol import Evidence, Scores
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.corpus.frequencies import Matrix
from dailypapers.ranking.embeddings.encoder import Encoder, Vectors
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.profile import profile
from dailypapers.ranking.rank import Known, matches_of
from dailypapers.ranking.scoring import FULL, Scorer, Variant, profile_batch, score


class Ours:
    """Learned from the background once; with an encoder, every paper is encoded once."""

    def __init__(
        self,
        background: Sequence[Paper],
        *,
        encoder: Encoder | None = None,
        variant: Variant = FULL,
        name: str = "dailypapers",
    ) -> None:
        self.name, self._variant = name, variant
        self._vectors = Vectors(encoder) if encoder else None
        ordered = sorted(background, key=lambda paper: str(paper.id))
        fitted = fit(ordered)
        self._background = fitted.with_dense(self._vectors.rows(ordered)) if self._vectors else fitted

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Compute the features of a pool once, and return what scores it."""
        dense = self._vectors.rows(pool) if self._vectors else None
        features = build(pool, background=self._background, dense=dense)
        matcher = Matcher(features, self._vectors.encoder if self._vectors else None)
        column_of = {key: column for column, key in enumerate(features.keys)}
        in_pool_order = [column_of[str(paper.id)] for paper in pool]

        def scores(readers: Sequence[Evidence]) -> Matrix:
            examples = {str(paper.id): paper for one in readers for paper in (*one.likes, *one.dislikes)}
            if self._vectors:
                self._vectors.rows(list(examples.values()))
            context = Known(examples=examples, vectors=self._vectors.by_key if self._vectors else {})
            profiles = [
                profile(one.interests, examples=examples, liked=_keys(one.likes), disliked=_keys(one.dislikes))
                for one in readers
            ]
            matches = matches_of(matcher, profiles, context)
            scorer = Scorer(features, matches, self._variant)
            batch = profile_batch(profiles, matches)
            return score(scorer, batch, trend=np.zeros(len(pool))).readers[:, in_pool_order]

        return scores


def _keys(papers: Sequence[Paper]) -> list[str]:
    return [str(paper.id) for paper in papers]
