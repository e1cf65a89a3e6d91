"""The judged (topic, paper) pairs: what can be relied on where they are used."""

import csv
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "benchmarks" / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@pytest.mark.parametrize("name", ["relevance", "partial", "sentences"])
def test_every_pair_is_of_a_topic_and_has_one_label(name: str) -> None:
    topics = {row["topic_id"] for row in rows(f"{name}_topics.tsv")}
    pairs = rows(f"{name}.tsv")
    assert {row["topic_id"] for row in pairs} <= topics
    assert {row["label"] for row in pairs} == {"0", "1", "2"}
    assert {row["second_label"] for row in pairs} <= {"", "0", "1", "2"}
    assert not [pair for pair, times in Counter((row["topic_id"], row["paper"]) for row in pairs).items() if times > 1]


@pytest.mark.parametrize("name", ["relevance", "partial", "sentences"])
def test_pairs_name_papers_by_id_and_hold_nothing_of_their_text(name: str) -> None:
    for row in rows(f"{name}.tsv"):
        assert row["paper"].startswith(("arxiv:", "doi:", "url:"))
        assert " " not in row["paper"]
        assert float(row["weight"]) >= 1


def test_both_parts_have_topics_of_every_field() -> None:
    topics = rows("relevance_topics.tsv")
    parts = Counter((row["field"], row["part"]) for row in topics)
    for field in {row["field"] for row in topics}:
        assert abs(parts[field, "choose"] - parts[field, "held out"]) <= 2, field


def test_there_are_enough_pairs_and_a_good_part_is_judged_twice() -> None:
    pairs = rows("relevance.tsv")
    assert len(pairs) >= 1500
    assert len({row["topic_id"] for row in pairs}) >= 100
    assert sum(bool(row["second_label"]) for row in pairs) >= 290
