"""The front door: papers and readers in, picks with reasons out.

    features | profiles | values of interests | scores | select | explain

Pure: the same input gives the same picks, in whatever order papers come and however readers are batched.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dailypapers.domain.digest import Pick
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, Signals
from dailypapers.ranking.explain import Explainer
from dailypapers.ranking.features import Features, Vector
from dailypapers.ranking.profile import SUBJECTS, Profile, profile
from dailypapers.ranking.score import Values, score, values
from dailypapers.ranking.select import select
from dailypapers.ranking.trending import trending


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is to be served: what they want, what they have already, and how much is enough."""

    interests: tuple[Interest, ...] = ()
    already: frozenset[str] = frozenset()
    limit: int = 10
    threshold: float = 0.0


def rank(
    features: Features,
    readers: Sequence[Reader],
    *,
    signals: Mapping[str, Signals],
    examples: Mapping[str, Paper],
    now: dt.datetime,
) -> list[tuple[Pick, ...]]:
    """Each reader's picks, best first, in the readers' order.

    `signals` are by the papers' ids, `examples` the papers that interests name, by the id they name them with.
    """
    profiles = [profile(reader.interests, examples=examples) for reader in readers]
    matched = values(features, profiles, examples=examples)
    trend = trending(features.papers, signals, now=now)
    scores = score(matched, profiles, trend=trend)
    explainer = Explainer(features, matched, trend, signals, examples)
    return [
        _picks(explainer, stated, _select(features, matched, row, reader=reader, stated=stated, examples=examples))
        for reader, stated, row in zip(readers, profiles, scores, strict=True)
    ]


def _select(
    features: Features,
    matched: Values,
    row: Vector,
    *,
    reader: Reader,
    stated: Profile,
    examples: Mapping[str, Paper],
) -> list[int]:
    """What a reader has already, or named as an example, is no news."""
    shares = [
        weight * matched.of(interest) for interest, weight in stated.weights if weight > 0 and interest.kind in SUBJECTS
    ]
    known = reader.already | {
        str(examples[interest.text].id) for interest, _ in stated.weights if interest.kind is InterestKind.PAPER
    }
    # The threshold is about what a reader asked for; who asked for nothing in particular gets the top of the list.
    threshold = reader.threshold if stated.weights else 0.0
    return select(features, row, shares, known=known, limit=reader.limit, threshold=threshold)


def _picks(explainer: Explainer, stated: Profile, columns: Sequence[int]) -> tuple[Pick, ...]:
    reasons = [explainer.reason(stated, column) for column in columns]
    keys = [explainer.features.keys[column] for column in columns]
    return tuple(Pick(key, reason.score, reason) for key, reason in zip(keys, reasons, strict=True))
