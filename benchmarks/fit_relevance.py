"""Fits the weights of `ranking/relevance.py` on the labelled pairs, and says how well they do on topics left out.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.fit_relevance [--held-out]

A logistic regression of "about it" on the parts of relevance, on the topics of both sets that are for choosing; the
figures are of five folds over topics. With --held-out the weights are tried on the topics kept aside, which is to be
done once.
"""

import argparse
import datetime as dt
import os
import platform
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from benchmarks.draw_partial import partial_windows
from benchmarks.draw_relevance import LEARN_UNTIL, NOW, recorded_windows
from benchmarks.label_relevance import DATA, PARTS, SETS, read_rows
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from dailypapers.domain.paper import Paper
from dailypapers.evaluation.measures import calibration_error, precision, recall_of
from dailypapers.ranking.calibration import Calibration
from dailypapers.ranking.corpus.background import Background, fit
from dailypapers.ranking.corpus.frequencies import count_texts
from dailypapers.ranking.features import build
from dailypapers.ranking.relevance import Parts, parts
from dailypapers.ranking.text.words import terms
from dailypapers.sources.file import read_papers

ABOUT = 2
FOLDS = 5
#: Names of the weights in the order of the columns; without a background there are the first four.
NAMES = ("text", "title", "near", "whole_title", "latent", "categories")
WORDS_ALONE = 4

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """Labelled pairs: their parts, whether each is about its topic, its topic, and whether that is for choosing."""

    parts: Matrix
    is_about: npt.NDArray[np.bool_]
    topic: npt.NDArray[np.str_]
    is_for_choosing: npt.NDArray[np.bool_]


def main() -> None:
    """Fit with a background and without, and print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--held-out", action="store_true")
    held_out = parser.parse_args().held_out
    recordings = Path(os.environ["DAILYPAPERS_RECORDINGS"])
    listed = read_papers(recordings / "ranking" / "papers.jsonl.gz", now=NOW).announcements
    windows = recorded_windows(recordings, listed) | partial_windows(recordings, listed)
    background = fit([item.paper for item in listed if item.day < LEARN_UNTIL])
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    for name, known in (("trained", background), ("untrained", None)):
        report(name, data_of(windows, known), held_out=held_out)


def data_of(windows: dict[str, list[Paper]], background: Background | None) -> Data:
    """Return the labelled pairs with their parts."""
    rows, about, topics, choosing = [], [], [], []
    for row, topic_id, is_about, is_for_choosing in pairs(windows, background):
        rows.append(row)
        about.append(is_about)
        topics.append(topic_id)
        choosing.append(is_for_choosing)
    return Data(np.array(rows), np.array(about), np.array(topics), np.array(choosing))


def pairs(windows: dict[str, list[Paper]], background: Background | None) -> Iterator[tuple[Matrix, str, bool, bool]]:
    """Yield each labelled pair: its parts, topic, whether the paper is about it, and whether it is for choosing."""
    topics = {row["topic_id"]: row for name in SETS for row in read_rows(DATA / f"{name}_topics.tsv")}
    by_window = defaultdict(list)
    for row in (row for name in SETS for row in read_rows(DATA / f"{name}.tsv")):
        by_window[row["window"]].append(row)
    for window, labelled in by_window.items():
        ids = sorted({row["topic_id"] for row in labelled if terms(topics[row["topic_id"]]["topic"])})
        matrix, column = parts_of(windows[window], [topics[each]["topic"] for each in ids], background)
        for row in labelled:
            if row["topic_id"] in ids:
                place = ids.index(row["topic_id"]), column[row["paper"]]
                is_for_choosing = topics[row["topic_id"]]["part"] == PARTS[0]
                yield matrix[place], row["topic_id"], int(row["label"]) == ABOUT, is_for_choosing


def parts_of(
    papers: Sequence[Paper], texts: Sequence[str], background: Background | None
) -> tuple[Matrix, dict[str, int]]:
    """Return topics × papers × parts, and the column of each paper."""
    features = build(papers, background=background)
    known = features.background
    feedback = known.found(count_texts(texts))
    pull = features.category_pull(np.asarray(feedback @ known.category_vectors))
    latent = np.asarray(feedback @ known.latent_vectors)
    ratio = np.asarray(feedback.multiply(feedback).sum(axis=1)).ravel()
    made = parts(features, features.coverages(texts), latent=latent, categories=pull, ratio=ratio)
    rows = np.stack(columns(made)[: None if background else WORDS_ALONE], axis=2)
    return rows, {key: column for column, key in enumerate(features.keys)}


def columns(made: Parts) -> list[Matrix]:
    """Return the parts there are, in the order of `NAMES`."""
    held = made.held
    words = [held.text, held.title, made.is_whole * held.near, made.has_whole_title.astype(np.float64)]
    return [*words, *(part for part in (made.company, made.categories) if part is not None)]


def report(name: str, data: Data, *, held_out: bool) -> None:
    """Print the weights and how well they do."""
    chosen = data.is_for_choosing
    topics, about = len(set(data.topic[chosen])), data.is_about[chosen].sum()
    print(f"\n{name}: {chosen.sum()} pairs of {topics} topics, {about} about", flush=True)
    print_quality("  five folds over topics", folded(data), data.is_about[chosen])
    model = fitted(data.parts[chosen], data.is_about[chosen])
    slope, even_at = Calibration().slope, Calibration().even_at
    base = float(model.intercept_[0]) / slope + even_at
    weights = ", ".join(f"{n}={w / slope:.3f}" for n, w in zip(NAMES, model.coef_[0], strict=False))
    print(f"  base={base:.3f}, {weights}")
    if held_out:
        chances = model.predict_proba(data.parts[~chosen])[:, 1]
        print_quality("  topics kept aside", chances, data.is_about[~chosen])


def fitted(rows: Matrix, is_about: npt.NDArray[np.bool_]) -> LogisticRegression:
    """Return the regression; the parts are all of the order of one, so that one penalty suits them."""
    return LogisticRegression(C=10.0, max_iter=1000).fit(rows, is_about)


def folded(data: Data) -> npt.NDArray[np.float64]:
    """Return the chances of the pairs for choosing, each by weights fitted on other topics."""
    rows, about = data.parts[data.is_for_choosing], data.is_about[data.is_for_choosing]
    topics = data.topic[data.is_for_choosing]
    fold_of = {topic: n % FOLDS for n, topic in enumerate(np.random.default_rng(0).permutation(np.unique(topics)))}
    fold, chances = np.array([fold_of[topic] for topic in topics]), np.zeros(len(about))
    for n in range(FOLDS):
        chances[fold == n] = fitted(rows[fold != n], about[fold != n]).predict_proba(rows[fold == n])[:, 1]
    return chances


def print_quality(what: str, chances: npt.NDArray[np.float64], is_about: npt.NDArray[np.bool_]) -> None:
    """Print how well chances tell what is about a topic, and how well even chances part it from the rest."""
    picked = chances >= 0.5
    average, error = average_precision_score(is_about, chances), calibration_error(chances, is_about)
    print(
        f"{what}: AUC {roc_auc_score(is_about, chances):.3f}, average precision {average:.3f}, calibration error "
        f"{error:.3f}; at even chances {picked.sum()} picked, precision {precision(picked, is_about):.3f}, "
        f"recall {recall_of(picked, is_about):.3f}"
    )


if __name__ == "__main__":
    main()
