"""arXiv's OAI-PMH: its sets, its records, its tokens."""

import datetime as dt

import pytest
from tests.playing_arxiv import Listed, oai_error, oai_page

from dailypapers.errors import FetchFailed
from dailypapers.sources.arxiv_oai import Expired, read_records, set_of
from dailypapers.sources.base import Harvested


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.LG", "cs:cs:LG"),
        ("math", "math"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("hep-th", "physics:hep-th"),
        ("astro-ph.CO", "physics:astro-ph:CO"),
        ("physics.optics", "physics:physics:optics"),
    ],
)
def test_a_category_is_a_set(category: str, name: str) -> None:
    assert set_of(category) == name


def test_records_are_read_and_deleted_ones_left_out() -> None:
    page = read_records(oai_page([Listed("2601.00001", "Of $\\alpha$ and more")], token="next").content())
    (paper,) = page.papers
    assert (paper.title, paper.abstract, paper.authors) == ("Of α and more", "More about it.", ("Ann Lee",))
    assert (paper.categories, paper.published, page.token) == (("cs.LG", "stat.ML"), dt.date(2026, 1, 5), "next")
    assert read_records(oai_page([]).content()) == Harvested(())


def test_nothing_is_an_answer_and_the_rest_is_an_error() -> None:
    assert read_records(oai_error("noRecordsMatch").content()) == Harvested(())
    with pytest.raises(Expired):
        read_records(oai_error("badResumptionToken").content())
    with pytest.raises(FetchFailed, match="says “badArgument: It cannot be"):
        read_records(oai_error("badArgument").content())
    for body in (b"<html/>", b"Retry after 10 seconds"):
        with pytest.raises(FetchFailed):
            read_records(body)


def test_a_record_without_a_title_is_skipped_with_the_reason() -> None:
    page = read_records(oai_page([Listed("2601.00001", ""), Listed("2601.00002")]).content())
    assert [str(paper.id) for paper in page.papers] == ["arxiv:2601.00002"]
    assert [each.why for each in page.skipped] == ["arxiv:2601.00001 has no title."]
