"""Scores are sums of what each part adds, for any batch of readers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from tests.ranking.test_explain import INTERESTS, KNOWN, LEARNED, PLAIN

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.ranking.corpus.frequencies import Floats, Matrix
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.profile import TRENDING_WEIGHT, Profile, profile
from dailypapers.ranking.rank import matches_of
from dailypapers.ranking.scoring import (
    FULL,
    WORDS,
    PairDecomposition,
    Scorer,
    Variant,
    must_include,
    profile_batch,
    score,
)

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
LIKED = sorted(KNOWN.examples)[:6]


def profiles() -> list[Profile]:
    return [
        profile(INTERESTS[:2], examples=KNOWN.examples),
        profile([INTERESTS[0]], examples=KNOWN.examples, liked=LIKED),
        profile([], examples={}),
        profile([Interest(InterestKind.TOPIC, "breadium", Stance.EXCLUDE)], examples={}),
    ]


@pytest.mark.parametrize("matcher", [PLAIN, LEARNED])
def test_a_subject_s_score_is_the_sum_of_what_its_parts_add(matcher: Matcher) -> None:
    stated = profiles()
    scorer = Scorer(matcher.features, matches_of(matcher, stated, KNOWN))
    batch = profile_batch(stated, scorer.matches)
    normalisation = scorer.normalisation(batch.shares)
    scores, _ = scorer.subjects(normalisation)
    subject, column = (array.ravel() for array in np.indices(scores.shape))
    pairs = PairDecomposition.of(batch.shares, subject, column)
    summed = np.bincount(pairs.pair, scorer.parts(normalisation, pairs), minlength=len(subject))
    assert np.allclose(np.maximum(summed, 0), scores.ravel(), atol=1e-5)
    assert scores.any()


@pytest.mark.parametrize("matcher", [PLAIN, LEARNED])
def test_subjects_that_readers_share_are_scored_once_and_alike(matcher: Matcher) -> None:
    stated = [*profiles(), *profiles()[::-1]]
    scorer = Scorer(matcher.features, matches_of(matcher, stated, KNOWN))
    shares = profile_batch(stated, scorer.matches).shares
    together = scorer.normalisation(shares)
    scores, relevance = scorer.subjects(together)
    for row in range(shares.shape[0]):
        own_scores, own_relevance = scorer.subjects(scorer.normalisation(sp.csr_array(shares[[row]])))
        assert np.allclose(scores[row], own_scores[0], atol=1e-5)
        assert np.allclose(relevance[row], own_relevance[0], atol=1e-5)
    subject, column = (array.ravel() for array in np.indices(scores.shape))
    pairs = PairDecomposition.of(shares, subject, column)
    summed = np.bincount(pairs.pair, scorer.parts(together, pairs), minlength=len(subject))
    assert np.allclose(np.maximum(summed, 0), scores.ravel(), atol=1e-5)


@pytest.mark.parametrize("matcher", [PLAIN, LEARNED])
def test_what_was_remembered_of_topics_scores_as_if_it_were_scored_anew(matcher: Matcher) -> None:
    """And the sums and bests over a reader's subjects are those of its rows."""
    known = Matcher(matcher.features)
    avoiding = profile(
        [*INTERESTS[:2], Interest(InterestKind.TOPIC, "breadium", Stance.AVOID)], examples=KNOWN.examples
    )
    stated = [*profiles(), avoiding]
    for _ in range(2):
        matches_of(known, [profile(INTERESTS[::-1], examples=KNOWN.examples, liked=LIKED[:1])], KNOWN)
        scorer = Scorer(known.features, matches_of(known, stated, KNOWN))
        batch = profile_batch(stated, scorer.matches)
        scored = score(scorer, batch, trend=np.zeros(len(known.features.papers)))
        scores, relevance = scorer.subjects(scorer.normalisation(batch.shares))
        subject, column = np.arange(len(scores))[:, None], np.arange(scores.shape[1])
        assert np.allclose(scored.subjects.of(subject, column), scores * batch.weight[:, None], atol=1e-9)
        for reader in (0, 1, 4):
            mine = batch.reader_index == reader
            wanted = mine & (batch.weight > 0)
            assert np.allclose(scored.subjects.summed(batch)[reader], (scores.T * batch.weight)[:, mine].sum(axis=1))
            assert np.allclose(scored.relevance[reader], np.round(relevance[wanted].max(axis=0), 9), atol=1e-9)


def test_what_is_excluded_scores_minus_infinity_and_who_says_nothing_gets_the_trend() -> None:
    stated = profiles()
    scorer = Scorer(PLAIN.features, matches_of(PLAIN, stated, KNOWN))
    batch = profile_batch(stated, scorer.matches)
    trend = np.linspace(0, 1, len(PLAIN.features.papers))
    rows = score(scorer, batch, trend=trend).readers
    assert np.allclose(rows[2], TRENDING_WEIGHT * trend)
    assert np.isneginf(rows[3]).any()
    assert not np.isneginf(rows[:3]).any()


def test_only_phrases_and_authors_must_be_included() -> None:
    wanted = [Interest(InterestKind.AUTHOR, "Ann Lee"), Interest(InterestKind.CATEGORY, "stat.ML")]
    stated = [profile(wanted, examples={}), profile(wanted[1:], examples={})]
    matches = matches_of(PLAIN, stated, KNOWN)
    flags = must_include(profile_batch(stated, matches), matches)
    assert flags is not None
    by_ann = [paper.authors == ("Ann Lee",) for paper in PLAIN.features.papers]
    assert flags.tolist() == [by_ann, [False] * len(by_ann)]
    alone = matches_of(PLAIN, stated[1:], KNOWN)
    assert must_include(profile_batch(stated[1:], alone), alone) is None


def test_a_variant_of_words_alone_sees_nothing_of_what_a_background_teaches() -> None:
    stated = profiles()[:1]
    scorer = Scorer(LEARNED.features, matches_of(LEARNED, stated, KNOWN), WORDS)
    assert scorer.normalisation(profile_batch(stated, scorer.matches).shares).views == ()


class Chance:
    """Places each text somewhere of its own."""

    name = "chance"

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = [np.random.default_rng(len(text)).normal(size=4) for text in texts]
        return np.asarray(np.array(rows) / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def encoded() -> Matcher:
    background, papers = LEARNED.features.background, LEARNED.features.papers
    known = background.with_dense(
        Chance().encode(["x" * number for number in range(background.papers)]).astype(np.float64)
    )
    dense = Chance().encode([paper.title for paper in papers]).astype(np.float64)
    return Matcher(build(papers, background=known, dense=dense), Chance())


@pytest.mark.parametrize(("matcher", "counting"), [(LEARNED, "relevance"), (encoded(), "relevance_beside")])
def test_relevance_has_a_weight_of_its_own_beside_an_encoder(matcher: Matcher, counting: str) -> None:
    stated = profiles()[:1]
    matches = matches_of(matcher, stated, KNOWN)

    def scores(variant: Variant) -> Matrix:
        scorer = Scorer(matcher.features, matches, variant)
        return scorer.subjects(scorer.normalisation(profile_batch(stated, matches).shares))[0]

    for weight in ("relevance", "relevance_beside"):
        is_same = np.allclose(scores(replace(FULL, **{weight: 0.9})), scores(FULL))
        assert is_same == (weight != counting)
