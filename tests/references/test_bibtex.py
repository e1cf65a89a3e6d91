"""BibTeX as people have it."""

from dailypapers.domain.reference import Reference
from dailypapers.domain.source import Skipped
from dailypapers.references.bibtex import blocks, bounded, plain

ENTRY = "@article{%s,\n title = {{A Paper} with {\\'E}clat},\n author = {van Dam, Jan and others},\n year = 2026\n}\n"


def test_an_entry_without_an_id_is_read_by_title_author_and_year() -> None:
    (reference,) = blocks(ENTRY % "a", 1)
    assert isinstance(reference, Reference)
    assert (reference.title, reference.authors, reference.year) == ("A Paper with Éclat", ("van Dam, Jan",), 2026)
    assert (reference.ids, reference.line) == ((), 1)


def test_ids_of_fields_made_for_them_come_before_others() -> None:
    text = "@misc{a, eprint = {2408.01234}, archiveprefix = {arXiv}, doi = {10.1000/x}, url = {https://arxiv.org/abs/1501.00001}}"
    (reference,) = blocks(text, 1)
    assert isinstance(reference, Reference)
    assert [str(name) for name in reference.ids] == ["arxiv:2408.01234", "doi:10.1000/x"]


def test_a_broken_entry_is_said_with_its_line_and_takes_no_other_with_it() -> None:
    found = list(blocks("@article{broken, title = {A\n" + ENTRY % "b", 7))
    assert any(isinstance(item, Skipped) for item in found)
    assert any(isinstance(item, Reference) for item in found)


def test_prose_between_entries_is_handed_on_with_its_line() -> None:
    found = list(blocks(ENTRY % "a" + "see 2408.01234\n", 1))
    assert [text.strip() for _, text in (item for item in found if isinstance(item, tuple))] == ["see 2408.01234"]


def test_so_many_entries_are_read_and_the_others_counted() -> None:
    text, left = bounded("".join(ENTRY % n for n in range(5)), 3)
    assert (text.count("@article"), left) == (3, 2)


def test_a_field_is_plain_text() -> None:
    assert plain(r"{The} \textbackslash{}  {G}rau\ss") == "The \\ Grauß"
