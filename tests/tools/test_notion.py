"""Notion: whichever database somebody has, a paper fills the properties that are for it."""

import pytest
from tests.web.a_digest import GRAPHS

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.tools.notion import database_id, properties_of

DATABASE = "d9824bdc84454327be8b5b47500af6ce"


@pytest.mark.parametrize(
    ("pasted", "identifier"),
    [
        ("d9824bdc-8445-4327-be8b-5b47500af6ce", DATABASE),
        (f"https://www.notion.so/alice/My-papers-{DATABASE}?v={'0' * 32}", DATABASE),
        ("https://www.notion.so/alice", ""),
        ("", ""),
    ],
)
def test_a_database_is_known_by_its_id_or_its_address(pasted: str, identifier: str) -> None:
    assert database_id(pasted) == identifier


def test_only_properties_whose_name_and_type_fit_are_filled() -> None:
    schema = {
        "Titel": {"type": "title"},
        "Link": {"type": "url"},
        "Authors": {"type": "people"},
        "Date": {"type": "date"},
        "DOI": {"type": "rich_text"},
        "Broken": None,
    }
    filled = properties_of(schema, GRAPHS)
    assert set(filled) == {"Titel", "Link", "Date", "DOI"}
    assert filled["DOI"]["rich_text"][0]["text"]["content"] == "2604.00001"
    assert set(properties_of(schema, Paper(PaperId("feed", "x"), "A paper"))) == {"Titel", "DOI"}


def test_long_texts_are_parted_as_the_service_wants_them() -> None:
    paper = Paper(PaperId("feed", "x"), "word " * 1000)
    texts = properties_of({"Name": {"type": "title"}}, paper)["Name"]["title"]
    assert [len(text["text"]["content"]) for text in texts] == [2000, 2000, 999]
