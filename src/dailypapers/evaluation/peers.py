"""The peers: how others rank, rebuilt from what they publish, given the same words of the same papers."""

from collections.abc import Callable, Sequence

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.svm import LinearSVC

from dailypapers.domain.paper import Paper
from dailypapers.evaluation.protocol import Evidence, Scores, shuffle_key
from dailypapers.ranking.corpus import bm25
from dailypapers.ranking.corpus.frequencies import Vector
from dailypapers.ranking.embeddings.encoder import Encoder, Vectors

#: So many papers of the background stand for what an arxiv-sanity-lite reader did not tag.
NEGATIVES = 3000
_LEAST_HOLDING, _MOST_HOLDING = 5, 0.1


def text_of(paper: Paper) -> str:
    """Return the title twice, then the abstract."""
    return f"{paper.title} . {paper.title} . {paper.abstract}"


def _texts(reader: Evidence) -> list[str]:
    return [*([reader.query] if reader.query else []), *map(text_of, reader.likes)]


def _each(scores: Callable[[Evidence], Vector], pool: Sequence[Paper]) -> Scores:
    """Score for one reader after the other; whom nothing is known of, nothing can be ranked for."""
    nothing = np.zeros(len(pool))
    return lambda readers: np.array([scores(reader) if _texts(reader) else nothing for reader in readers])


class TfIdf:
    """Cosine with the mean of what is known, by tf-idf of single words."""

    name = "tf-idf, words"

    def __init__(self, background: Sequence[Paper]) -> None:
        self._vectorizer = TfidfVectorizer(stop_words="english").fit(map(text_of, background))

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Weigh the pool, and return what scores it."""
        papers = self._vectorizer.transform(map(text_of, pool))

        def scores(reader: Evidence) -> Vector:
            likeness = papers @ self._vectorizer.transform(_texts(reader)).T
            return np.asarray(likeness.mean(axis=1)).ravel()

        return _each(scores, pool)


class Bm25:
    """Okapi BM25 with the whole of what is known as the query, each word as often as it stands there."""

    name = "BM25"

    def __init__(self, background: Sequence[Paper]) -> None:
        self._vectorizer = CountVectorizer(stop_words="english")
        counts = self._vectorizer.fit_transform(map(text_of, background))
        papers = counts.shape[0]
        holding = np.bincount(counts.indices, minlength=counts.shape[1])
        self._idf = bm25.rarity(holding, papers)
        self._mean_length = counts.sum() / papers

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Saturate the pool's counts, and return what scores it."""
        papers = self._vectorizer.transform(map(text_of, pool)).astype(np.float64)
        lengths = np.asarray(papers.sum(axis=1)).ravel()
        norm = bm25.length_norm(lengths, self._mean_length)
        papers.data = bm25.saturated(papers.data, np.repeat(norm, np.diff(papers.indptr)))

        def scores(reader: Evidence) -> Vector:
            query = self._vectorizer.transform([" ".join(_texts(reader))]).toarray().ravel()
            return np.asarray(papers @ (self._idf * query)).ravel()

        return _each(scores, pool)


def _bounds(papers: int) -> dict[str, float]:
    """In how many papers, or in which part of them, a term must stand; of few papers no term is left out."""
    return {"min_df": _LEAST_HOLDING, "max_df": _MOST_HOLDING} if papers * _MOST_HOLDING >= _LEAST_HOLDING else {}


class Svm:
    """arxiv-sanity-lite's: for each reader a linear SVM (C = 0.01, balanced) on 20,000 tf-idf words and pairs."""

    name = "SVM (arxiv-sanity-lite)"

    def __init__(self, background: Sequence[Paper]) -> None:
        self._vectorizer = TfidfVectorizer(
            stop_words="english", sublinear_tf=True, ngram_range=(1, 2), max_features=20_000, **_bounds(len(background))
        ).fit(map(text_of, background))
        chosen = sorted(background, key=lambda paper: shuffle_key(str(paper.id)))[:NEGATIVES]
        self._negatives = self._vectorizer.transform(map(text_of, chosen))

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Weigh the pool, and return what scores it."""
        papers = self._vectorizer.transform(map(text_of, pool))

        def scores(reader: Evidence) -> Vector:
            positive = self._vectorizer.transform(_texts(reader))
            labels = np.r_[np.ones(positive.shape[0]), np.zeros(self._negatives.shape[0])]
            machine = LinearSVC(class_weight="balanced", C=0.01, max_iter=10_000, tol=1e-6, dual=True, random_state=1)
            machine.fit(sp.vstack([positive, self._negatives]), labels)
            return np.asarray(machine.decision_function(papers))

        return _each(scores, pool)


class Zotero:
    """zotero-arxiv-daily's: cosines of an encoder's vectors with the likes, the n-th newest by 1 / (1 + log10 n)."""

    name = "zotero-arxiv-daily's formula"

    def __init__(self, encoder: Encoder) -> None:
        self._vectors = Vectors(encoder, title=0)

    def day(self, pool: Sequence[Paper]) -> Scores:
        """Encode the pool, and return what scores it."""
        papers = self._vectors.rows(pool)

        def scores(reader: Evidence) -> Vector:
            liked_vectors = self._vectors.rows(reader.likes[::-1]) if reader.likes else np.zeros((0, papers.shape[1]))
            if reader.query:
                liked_vectors = np.vstack([self._vectors.encoder.encode([reader.query]), liked_vectors])
            weights = 1 / (1 + np.log10(np.arange(len(liked_vectors)) + 1))
            return np.asarray(papers @ liked_vectors.T @ weights / weights.sum())

        return _each(scores, pool)
