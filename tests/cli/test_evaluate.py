"""Measuring the ranking, as a user types it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dailypapers.cli.evaluate import METHOD_HELP
from dailypapers.evaluation.methods import METHODS

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


def test_evaluate_reads_files_gzipped_or_not_with_a_mark_and_with_separators_inside_texts(
    run: Run, tmp_path: Path
) -> None:
    plain = _evaluate(run, _study(tmp_path), "--method", "bm25", "--heading", "--json")
    files = _study(tmp_path)
    reader = json.loads(files["--users"].read_text())
    odd = json.dumps(reader | {"topic": "Stars\u2028\x85", "more": {"of": [1]}}, ensure_ascii=False)
    files["--users"].write_bytes(gzip.compress(b"\xef\xbb\xbf" + odd.encode()))
    files["--test-days"].write_bytes(gzip.compress(files["--test-days"].read_bytes()))
    files["--papers"] = files["--papers"].rename(tmp_path / "papers")
    code, printed, told = _evaluate(run, files, "--method", "bm25", "--heading", "--json")
    measured = [
        {name: value for name, value in json.loads(text)[0].items() if name != "ms a list"}
        for text in (plain[1], printed)
    ]
    assert (code, told) == (0, "")
    assert measured[0] == measured[1]


@pytest.mark.parametrize("prefix", ["", "https://arxiv.org/abs/"])
def test_evaluate_knows_a_like_however_its_id_is_written(run: Run, tmp_path: Path, prefix: str) -> None:
    files = _study(tmp_path)
    reader = json.loads(files["--users"].read_text())
    likes = [f"{prefix}{key.removeprefix('arxiv:')}v2" for key in reader["likes"]]
    files["--users"].write_text(json.dumps(reader | {"likes": likes}))
    assert json.loads(_evaluate(run, files, "--method", "dailypapers", "--json")[1])[0]["ndcg@10"] == 1


def test_evaluate_knows_papers_by_names_of_the_file_s_own(run: Run, tmp_path: Path) -> None:
    files = _study(tmp_path)
    for option in ("--papers", "--users"):
        files[option].write_text(files[option].read_text().replace("arxiv:", "").replace('"2501.', '"paper '))
    assert json.loads(_evaluate(run, files, "--method", "dailypapers", "--json")[1])[0]["ndcg@10"] == 1


def test_evaluate_takes_every_line_for_a_reader_of_its_own(run: Run, tmp_path: Path) -> None:
    files = _study(tmp_path)
    reader = json.loads(files["--users"].read_text())
    lines = [reader | {"user": user} for user in (1, 0, "1", None, float("nan"))]
    silent = [{"user": "silent", "likes": None}, {"user": "mute", "topic": "Snow"}]
    files["--users"].write_text("\n".join(map(json.dumps, [*lines, *silent])))
    row = json.loads(_evaluate(run, files, "--method", "dailypapers", "--json")[1])[0]
    assert sorted(row["readers_ndcg@10"]) == ["(line 4)", "(line 5)", "0", "1", "1 (line 3)"]


def test_evaluate_takes_a_paper_s_own_date_for_its_day_and_names_one_without(run: Run, tmp_path: Path) -> None:
    files = _study(tmp_path)
    papers = [json.loads(line) for line in files["--papers"].read_text().splitlines()]
    dated = [{("published" if name == "day" else name): value for name, value in paper.items()} for paper in papers]
    lost = {"id": "2501.09999", "title": "Of no day", "abstract": float("nan")}
    again = papers[0] | {"day": "2025-01-03"}
    files["--papers"].write_text("\n".join(map(json.dumps, [*dated, lost, again])))
    code, printed, told = _evaluate(run, files, "--method", "dailypapers", "--json")
    assert json.loads(printed)[0]["ndcg@10"] == 1
    assert (code, told) == (1, "papers.jsonl, “Of no day”: It has no date.\n")


def test_evaluate_measures_readers_of_whom_nothing_is_known_by_every_method(run: Run, tmp_path: Path) -> None:
    files = _study(tmp_path)
    reader = json.loads(files["--users"].read_text()) | {"list": None, "topic": ""}
    files["--users"].write_text(json.dumps(reader))
    code, printed, _ = _evaluate(run, files, "--likes", "0", "--json")
    assert code == 0
    assert len({row["ndcg@10"] for row in json.loads(printed)}) == 1


def test_evaluate_tests_a_day_once_and_says_which_days_have_no_papers(run: Run, tmp_path: Path) -> None:
    files = _study(tmp_path)
    files["--test-days"].write_text(json.dumps(["2025-01-03T00:00:00", "2030-01-01", "2025-01-03"]))
    code, printed, told = _evaluate(run, files, "--method", "dailypapers", "--json")
    assert json.loads(printed)[0]["lists"] == 1
    assert (code, told) == (0, "There are no papers for these days: 2030-01-01.\n")


def test_evaluate_names_its_methods() -> None:
    assert all(name in METHOD_HELP for name in METHODS)


@pytest.mark.parametrize("likes", ["0", "2", "all"])
def test_evaluate_tells_as_many_likes_as_it_is_asked_to(run: Run, tmp_path: Path, likes: str) -> None:
    rows = json.loads(_evaluate(run, _study(tmp_path), "--method", "dailypapers", "--likes", likes, "--json")[1])
    assert rows[0]["task"] == {"0": "heading only", "2": "heading, 2 likes", "all": "all likes"}[likes]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--method", "magic"), "no method “magic”"),
        (("--method", "zotero"), "needs a model"),
        (("--likes", "some"), "must be a number or all"),
        (("--likes", "-1"), "must be a number or all"),
        (("--likes", "²"), "must be a number or all"),
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
        ("--users", "[1]", "a reader must be an object"),
        ("--users", '{"likes": 3}', "likes must be a list"),
        ("--users", '{"user": "1", "likes": []}', "Nobody can be tested"),
        ("--users", "{", "is not valid JSON"),
        ("--users", '{"topic": ["a"]}', "topic must be text"),
        ("--papers", "[]", "papers.jsonl line 1: It is not a JSON object."),
        ("--papers", "", "no papers that could be read"),
        ("--test-days", "{}", "must be a list of days"),
        ("--test-days", "[]", "must be a list of days"),
        ("--test-days", '["soon"]', "must be a list of days"),
        ("--test-days", "[NaN]", "must be a list of days"),
        ("--test-days", "7", "must be a list of days"),
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
    (tmp_path / "listed.jsonl").write_text("\n".join(map(json.dumps, papers)) + "\n")
    counts = [
        f"2604.{n:05}\t2026-04-{day}T01:00:00{zone}\tf\t{20 - n}"
        for n in range(9)
        for day, zone in ((21, ""), (27, "Z"))
    ]
    (tmp_path / "counts.tsv").write_text("\n".join(["arxiv_id\tobserved_at\tfeed\tupvotes", *counts]))
    files = ("--listings", "listed.jsonl", "--readings", "counts.tsv")
    code, printed, _ = run("evaluate", "trending", *files, "--json")
    orders = {row["order"]: row["ndcg"] for row in json.loads(printed)}
    assert code == 0
    assert orders["our trending score"] == orders["upvotes next morning"] == 1 > orders["upvotes at listing"]
    (tmp_path / "counts.tsv").write_text("arxiv_id\tobserved_at\tupvotes\n2604.00001\tsoon\t3")
    code, _, said = run("evaluate", "trending", *files)
    assert code == 2
    assert "line 2 is not a reading" in said


def test_evaluate_replay_says_what_is_wrong(run: Run, migrated: Path) -> None:
    run("init", "--no-check-mail")
    for more, said in (("magic", "no method “magic”"), ("bm25", "Nobody can be tested")):
        code, _, told = run("evaluate", "--replay", "--method", more)
        assert code == 2
        assert said in told


def test_evaluate_says_what_it_needs(run: Run) -> None:
    code, _, said = run("evaluate")
    assert code == 2
    assert "needs --papers" in said
