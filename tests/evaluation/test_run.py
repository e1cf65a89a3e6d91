"""What the commands call: past days ranked again, and votes on interleaved lists counted."""

import datetime as dt
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.library.test_learn import (
    BIRDS,
    HOW,
    OTHERS,
    Directions,
    admit,
    announce,
    composed,
    taught,
    text_about,
    topic,
)
from tests.world import DAY, MONDAY

from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput
from dailypapers.evaluation.files import Files
from dailypapers.evaluation.protocol import Task
from dailypapers.evaluation.run import evaluate, interleaved, replay
from dailypapers.intake.close import close
from dailypapers.store import papers, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import picks as picks_table

__all__ = ["taught"]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Four days of three papers; ann likes the first of each; the last two days and one of no paper are tested."""
    rows = [
        {"id": f"{day}{n}", "day": f"2025-01-0{day}", "title": f"On {word}", "abstract": f"{word} {word}"}
        for day in range(1, 5)
        for n, word in enumerate(["birds", "stars", "bread"])
    ]
    likes = [f"{day}0" for day in range(1, 5)] + ["11", "21"]
    made = Files(tmp_path / "papers.jsonl", tmp_path / "users.jsonl", tmp_path / "days.json")
    made.papers.write_text("\n".join(map(json.dumps, rows)))
    made.users.write_text(json.dumps({"user": "ann", "likes": likes}))
    made.test_days.write_text('["2025-01-03", "2025-01-04", "2025-02-01"]')
    return made


def test_files_are_measured_day_by_day_learning_only_from_what_came_before(files: Files) -> None:
    progress: list[int] = []
    done = evaluate(files, ["tfidf", "bm25"], [Task(None), Task(1)], on_progress=progress.append)
    assert [(outcome.task, outcome.method) for outcome in done.outcomes] == [
        (task, method) for task in (Task(None), Task(1)) for method in ("tf-idf, words", "BM25")
    ]
    assert (done.background, done.without_papers, done.skipped) == (6, ("2025-02-01",), ())
    assert [outcome.lists for outcome in done.outcomes] == [2] * 4
    assert progress == [1, 1, 1]
    assert evaluate(files, ["bm25"], [Task(None)], until=dt.date(2025, 1, 2)).background == 3


def test_a_study_without_anything_to_learn_from_or_anybody_to_test_is_refused(files: Files) -> None:
    with pytest.raises(BadInput, match="No paper is older than 2025-01-01"):
        evaluate(files, ["bm25"], [Task(None)], until=dt.date(2025, 1, 1))
    files.users.write_text('{"user": "ann", "likes": ["10", "20", "30"]}')
    with pytest.raises(BadInput, match="Nobody can be tested"):
        evaluate(files, ["bm25"], [Task(None)])


def test_replay_ranks_past_editions_again_knowing_only_what_came_before(taught: sa.Engine) -> None:
    reader = admit(taught, topic("ornithology"))
    with pytest.raises(BadInput, match="Nobody can be tested yet"):
        replay(taught, ["dailypapers"])
    chance = random.Random(9)  # noqa: S311 - made-up papers, the same in every run
    for n in range(3):
        now = MONDAY + n * DAY
        announce(taught, now, *(text_about(subject, chance) for subject in (BIRDS, BIRDS, *OTHERS)))
        close(taught, zone="UTC", now=now)
        with writing(taught) as tx:
            for place in range(2):
                paper = papers.named(tx, f"file:{now:%d}-{place}")
                assert paper
                votes.cast(tx, reader, paper, Vote.LIKE, now=now)
    ours, other = replay(taught, ["dailypapers", "tfidf"])
    assert ours.lists == other.lists == 1, "only on the third day are three earlier likes known"
    assert ours.means().tolist() == [1]
    assert replay(taught, ["dailypapers"], task=Task(0, topics=True))[0].task.name == "heading only"
    assert replay(taught, ["zotero"], encoder=Directions())[0].lists == 1
    with pytest.raises(BadInput, match="no method “magic”"):
        replay(taught, ["magic"])


def test_two_ranking_variants_are_interleaved_for_some_readers_and_their_votes_compared(
    taught: sa.Engine,
) -> None:
    reader = admit(taught, topic("ornithology"))
    how = replace(HOW, relevance=0, variant="words", variant_share=1.0)
    with pytest.raises(BadInput, match="Nobody has voted"):
        interleaved(taught, now=MONDAY, days=30)
    chance = random.Random(9)  # noqa: S311 - made-up papers, the same in every run
    texts = [text_about([*BIRDS, "ornithology"], chance) for _ in range(3)] + [text_about(BIRDS, chance)]
    announce(taught, MONDAY, *texts)
    assert composed(taught, MONDAY, how)
    with reading(taught) as tx:
        brought = tx.execute(sa.select(picks_table.c.paper_id, picks_table.c.variant)).all()
    assert {row.variant for row in brought} == {"full", "words"}
    with writing(taught) as tx:
        for row in brought:
            votes.cast(tx, reader, row.paper_id, Vote.LIKE if row.variant == "full" else Vote.DISLIKE, now=MONDAY)
    full, words = interleaved(taught, now=MONDAY, days=30)
    assert (full.variant, full.share, full.disliked) == ("full", 1, 0)
    assert (words.variant, words.liked, words.share) == ("words", 0, 0)
    assert words.disliked > 0
