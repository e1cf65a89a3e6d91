"""Files become a study or a forecast's counts, and a line that is wrong is named."""

import datetime as dt
import json
from pathlib import Path

import pytest

from dailypapers.domain.paper import PaperId
from dailypapers.errors import BadInput
from dailypapers.evaluation.files import Files, read_listings, read_readings, read_study, topic_of


@pytest.mark.parametrize(
    ("list_name", "section", "topic"),
    [
        ("someone/awesome-graph_networks", "Surveys", "graph networks: Surveys"),
        ("Awesome Papers", "Latest Diffusion Resources", "Diffusion"),
        ("x/awesomeness", "", "awesomeness"),
        ("", "", ""),
    ],
)
def test_a_list_s_name_is_read_as_its_subject(list_name: str, section: str, topic: str) -> None:
    assert topic_of(list_name, section) == topic


def study_of(folder: Path, papers: str, users: str = '{"user": "ann", "likes": ["2501.00001v2"]}') -> Files:
    files = Files(folder / "papers.jsonl", folder / "users.jsonl", folder / "days.json")
    files.papers.write_text(papers)
    files.users.write_text(users)
    files.test_days.write_text('["2025-01-02T08:00", "2025-01-01", "2025-01-02"]')
    return files


def test_a_paper_is_of_its_first_day_and_days_are_sorted_and_tested_once(tmp_path: Path) -> None:
    rows = [
        {"id": "2501.00001", "title": "Later", "day": "2025-01-02"},
        {"id": "2501.00001", "title": "First", "day": "2025-01-01"},
        {"id": "2501.00002", "title": "Dated", "published": "2025-01-02"},
        {"id": "2501.00003", "title": "Undated"},
    ]
    study, skipped = read_study(study_of(tmp_path, "\n".join(map(json.dumps, rows))))
    assert study.day_of == {"arxiv:2501.00001": "2025-01-01", "arxiv:2501.00002": "2025-01-02"}
    assert study.papers["arxiv:2501.00001"].title == "First"
    assert study.days == ("2025-01-01", "2025-01-02")
    assert study.readers[0].likes == {"arxiv:2501.00001"}
    assert [item.why for item in skipped] == ["It has no date."]


def test_a_file_without_readable_papers_says_what_is_wrong_with_the_first(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"could be read: papers\.jsonl line 1: "):
        read_study(study_of(tmp_path, "[]"))


def test_listings_are_read_with_their_day_and_counts(tmp_path: Path) -> None:
    file = tmp_path / "listed.jsonl"
    entry = {"day": "2026-04-20", "paper": {"id": "2604.00001", "title": "One", "upvotes": 7}}
    file.write_text(json.dumps(entry) + "\n\n")
    (listing,) = read_listings(file)
    assert (listing.paper.id, listing.day) == (PaperId("arxiv", "2604.00001"), dt.date(2026, 4, 20))
    assert listing.signals.upvotes == 7


@pytest.mark.parametrize("line", ["{", "[]", '{"paper": {"id": "2604.00001", "title": "One"}}', '{"day": "soon"}'])
def test_a_line_that_is_not_a_listing_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "listed.jsonl"
    file.write_text("\n" + line)
    with pytest.raises(BadInput, match=r"listed\.jsonl line 2 is not a listed paper"):
        list(read_listings(file))


def test_a_reading_s_time_without_an_offset_is_utc(tmp_path: Path) -> None:
    file = tmp_path / "counts.tsv"
    rows = ["2604.00001\t2026-04-21T01:00:00\t5", "2604.00001\t2026-04-21T03:00:00+02:00\t5"]
    file.write_text("\n".join(["arxiv_id\tobserved_at\tupvotes", *rows]))
    one, other = read_readings(file)
    assert one == other
    assert (one.paper, one.at, one.upvotes) == (
        "arxiv:2604.00001",
        dt.datetime(2026, 4, 21, 1, tzinfo=dt.UTC),
        5,
    )


@pytest.mark.parametrize(
    "line", ["2604.00001\tsoon\t5", "2604.00001\t2026-04-21T01:00:00\tmany", "2604.00001\t2026-04-21T01:00:00"]
)
def test_a_line_that_is_not_a_reading_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "counts.tsv"
    file.write_text(f"arxiv_id\tobserved_at\tupvotes\n{line}")
    with pytest.raises(BadInput, match="line 2 is not a reading"):
        list(read_readings(file))
