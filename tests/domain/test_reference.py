"""How somebody names a paper they know."""

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.reference import Reference

TITLE = "A Paper With a Telling Title"


def test_a_reference_meets_the_paper_whatever_is_taken_for_the_family_name() -> None:
    for author in ("Jan van Dam", "van Dam, Jan"):
        paper = Paper(PaperId("arxiv", "2604.00001"), TITLE, authors=(author,))
        assert set(paper.names()) & set(Reference(title=TITLE, authors=("van Dam, Jan",)).names())


def test_ids_come_first_and_each_name_once() -> None:
    ids = (PaperId("arxiv", "2604.00001"), PaperId("arxiv", "2604.00001"))
    names = Reference(ids, TITLE, ("Ann Lee",)).names()
    assert names[0] == "arxiv:2604.00001"
    assert len(names) == len(set(names)) == 2


def test_a_title_alone_names_nothing() -> None:
    assert Reference(title=TITLE).names() == ()
    assert Reference(title="Editorial", authors=("Ann Lee",)).names() == ()
