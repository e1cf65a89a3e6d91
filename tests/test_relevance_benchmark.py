"""The benchmark of relevance: what its tables count, on papers small enough to count by hand."""

import datetime as dt
from functools import partial

import numpy as np
import numpy.typing as npt
from benchmarks.relevance import Product, TopicDay, fingerprint, holds_words, is_present, over_topics, topic_days

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.text.words import terms


def paper(number: int, title: str, abstract: str) -> Paper:
    return Paper(
        id=PaperId.parse(f"arxiv:2511.0000{number}"),
        title=title,
        abstract=abstract,
        authors=(),
        published=dt.date(2025, 11, 3),
    )


PAPERS = [
    paper(1, "Optical flow of birds", "We estimate the flow of pixels between frames."),
    paper(2, "Bird counting", "Optical sensors count birds, and their flow over a ridge."),
    paper(3, "Language models", "We train a model of text."),
]


def test_a_topic_day_counts_picks_titles_and_words() -> None:
    product = Product(fit(PAPERS), None, None)
    flow, nothing = topic_days(product, PAPERS, ["optical flow", "prime gaps"])
    assert (flow.titles, flow.picked_titles, flow.has_words) == (1, 1, True)
    assert flow.picks >= 1
    assert flow.without_words == 0
    assert nothing == TopicDay(picks=0, without_words=0, titles=0, picked_titles=0, has_words=False)


def test_a_paper_holds_a_topic_where_it_holds_all_its_words_in_any_form() -> None:
    held = frozenset(terms("Counting birds by their optical flows in a data set"))
    assert holds_words(held, "the optical flow of a bird")
    assert holds_words(held, "datasets")
    assert not holds_words(held, "optical flow of fish")


def test_a_topic_is_present_among_papers_of_its_field_alone() -> None:
    assert is_present({"kind": "phrase", "window": "computing"}, "2025-08")
    assert is_present({"kind": "phrase", "window": "fields"}, "fields")
    assert not is_present({"kind": "phrase", "window": "fields"}, "2025-08")
    assert not is_present({"kind": "absent", "window": "fields"}, "fields")


def share(values: npt.NDArray[np.float64], rows: npt.NDArray[np.int64]) -> float:
    return float(values[rows].mean())


def test_pairs_of_one_topic_stand_or_fall_together() -> None:
    # Within a topic all are alike: no more is known of it by a hundred pairs than by one.
    topic_ids, values = np.repeat(["a", "b"], 100), np.repeat([0.0, 1.0], 100)
    assert over_topics(topic_ids, partial(share, values)) == (0, 1)
    low, high = over_topics(np.arange(200).astype(str), partial(share, values))
    assert 0.4 < low < high < 0.6


def test_what_was_learned_is_kept_for_these_papers_alone() -> None:
    assert fingerprint(PAPERS) == fingerprint(list(PAPERS))
    assert fingerprint(PAPERS) != fingerprint(PAPERS[:2])
