"""Fits the weights of `ranking/relevance.py` on the labelled pairs, and says how well they do on topics left out.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.fit_relevance [--held-out] [--model NAME]

A logistic regression of "about it" on the parts of relevance, on the topics of both sets that are for choosing; the
figures are of five folds over topics. With --held-out the weights are tried on the topics kept aside, which is to be
done once. With --model the weights beside an encoder are fitted as well, and on topics of five words and more those of
sentences; only labelled papers and the background's sample are encoded.
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
from benchmarks.label_relevance import DATA, PARTS, SENTENCES, SETS, read_rows
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from dailypapers.domain.paper import Paper
from dailypapers.evaluation.measures import calibration_error, precision, recall_of
from dailypapers.ranking.calibration import Calibration
from dailypapers.ranking.corpus.background import Background, fit
from dailypapers.ranking.corpus.frequencies import count_texts
from dailypapers.ranking.embeddings.encoder import Encoder, encoded
from dailypapers.ranking.embeddings.models import load
from dailypapers.ranking.features import build
from dailypapers.ranking.relevance import Parts, parts
from dailypapers.ranking.text.words import terms
from dailypapers.sources.file import read_papers

ABOUT = 2
FOLDS = 5
#: Names of the weights in the order of the columns; without a background there are the first four.
NAMES = ("text", "title", "near", "whole_title", "latent", "categories", "embedding")
WORDS_ALONE = 4
#: Topics of so many words and more are judged as sentences are, by these of the parts.
SENTENCE_WORDS = 5
OF_SENTENCE = ("text", "title", "embedding")

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """Labelled pairs: their parts, whether each is about its topic, its topic, and whether that is for choosing."""

    parts: Matrix
    is_about: npt.NDArray[np.bool_]
    topic: npt.NDArray[np.str_]
    is_for_choosing: npt.NDArray[np.bool_]
    words: Matrix

    def of(self, chosen: npt.NDArray[np.bool_], parts: Sequence[int] | None = None) -> "Data":
        """Return some of them, with all their parts or some."""
        rows = {name: value[chosen] for name, value in vars(self).items()}
        return Data(**rows | ({"parts": rows["parts"][:, parts]} if parts else {}))


@dataclass(frozen=True)
class Known:
    """What was learned: the background, and an encoder if there is one."""

    background: Background | None = None
    encoder: Encoder | None = None


def main() -> None:
    """Fit with a background and without, and print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--model", default="")
    options = parser.parse_args()
    held_out = options.held_out
    recordings = Path(os.environ["DAILYPAPERS_RECORDINGS"])
    listed = read_papers(recordings / "ranking" / "papers.jsonl.gz", now=NOW).announcements
    windows = recorded_windows(recordings, listed) | partial_windows(recordings, listed)
    library = sorted((item.paper for item in listed if item.day < LEARN_UNTIL), key=lambda paper: str(paper.id))
    background = fit(library)
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    for name, known in (("trained", Known(background)), ("untrained", Known())):
        report(name, data_of(windows, known, SETS), NAMES, held_out=held_out)
    if options.model:
        encoder = load(options.model)
        with_encoder = Known(background.with_dense(sample_alone(background, library, encoder)), encoder)
        data = data_of(windows, with_encoder, (*SETS, SENTENCES))
        few = data.words < SENTENCE_WORDS
        report("encoded", data.of(few), NAMES, held_out=held_out)
        columns_of_sentence = [NAMES.index(part) for part in OF_SENTENCE]
        report("encoded, sentences", data.of(~few, columns_of_sentence), OF_SENTENCE, held_out=held_out)


def sample_alone(background: Background, library: Sequence[Paper], encoder: Encoder) -> Matrix:
    """Return the vectors of the background's papers, zeros but for those of its sample."""
    vectors = encoded(encoder, [library[row] for row in background.sample])
    rows = np.zeros((background.papers, vectors.shape[1]))
    rows[background.sample] = vectors
    return rows


