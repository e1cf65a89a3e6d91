import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from dailypapers.domain.paper import PaperId, Signals
from dailypapers.errors import BadInput
from dailypapers.sources.base import id_of_title
from dailypapers.sources.file import File, read_papers
from dailypapers.sources.http.client import Http

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
FULL: dict[str, Any] = {
    "id": "2604.01234v2",
    "title": "A $\\alpha$  title",
    "abstract": "What we did.",
    "authors": ["Ann Lee", "Bob Roy"],
    "categories": ["cs.LG", "stat.ML"],
    "published": "2026-04-17T10:00:00Z",
    "upvotes": 3,
    "code_url": "https://github.com/ann/code",
}


def written(folder: Path, *lines: Any, name: str = "papers.jsonl") -> Path:
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path = folder / name
    path.write_text("\n".join(texts), "utf-8")
    return path


def test_a_line_becomes_a_paper(tmp_path: Path) -> None:
    (announcement,) = read_papers(written(tmp_path, FULL), now=MONDAY).announcements
    paper = announcement.paper
    assert (str(paper.id), announcement.version) == ("arxiv:2604.01234", 2)
    assert (paper.title, paper.abstract) == ("A α title", "What we did.")
    assert (paper.authors, paper.categories) == (("Ann Lee", "Bob Roy"), ("cs.LG", "stat.ML"))
    assert (paper.url, paper.code_url) == ("https://arxiv.org/abs/2604.01234", "https://github.com/ann/code")
    assert paper.published == dt.date(2026, 4, 17)
    assert announcement.signals == Signals(upvotes=3)
    assert announcement.day == MONDAY.date()


def test_other_words_for_the_same_are_understood(tmp_path: Path) -> None:
    line = {"id": "10.1000/ABC", "title": "T", "abs": "A", "authors": "Ann Lee, Bob Roy", "cats": "cs.LG, cs.CV"}
    (announcement,) = read_papers(written(tmp_path, line | {"day": "2026-04-16"}), now=MONDAY).announcements
    paper = announcement.paper
    assert (str(paper.id), paper.abstract, paper.url) == ("doi:10.1000/abc", "A", "https://doi.org/10.1000/abc")
    assert (paper.authors, paper.categories) == (("Ann Lee", "Bob Roy"), ("cs.LG", "cs.CV"))
    assert announcement.day == paper.published == dt.date(2026, 4, 16)
    assert announcement.signals is None


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        ({"title": "T", "id": "report 7"}, "file:report 7"),
        ({"title": "T", "url": "https://x.example/1"}, "url:https://x.example/1"),
        ({"title": "T", "id": "title:abc"}, "title:abc"),
        ({"title": "T"}, str(id_of_title("T"))),
    ],
)
def test_a_paper_without_a_known_id_has_a_name_all_the_same(tmp_path: Path, line: dict[str, str], id_: str) -> None:
    (announcement,) = read_papers(written(tmp_path, line), now=MONDAY).announcements
    assert str(announcement.paper.id) == id_
    assert PaperId.parse(id_) == announcement.paper.id


def test_wrong_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        FULL,
        "{not json",
        "",
        "[1, 2]",
        {"abstract": "no title"},
        FULL | {"published": "soon"},
        FULL | {"authors": 7},
        FULL | {"upvotes": "many"},
        FULL | {"title": ["T"]},
        FULL | {"categories": {"a": 1}},
        "[" * 100_000,
        FULL | {"id": "2604.00002"},
    )
    fetched = read_papers(path, now=MONDAY)
    assert [str(a.paper.id) for a in fetched.announcements] == ["arxiv:2604.01234", "arxiv:2604.00002"]
    told = {skipped.where: skipped.why for skipped in fetched.skipped}
    assert told["papers.jsonl line 2"].startswith("It is not a JSON object: Expecting property name")
    assert told["papers.jsonl line 4"] == "It is not a JSON object."
    assert told["papers.jsonl line 5"] == "It has no title."
    assert told["papers.jsonl line 6"] == "Its published “soon” is not a date such as 2026-08-20."
    assert told["papers.jsonl line 7"] == "Its authors are not a list of names."
    assert told["papers.jsonl line 8"] == "Its upvotes must be a whole number."
    assert told["papers.jsonl line 9"] == "Its title is not text."
    assert told["papers.jsonl line 10"] == "Its categories are not a list of words."
    assert told["papers.jsonl line 11"] == "It is nested too deeply."
    assert (fetched.items, len(fetched.skipped)) == (11, 9)


@pytest.mark.parametrize("name", ["papers.jsonl.gz", "papers.jsonl", "papers", "papers.gz"])
@pytest.mark.parametrize("packed", [True, False])
def test_files_are_known_by_what_is_in_them_packed_or_not(tmp_path: Path, name: str, packed: bool) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(FULL).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if packed else data)
    (found,) = read_papers(tmp_path / name, now=MONDAY).announcements
    assert str(found.paper.id) == "arxiv:2604.01234"


def test_what_others_write_for_nothing_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "T", "abstract": NaN, "upvotes": Infinity}\n{"title": NaN}')
    read = read_papers(path, now=MONDAY)
    assert (read.announcements[0].paper.abstract, read.announcements[0].signals) == ("", None)
    assert [skipped.why for skipped in read.skipped] == ["It has no title."]


def test_a_byte_order_mark_and_wrong_bytes_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"title": "One"}\n{"title": "T\xffwo"}\n')
    assert [a.paper.title for a in read_papers(path, now=MONDAY).announcements] == ["One", "T\ufffdwo"]


def test_text_has_a_title_and_an_abstract_line_for_each_paper(tmp_path: Path) -> None:
    lines = (
        "Get trending papers by mail!",
        "SubscribeFirst things first",
        "About them.",
        "Subscribers",
        "About us.",
        "Lost",
    )
    fetched = read_papers(written(tmp_path, *lines, name="page.txt"), now=MONDAY)
    assert [(a.paper.title, a.paper.abstract) for a in fetched.announcements] == [
        ("First things first", "About them."),
        ("Subscribers", "About us."),
    ]
    assert [(skipped.where, skipped.why) for skipped in fetched.skipped] == [
        ("page.txt line 6", "There is no abstract below this title.")
    ]


def test_a_title_names_a_paper_whatever_its_case_and_points() -> None:
    assert id_of_title("On Things: a Study") == id_of_title("ON THINGS — A STUDY")
    assert id_of_title("On Things") != id_of_title("On Thing")
    assert id_of_title("???") != id_of_title("!!!")


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"does not exist|cannot be read"):
        read_papers(tmp_path / name, now=MONDAY)


def test_a_damaged_packed_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"title": "T"}\n' * 1000)[:-30])
    with pytest.raises(BadInput, match="cannot be read"):
        read_papers(path, now=MONDAY)


def test_an_empty_file_says_it_has_no_papers(tmp_path: Path) -> None:
    fetched = read_papers(written(tmp_path, name="page.txt"), now=MONDAY)
    assert (fetched.items, fetched.remarks) == (0, ("No papers in page.txt",))


async def test_a_file_is_a_source(tmp_path: Path) -> None:
    async with Http() as http:
        fetched = await File(written(tmp_path, FULL), name="ours").fetch(http, None, now=MONDAY)
    assert fetched.announcements[0].source == "ours"
