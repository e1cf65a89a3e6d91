"""Papers as notes: hostile titles stay titles, and names are taken by every file system."""

import io
import json
import zipfile

import pytest

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.saved import Remark
from dailypapers.rendering.csl import csl_item
from dailypapers.rendering.markdown import note, note_name, zipped_notes


def paper(title: str, number: int = 1, abstract: str = "") -> Paper:
    return Paper(PaperId("arxiv", f"2604.0000{number}"), title, abstract, ("Ann Lee",), ("cs.LG",))


def properties(text: str) -> dict[str, object]:
    lines = text.split("---\n")[1].splitlines()
    return {name: json.loads(value) for name, _, value in (line.partition(": ") for line in lines)}


def test_a_note_has_properties_and_the_abstract() -> None:
    text = note(paper("Deeper graphs", abstract="They go deeper."))
    assert properties(text) == {
        "title": "Deeper graphs",
        "authors": ["Ann Lee"],
        "arxiv": "2604.00001",
        "url": "https://arxiv.org/abs/2604.00001",
        "categories": ["cs.LG"],
        "tags": ["paper"],
    }
    assert text.endswith("# Deeper graphs\n\nThey go deeper.\n")


@pytest.mark.parametrize("title", ['a": b\n---\n# x', "[[link]] #tag <b>", "![x](y) `z`", "---", "%%a%% ==b== $c$"])
def test_a_title_ends_nothing_and_begins_nothing(title: str) -> None:
    text = note(paper(title, abstract=title))
    assert properties(text)["title"] == " ".join(title.split())
    assert text.count("\n---\n") == 1
    body = text.split("---\n\n", 1)[1]
    assert not any(mark in body.replace("\\[", "").replace("\\#", "") for mark in ("[[", " #tag", "<b>"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What/is: a <name>?", "What is a name.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("...", "8ae1e5.md"),
        ("x" * 300, "x" * 100 + ".md"),
    ],
)
def test_a_name_is_a_title_as_far_as_file_systems_take_it(title: str, name: str) -> None:
    made = note_name(paper(title))
    assert made == name or (title == "..." and len(made) == len("8ae1e5.md"))
    assert "/" not in made


def test_an_archive_has_a_note_for_each_paper_and_is_the_same_each_time() -> None:
    papers = [paper("Graphs", 1), paper("graphs", 2), paper("Cells", 3)]
    made = zipped_notes(papers)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert archive.read("Cells.md").decode() == note(papers[2])
    assert len({name.lower() for name in names}) == 3
    assert zipped_notes(papers) == made


def test_a_readers_remark_is_in_the_note_and_in_csl() -> None:
    remark = Remark("My thesis", "# Read\nagain")
    written = note(paper("A title"), remark)
    assert 'collection: "My thesis"\n' in written
    assert written.endswith("\n\\# Read\n\nagain\n")
    assert {"annote": "# Read\nagain", "keyword": "My thesis"}.items() <= csl_item(paper("A title"), remark).items()