def data_of(windows: dict[str, list[Paper]], known: Known, sets: Sequence[str]) -> Data:
    """Return the labelled pairs of some sets with their parts."""
    rows, *others = zip(*pairs(windows, known, sets), strict=True)
    about, topics, choosing, words = map(np.array, others)
    return Data(np.array(rows), about, topics, choosing, words)


def pairs(
    windows: dict[str, list[Paper]], known: Known, sets: Sequence[str]
) -> Iterator[tuple[Matrix, bool, str, bool, float]]:
    """Yield each labelled pair: parts, whether the paper is about the topic, its id, is it to choose on, its words."""
    topics = {row["topic_id"]: row for name in sets for row in read_rows(DATA / f"{name}_topics.tsv")}
    by_window = defaultdict(list)
    for row in (row for name in sets for row in read_rows(DATA / f"{name}.tsv")):
        by_window[row["window"]].append(row)
    for window, labelled in by_window.items():
        ids = sorted({row["topic_id"] for row in labelled if terms(topics[row["topic_id"]]["topic"])})
        texts, judged = [topics[each]["topic"] for each in ids], {row["paper"] for row in labelled}
        matrix, words, column = parts_of(windows[window], texts, known, judged)
        for row in labelled:
            if row["topic_id"] in ids:
                topic = ids.index(row["topic_id"])
                is_for_choosing = topics[row["topic_id"]]["part"] == PARTS[0]
                is_about = int(row["label"]) == ABOUT
                yield matrix[topic, column[row["paper"]]], is_about, row["topic_id"], is_for_choosing, words[topic]


def parts_of(
    papers: Sequence[Paper], texts: Sequence[str], known: Known, judged: set[str]
) -> tuple[Matrix, Matrix, dict[str, int]]:
    """Return topics × papers × parts, the words of each topic, and the column of each paper."""
    encoder = known.encoder
    features = build(papers, background=known.background, dense=judged_alone(papers, judged, encoder))
    background = features.background
    feedback = background.found(texts, count_texts(texts))
    pull = features.category_pull(np.asarray(feedback @ background.category_vectors))
    latent = np.asarray(feedback @ background.latent_vectors)
    ratio = np.asarray(feedback.multiply(feedback).sum(axis=1)).ravel()
    vectors = encoder.encode(texts).astype(np.float64) if encoder else None
    held = features.coverages(texts)
    made = parts(features, held, latent=latent, categories=pull, ratio=ratio, vectors=vectors)
    rows = np.stack(columns(made)[: None if known.background else WORDS_ALONE], axis=2)
    return rows, held.words, {key: column for column, key in enumerate(features.keys)}


def judged_alone(papers: Sequence[Paper], judged: set[str], encoder: Encoder | None) -> Matrix | None:
    """Return papers' vectors, zeros but for those that are judged; nothing without an encoder."""
    if encoder is None:
        return None
    chosen = [row for row, paper in enumerate(papers) if str(paper.id) in judged]
    vectors = encoded(encoder, [papers[row] for row in chosen])
    rows = np.zeros((len(papers), vectors.shape[1]))
    rows[chosen] = vectors
    return rows


def columns(made: Parts) -> list[Matrix]:
    """Return the parts there are, in the order of `NAMES`."""
    held = made.held
    words = [held.text, held.title, made.is_whole * held.near, made.has_whole_title.astype(np.float64)]
    return [*words, *(part for part in (made.company, made.categories, made.embedding) if part is not None)]


def report(name: str, data: Data, names: Sequence[str], *, held_out: bool) -> None:
    """Print the weights and how well they do."""
    chosen = data.is_for_choosing
    topics, about = len(set(data.topic[chosen])), data.is_about[chosen].sum()
    print(f"\n{name}: {chosen.sum()} pairs of {topics} topics, {about} about", flush=True)
    print_quality("  five folds over topics", folded(data), data.is_about[chosen])
    model = fitted(data.parts[chosen], data.is_about[chosen])
    slope, even_at = Calibration().slope, Calibration().even_at
    base = float(model.intercept_[0]) / slope + even_at
    weights = ", ".join(f"{n}={w / slope:.3f}" for n, w in zip(names, model.coef_[0], strict=False))
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
