"""RIS names papers by their ids, or else by title and first author."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.reference import Reference
from dailypapers.references.read import read, split
from dailypapers.references.ris import in_lines, records

RECORD = """TY  - JOUR
AU  - Lee, Ann
AU  - Roy, B.
TI  - On Graphs &amp; Trees at Length
PY  - 2024/03/01
DO  - 10.1000/abc.1
UR  - https://arxiv.org/abs/2401.00001
ER  -
"""


def test_a_record_is_read() -> None:
    found = read(f"{RECORD}\n{RECORD.replace('10.1000/abc.1', '10.1000/abc.2')}")
    assert [(str(p.ids[0]), p.title, p.authors, p.year) for p in found.papers] == [
        ("doi:10.1000/abc.1", "On Graphs & Trees at Length", ("Lee, Ann", "Roy, B."), 2024),
        ("doi:10.1000/abc.2", "On Graphs & Trees at Length", ("Lee, Ann", "Roy, B."), 2024),
    ]
    assert found.skipped == ()


@pytest.mark.parametrize("between", [" ", ""])
def test_records_that_were_pasted_into_one_line_are_read_as_they_were(between: str) -> None:
    twice = RECORD + RECORD.removesuffix("\n")
    assert list(records(in_lines(twice.replace("\n", between)), 1)) == list(records(twice, 1))


def test_a_hyphen_within_a_title_begins_no_line() -> None:
    assert in_lines("TY  - JOUR TI  - RNA - a survey AU  - Lee") == "TY  - JOUR\nTI  - RNA - a survey\nAU  - Lee"


@pytest.mark.parametrize("piece", [" ", "\t", "TY  - ", "TY  -", "A", "AU  ", "- ", "@a", "@a {"])
def test_much_of_anything_is_put_into_lines_and_split_off_at_once(piece: str) -> None:
    text = f"TY  - JOUR{piece * (1_000_000 // len(piece))}x"
    assert in_lines(text).startswith("TY  - JOUR")
    assert split(f"RNA{piece * (1_000_000 // len(piece))}x")[0].startswith("RNA")


def test_without_an_id_a_title_with_an_author_will_do_and_less_is_told() -> None:
    found = read("TY  - JOUR\nT1  - On Graphs and Trees\nA1  - Lee, A.\nER  - \nTY  - JOUR\nT1  - Editorial\nER  - \n")
    assert [(p.ids, p.title, p.line) for p in found.papers] == [((), "On Graphs and Trees", 1)]
    assert [str(item.where) for item in found.skipped] == ["line 5"]


def test_a_record_that_is_not_ended_and_ids_around_it_are_read() -> None:
    found = read(f"2401.00009\n{RECORD.replace('ER  -', '')}")
    assert [str(p.ids[0]) for p in found.papers] == ["arxiv:2401.00009", "doi:10.1000/abc.1"]


def test_a_record_of_google_scholars_has_its_id_in_the_journal() -> None:
    (paper,) = read("TY  - JOUR\nT1  - Deep\nA1  - Lee, A.\nJO  - arXiv preprint arXiv:2401.00001\nER  -").papers
    assert [str(name) for name in paper.ids] == ["arxiv:2401.00001"]


def test_endnotes_lines_are_read() -> None:
    text = "%0 Journal Article\n%T On Graphs & Trees at Length\n%A Lee, Ann\n%A Roy, B.\n%D 2024\n"
    papers = read(f"{text}\n{text}%R 10.1000/abc\n%J Things").papers
    assert [(p.title, p.authors, p.year, p.line) for p in papers] == [
        ("On Graphs & Trees at Length", ("Lee, Ann", "Roy, B."), 2024, 1),
        ("On Graphs & Trees at Length", ("Lee, Ann", "Roy, B."), 2024, 7),
    ]
    assert [str(name) for name in papers[1].ids] == ["doi:10.1000/abc"]
    assert read("% a comment\n2401.00001 100%\n%A note").papers[0].line == 2


@given(st.text(alphabet="TYER -\nAU10./x") | st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(isinstance(item, Reference | tuple) for item in records(text, 1))
