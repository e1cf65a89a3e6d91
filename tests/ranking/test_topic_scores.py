"""What topics score is found out once, whoever asks, and forgotten where it becomes too much."""

import numpy as np
import pytest

from dailypapers.ranking import topic_scores
from dailypapers.ranking.corpus.frequencies import Columns, Matrix
from dailypapers.ranking.topic_scores import TopicScores

PAPERS = 4


class Scoring:
    """Scores a topic by its number, and remembers who was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, topics: Columns) -> tuple[Matrix, Matrix]:
        self.asked.append(topics.tolist())
        return np.outer(topics, np.ones(PAPERS)), np.outer(-topics, np.ones(PAPERS))


def test_each_topic_is_scored_once_and_has_its_own_row() -> None:
    known, scoring = TopicScores(PAPERS), Scoring()
    for topics in ([7, 3, 7], [3, 900, 1], [], [900, 7]):
        numbers = np.array(topics, np.int64)
        rows = known.rows(numbers, scoring)
        assert (known.scores[rows] == numbers[:, None]).all()
        assert (known.relevance[rows] == -numbers[:, None]).all()
    assert scoring.asked == [[3, 7], [1, 900]]


def test_rows_stay_right_for_the_arrays_they_were_returned_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_scores, "MOST", 3 * PAPERS)
    known, scoring = TopicScores(PAPERS), Scoring()
    first = np.array([5, 6])
    rows, scores = known.rows(first, scoring), known.scores
    for topics in ([1, 2], [8], [9, 10]):
        known.rows(np.array(topics), scoring)
    assert (scores[rows] == first[:, None]).all()


def test_when_it_is_full_it_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_scores, "MOST", 3 * PAPERS)
    known, scoring = TopicScores(PAPERS), Scoring()
    for topics in ([1, 2], [2, 3, 4], [1, 2, 3, 4, 5]):
        numbers = np.array(topics)
        rows = known.rows(numbers, scoring)
        assert (known.scores[rows] == numbers[:, None]).all()
    assert scoring.asked == [[1, 2], [2, 3, 4], [1, 2, 3, 4, 5]]
    assert len(known.scores) == 5
