"""Every method, ours and the peers', prefers what is plainly meant."""

import datetime as dt
import random
from collections.abc import Sequence

import numpy as np
import pytest

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.evaluation import peers
from dailypapers.evaluation.ours import Ours
from dailypapers.evaluation.protocol import Evidence, Method
from dailypapers.ranking.corpus.frequencies import Floats

SUBJECTS = {
    "birds": ["bird", "song", "feather", "wing", "migration", "nest", "egg", "flock", "robin", "sparrow"],
    "stars": ["star", "galaxy", "nova", "orbit", "telescope", "comet", "lens", "dust", "cluster", "pulsar"],
    "bread": ["bread", "flour", "yeast", "oven", "crust", "dough", "salt", "wheat", "loaf", "starter"],
}


def papers(count: int, seed: int) -> list[Paper]:
    chance = random.Random(seed)  # noqa: S311 - made-up papers, the same in every run
    made = []
    for number in range(count):
        subject = sorted(SUBJECTS)[number % 3]
        words = chance.choices(SUBJECTS[subject], k=30)
        id_ = PaperId("file", f"{subject}-{seed}-{number}")
        made.append(Paper(id_, " ".join(words[:6]), " ".join(words), (), (), "", published=dt.date(2025, 1, 1)))
    return made


class Counting:
    """An encoder of three dimensions: how much of each subject."""

    name = "counting"

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = np.array(
            [[sum(word in text.split() for word in SUBJECTS[s]) for s in sorted(SUBJECTS)] for text in texts], float
        )
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def methods() -> list[Method]:
    background = papers(300, 1)
    return [
        Ours(background),
        Ours(background, encoder=Counting(), name="dense"),
        peers.TfIdf(background),
        peers.Bm25(background),
        peers.Svm(background),
        peers.Zotero(Counting()),
    ]


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)
def test_likes_and_a_heading_lead_to_their_own_subject(method: Method) -> None:
    pool = papers(30, 2)
    likes = tuple(paper for paper in papers(30, 3) if "stars" in str(paper.id))
    topic = Interest(InterestKind.TOPIC, "galaxy telescope star pulsar bird")
    for row in method.day(pool)([Evidence((), likes), Evidence((topic,), likes[:1])]):
        best = np.argsort(-row)[:5]
        assert all("stars" in str(pool[n].id) for n in best)
