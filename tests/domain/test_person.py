"""Names of people, however they are written."""

import pytest

from dailypapers.domain.paper import work_key
from dailypapers.domain.person import compared_name, family_key, is_same_person, parts, spellings


@pytest.mark.parametrize("name", ["Albert Gu", "A. Gu", "Gu, Albert", "GU, A."])
def test_one_person_is_met_under_every_form_of_their_name(name: str) -> None:
    assert is_same_person(name, "Albert Gu")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Andre Muller", "André Müller"),
        ("Jia-Qi Li", "Jiaqi Li"),
        ("OpenAI", "OpenAI"),
        ("D. E. Knuth", "Donald Knuth"),
    ],
)
def test_accents_hyphens_and_initials_do_not_count(one: str, other: str) -> None:
    assert is_same_person(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("Andrew Gu", "Albert Gu"), ("Albert Guo", "Albert Gu"), ("Gu", "Albert Gu"), ("", "Albert Gu"), ("", "")),
        *(("Wei Wang", "Weida Wang"), ("Ann Williams", "Ann William"), ("Ann Roy", "Anns Roy")),
    ],
)
def test_other_people_are_others(one: str, other: str) -> None:
    assert not is_same_person(one, other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jan van Dam, Jr.", ("van Dam", "Jan", "Jr.")),
        ("Lee, Ann", ("Lee", "Ann", "")),
        ("Lee, Ann, III", ("Lee", "Ann", "III")),
        ("Ann Lee", ("Lee", "Ann", "")),
        ("Van Gogh", ("Gogh", "Van", "")),
        ("OpenAI", ("OpenAI", "", "")),
        (" , ", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_name_has_parts(name: str, expected: tuple[str, str, str]) -> None:
    assert parts(name) == expected


def test_a_name_is_compared_without_case_and_accents() -> None:
    assert compared_name("Gu, Albert B.") == ("gu", ("albert", "b"))
    assert compared_name("Albert B. GU") == ("gu", ("albert", "b"))
    assert compared_name("Sinéad O'Neil") == ("o'neil", ("sinead",))


def test_a_family_name_is_read_alike_in_both_orders() -> None:
    assert family_key("Ann Lee") == family_key("Lee, A.") == "lee"
    assert family_key("van Dam, Jan") == "van dam"
    assert family_key("?") == ""


def test_the_stored_names_of_works_stay_what_they_were() -> None:
    key = work_key("A Paper With a Telling Title", ("Seán O’Neil",))
    assert key == "work:a5973b38f11a2dedf3fb0da38976a7a5"


def test_both_ways_to_write_a_name_with_a_comma() -> None:
    assert spellings("van Dam, Jan") == ("van Dam, Jan", "Jan van Dam")
    assert spellings("Jan van Dam") == ("Jan van Dam",)
