"""Measuring the ranking, as a user types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


def _study(folder: Path) -> dict[str, Path]:
    days = ["2025-01-01", "2025-01-02", "2025-01-03"]
    papers = [
        {
            "id": f"2501.0{day}{n:03}",
            "day": days[day],
            "title": f"On {word} number {n}",
            "abstract": f"{word} and {word}",
        }
        for day in range(3)
        for n, word in enumerate(["birds", "stars", "bread", "snow", "rain", "salt"])
    ]
    (folder / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)))
    likes = [paper["id"] for paper in papers if "birds" in paper["title"] or "stars" in paper["title"]]
    reader = {"user": "1", "list": "x/awesome-birds", "topic": "Stars", "likes": [f"arxiv:{key}" for key in likes]}
    (folder / "users.jsonl").write_text(json.dumps(reader))
    (folder / "days.json").write_text(json.dumps(days[2:]))
    return {
        "--papers": folder / "papers.jsonl",
        "--users": folder / "users.jsonl",
        "--test-days": folder / "days.json",
    }


def _evaluate(run: Run, files: dict[str, Path], *more: str) -> tuple[int, str, str]:
    return run("evaluate", *(str(part) for pair in files.items() for part in pair), *more)


def test_evaluate_measures_ours_and_the_peers_in_one_run(run: Run, tmp_path: Path) -> None:
    methods = [word for name in ("dailypapers", "tfidf", "bm25") for word in ("--method", name)]
    rows = json.loads(_evaluate(run, _study(tmp_path), *methods, "--json")[1])
    assert [row["method"] for row in rows] == ["dailypapers", "tf-idf, words", "BM25"]
    assert rows[0]["ndcg@10"] == 1
    assert rows[0]["readers"] == rows[0]["lists"] == 1
    assert rows[0]["readers_ndcg@10"] == {"1": 1}
    assert rows[1]["first ahead by"] == rows[0]["ndcg@10"] - rows[1]["ndcg@10"]


@pytest.mark.parametrize("likes", ["0", "2", "all"])
def test_evaluate_tells_as_many_likes_as_it_is_asked_to(run: Run, tmp_path: Path, likes: str) -> None:
    rows = json.loads(_evaluate(run, _study(tmp_path), "--method", "dailypapers", "--likes", likes, "--json")[1])
    assert rows[0]["task"] == {"0": "heading only", "2": "heading, 2 likes", "all": "all likes"}[likes]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--method", "magic"), "no method “magic”"),
        (("--method", "zotero"), "needs a model"),
        (("--likes", "some"), "a number, 0 or all"),
        (("--likes", "0", "--no-heading"), "nothing to rank by"),
        (("--background-until", "2024-01-01"), "nothing to learn from"),
        (("--model", "nowhere"), "no model “nowhere”"),
    ],
)
def test_evaluate_says_what_is_wrong(run: Run, tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    code, _, told = _evaluate(run, _study(tmp_path), *more)
    assert code == 2
    assert said in told


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--users", "[1]", "a reader is an object"),
        ("--users", '{"likes": 3}', "likes must be a list"),
        ("--users", '{"user": "1", "likes": []}', "Nobody can be tested"),
        ("--users", "{", "is no JSON"),
        ("--test-days", "{}", "must be a list of days"),
        ("--test-days", "[]", "must be a list of days"),
    ],
)
def test_evaluate_names_a_file_that_is_wrong(run: Run, tmp_path: Path, option: str, text: str, said: str) -> None:
    files = _study(tmp_path)
    files[option].write_text(text)
    code, _, told = _evaluate(run, files, "--method", "tfidf")
    assert code == 2
    assert said in told


def test_evaluate_trending_compares_early_signals_with_later_ones(run: Run, tmp_path: Path) -> None:
    papers = [
        {"day": "2026-04-20", "paper": {"id": f"2604.{n:05}", "title": f"Paper {n}", "upvotes": n}} for n in range(9)
    ]
    (tmp_path / "listed.jsonl").write_text("\n".join(map(json.dumps, papers)))
    counts = [f"2604.{n:05}\t2026-04-{day}T01:00:00+00:00\tf\t{20 - n}" for n in range(9) for day in (21, 27)]
    (tmp_path / "counts.tsv").write_text("\n".join(["arxiv_id\tobserved_at\tfeed\tupvotes", *counts]))
    files = ("--listings", "listed.jsonl", "--readings", "counts.tsv")
    code, printed, _ = run("evaluate", "trending", *files, "--json")
    orders = {row["order"]: row["ndcg"] for row in json.loads(printed)}
    assert code == 0
    assert orders["our trending score"] == orders["upvotes next morning"] == 1 > orders["upvotes at listing"]
    (tmp_path / "counts.tsv").write_text("arxiv_id\tobserved_at\tupvotes\n2604.00001\tsoon\t3")
    code, _, said = run("evaluate", "trending", *files)
    assert code == 2
    assert "is no reading" in said


def test_evaluate_says_what_it_needs(run: Run) -> None:
    code, _, said = run("evaluate")
    assert code == 2
    assert "needs --papers" in said
