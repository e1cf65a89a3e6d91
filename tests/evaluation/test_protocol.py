"""What the protocol tells a method, and what it makes of the answers."""

from collections.abc import Sequence

import numpy as np
import pytest

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.evaluation.protocol import Evidence, Reader, Scores, Study, Task, ranked, run
from dailypapers.ranking.corpus.frequencies import Matrix

TOPIC = Interest(InterestKind.TOPIC, "birds")
DAYS = ("2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04")


def study(*readers: Reader) -> Study:
    """Three papers a day, a0 to d2; the last two days are tested."""
    keys = [(f"file:{letter}{n}", day) for letter, day in zip("abcd", DAYS, strict=True) for n in range(3)]
    papers = {key: Paper(PaperId("file", key[5:]), key, "", (), (), "") for key, _ in keys}
    return Study(papers, dict(keys), readers, DAYS[2:])


def keys(*names: str) -> frozenset[str]:
    return frozenset(f"file:{name}" for name in names)


class Remembering:
    """Scores the wanted papers highest, and keeps what it was told."""

    name = "remembering"

    def __init__(self, *wanted: str) -> None:
        self.wanted = keys(*wanted)
        self.told: list[Evidence] = []

    def day(self, pool: Sequence[Paper]) -> Scores:
        def scores(readers: Sequence[Evidence]) -> Matrix:
            self.told += readers
            return np.array([[float(str(paper.id) in self.wanted) for paper in pool] for _ in readers])

        return scores


def test_a_method_is_told_only_what_came_before() -> None:
    reader = Reader("ann", (TOPIC,), keys("a0", "a1", "b0", "c1", "d2"))
    method = Remembering("c1")
    outcome = run(study(reader), [method], [Task(None)])[0]
    assert [[str(paper.id) for paper in evidence.likes] for evidence in method.told] == [
        ["file:a0", "file:a1", "file:b0"],
        ["file:a0", "file:a1", "file:b0", "file:c1"],
    ]
    assert outcome.lists == 2
    assert outcome.by_reader["ann"][0].ndcg == 1


@pytest.mark.parametrize(
    ("task", "likes", "name"),
    [
        (Task(0, topics=True), 0, "heading only"),
        (Task(2, topics=True), 2, "heading, 2 likes"),
        (Task(1), 1, "1 like"),
        (Task(None, topics=True), 3, "heading, all likes"),
    ],
)
def test_a_task_says_what_is_told(task: Task, likes: int, name: str) -> None:
    reader = Reader("ann", (TOPIC,), keys("a0", "a1", "b0", "c1"), keys("a2"))
    evidence = study(reader).evidence(reader, DAYS[2], task)
    assert task.name == name
    assert len(evidence.likes) == likes
    assert [str(paper.id) for paper in evidence.likes] == ["file:a0", "file:a1", "file:b0"][3 - likes :]
    assert evidence.query == ("birds" if task.topics else "")
    assert len(evidence.dislikes) == (1 if task.likes is None else 0)


def test_who_has_too_few_earlier_likes_or_none_on_the_day_is_not_measured() -> None:
    few, none = Reader("few", (), keys("a0", "b0", "c0")), Reader("none", (), keys("a0", "a1", "b0"))
    assert run(study(few, none), [Remembering()], [Task(None)])[0].lists == 0


def test_a_reader_with_many_days_counts_no_more_than_one_with_a_single_day() -> None:
    busy = Reader("busy", (), keys("a0", "a1", "b0", "c0", "d0"))
    calm = Reader("calm", (), keys("a0", "a1", "b0", "c1"))
    outcome = run(study(busy, calm), [Remembering("c0", "d0")], [Task(None)])[0]
    assert outcome.means().tolist()[0] == 1
    assert outcome.means().mean() == pytest.approx((1 + outcome.by_reader["calm"][0].ndcg) / 2)


def test_one_method_is_compared_with_another_reader_by_reader() -> None:
    reader = Reader("ann", (), keys("a0", "a1", "b0", "c1"))
    best, other = run(study(reader), [Remembering("c1"), Remembering("c0", "c2")], [Task(None)])
    ahead, low, high = best.over(other)
    assert ahead == low == high == pytest.approx(0.5)
    assert best.over(best)[0] == 0


def test_equal_scores_fall_in_one_fixed_order_whatever_order_they_come_in() -> None:
    names = [f"file:{n}" for n in range(20)]
    order = ranked(names, np.zeros(20))
    assert order == ranked(names[::-1], np.full(20, 1e-12))
    assert order not in (names, names[::-1])
