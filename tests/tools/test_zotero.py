"""Zotero: which item a paper becomes."""

import pytest
from tests.playing_tools import _FIELDS

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.tools.zotero import item_of

ARXIV, JOURNAL = PaperId("arxiv", "2604.00001"), PaperId("doi", "10.1038/s41586-026-1")


@pytest.mark.parametrize(
    ("paper", "kind", "fields"),
    [
        (Paper(ARXIV, "One"), "preprint", {"repository": "arXiv", "DOI": "10.48550/arXiv.2604.00001"}),
        (Paper(JOURNAL, "One"), "journalArticle", {"DOI": "10.1038/s41586-026-1"}),
        (Paper(ARXIV, "One", also=(JOURNAL,)), "journalArticle", {"extra": "arXiv:2604.00001"}),
        (Paper(PaperId("doi", "10.1101/2026.04.17.1"), "One"), "preprint", {"DOI": "10.1101/2026.04.17.1"}),
        (Paper(PaperId("feed", "x"), "One", url="https://x.example/1"), "preprint", {"url": "https://x.example/1"}),
    ],
)
def test_a_paper_becomes_a_preprint_or_an_article_with_fields_of_its_type(
    paper: Paper, kind: str, fields: dict[str, str]
) -> None:
    item = item_of(paper)
    assert item["itemType"] == kind
    assert fields.items() <= item.items()
    assert set(item) <= _FIELDS[kind]


def test_authors_are_people_or_groups() -> None:
    item = item_of(Paper(ARXIV, "One", authors=("Jan van Dam, Jr.", "ATLAS Collaboration", "Plato", "")))
    assert item["creators"] == [
        {"creatorType": "author", "firstName": "Jan", "lastName": "van Dam Jr."},
        {"creatorType": "author", "name": "ATLAS Collaboration"},
        {"creatorType": "author", "name": "Plato"},
    ]
