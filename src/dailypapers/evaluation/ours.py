"""Our ranking as one of the methods the protocol measures: the product's own scores by the product's own code."""

from collections.abc import Sequence

import numpy as np

from dailypapers.domain.paper import Paper
from dailypapers.evaluation.protocol import Asked, Scores
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
        recipe: Variant = FULL,
        name: str = "dailypapers",
    ) -> None:
        self.name, self._recipe = name, recipe
        self._vectors = Vectors(encoder) if encoder else None
        ordered = sorted(background, key=lambda paper: str(paper.id))
        learned = fit(ordered)
        self._background = learned.with_dense(self._vectors.rows(ordered)) if self._vectors else learned

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Compute the features of a pool once."""
        dense = self._vectors.rows(pool) if self._vectors else None
        features = build(pool, background=self._background, dense=dense)
        matcher = Matcher(features, self._vectors.encoder if self._vectors else None)
        place = {key: column for column, key in enumerate(features.keys)}
        back = [place[str(paper.id)] for paper in pool]

        def scores(asked: Sequence[Asked]) -> Matrix:
            examples = {str(paper.id): paper for one in asked for paper in (*one.likes, *one.dislikes)}
            if self._vectors:
                self._vectors.rows(list(examples.values()))
            known = Known(examples=examples, vectors=self._vectors.by_key if self._vectors else {})
            stated = [
                profile(one.interests, examples=examples, liked=_keys(one.likes), disliked=_keys(one.dislikes))
                for one in asked
            ]
            matches = matches_of(matcher, stated, known)
            scorer = Scorer(features, matches, self._recipe)
            asking = profile_batch(stated, matches)
            return score(scorer, asking, scorer.normalisation(asking.shares), trend=np.zeros(len(pool)))[0][:, back]

        return scores


def _keys(papers: Sequence[Paper]) -> list[str]:
    return [str(paper.id) for paper in papers]
