"""One work has one name, however it is written."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.paper import Paper, PaperId, by_first_name, page_of, work_keys
from dailypapers.errors import BadPaperId


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("2408.01234", "arxiv:2408.01234", None),
        ("arXiv:2408.01234v3", "arxiv:2408.01234", 3),
        ("https://arxiv.org/abs/2408.01234v2", "arxiv:2408.01234", 2),
        ("http://www.arxiv.org/pdf/2408.01234.pdf", "arxiv:2408.01234", None),
        ("oai:arXiv.org:2203.01250v3", "arxiv:2203.01250", 3),
        ("10.48550/arXiv.2408.01234", "arxiv:2408.01234", None),
        ("https://doi.org/10.48550/arXiv.2408.01234v1", "arxiv:2408.01234", 1),
        ("math.GT/0309136", "arxiv:math/0309136", None),
        ("hep-th/9901001v2", "arxiv:hep-th/9901001", 2),
        ("https://huggingface.co/papers/2408.01234", "arxiv:2408.01234", None),
        ("doi:10.1101/2024.01.01.573812", "doi:10.1101/2024.01.01.573812", None),
        ("https://doi.org/10.1038/S41586-021-03819-2", "doi:10.1038/s41586-021-03819-2", None),
        ("10.1000/abc.", "doi:10.1000/abc", None),
        ("doi:10.1000/abc.", "doi:10.1000/abc", None),
        ("https://doi.org/10.1016/0370-2693(91)90123-X.", "doi:10.1016/0370-2693(91)90123-x", None),
        (
            "https://doi.org/10.1002/(SICI)1097-4571(199806)49:8%3C693::AID-ASI4%3E3.0.CO;2-O",
            "doi:10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
            None,
        ),
        ("10.1145/3581783?casa_token=x", "doi:10.1145/3581783", None),
        ("10.12688/f1000research.12345.2", "doi:10.12688/f1000research.12345", 2),
        ("10.26434/chemrxiv-2024-abcde-v2", "doi:10.26434/chemrxiv-2024-abcde", 2),
        ("10.21203/rs.3.rs-1234567/v1", "doi:10.21203/rs.3.rs-1234567", 1),
        ("10.1101/2024.01.01.573812v2", "doi:10.1101/2024.01.01.573812", 2),
        ("url:https://example.org/a", "url:https://example.org/a", None),
    ],
)
def test_every_form_of_an_id(text: str, name: str, version: int | None) -> None:
    found, told = PaperId.parse_version(text)
    assert (str(found), told) == (name, version)
    assert PaperId.parse(str(found)) == found


@pytest.mark.parametrize("text", ["", "hello", "2408", "10.1234", "https://example.org/2408.01234x", "٢٤٠٨.٠١٢٣٤"])
def test_what_names_no_paper_is_refused(text: str) -> None:
    with pytest.raises(BadPaperId):
        PaperId.parse(text)


@given(st.text())
def test_any_text_is_an_id_or_refused(text: str) -> None:
    with suppress(BadPaperId):
        assert PaperId.parse(str(PaperId.parse(text))) == PaperId.parse(text)


def test_a_work_is_known_by_title_and_first_author() -> None:
    assert work_keys("Über Graphen und Wörter", ("Ann Lee",)) == work_keys("uber graphen, und WORTER!", ("Lee, A.",))
    assert work_keys("A Title Long Enough", ("Ann Lee",)) == work_keys("a title: long enough.", ("Lee, Ann",))
    assert work_keys("A Title Long Enough", ("Ann Lee",)) != work_keys("A Title Long Enough", ("Bo Chen",))
    assert work_keys("On Łukasiewicz logics", ("Łucja Żak",)) == work_keys("On Lukasiewicz Logics", ("Zak, L.",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rianne van den Berg", "van den Berg, R."),
        ("Laurens van der Maaten", "van der Maaten, L."),
        ("Maria de la Cruz", "de la Cruz, M."),
        ("José García Márquez", "García Márquez, J."),
        ("José García Márquez", "Garcia-Marquez J"),
        ("Ludwig von Mises", "Mises, L. von"),
        ("Geoffrey E. Hinton", "Hinton GE"),
        ("Søren Ørsted", "Orsted, S."),
        ("Jörg Müller", "Mueller, J."),
        ("Seán O’Neill", "O'Neill S"),
        ("Ahmed Al-Ghamdi", "Alghamdi, A."),
        ("Ann Lee, PhD", "Lee, A."),
        ("Robert Downey Jr.", "Downey, R., Jr."),
        ("The ATLAS Collaboration", "ATLAS Collaboration"),
    ],
)
def test_a_work_of_two_sources_shares_a_key_however_its_author_is_written(one: str, other: str) -> None:
    title = "Imaging of the deep cerebellar nuclei in vivo"
    assert set(work_keys(title, (one,))) & set(work_keys(title, (other,)))


def test_keys_that_are_stored_stay_what_they_were_for_plain_names() -> None:
    assert work_keys("A Paper With a Telling Title", ("Ann Lee",)) == ("work:9a1e2506ef16d480b8dfd4beba4fce63",)


@pytest.mark.parametrize(
    ("title", "authors"), [("Editorial", ("A. Lee",)), ("Book Review", ("A. Lee",)), ("A Long Enough Title", ())]
)
def test_what_would_not_tell_works_apart_is_no_name(title: str, authors: tuple[str, ...]) -> None:
    assert work_keys(title, authors) == ()
    assert Paper(PaperId("doi", "10.1/x"), title, authors=authors).names() == ("doi:10.1/x",)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        (PaperId("arxiv", "2408.01234"), "https://arxiv.org/abs/2408.01234"),
        (PaperId("doi", "10.1101/x"), "https://doi.org/10.1101/x"),
        (PaperId("doi", "10.21203/rs.3.rs-1"), "https://doi.org/10.21203/rs.3.rs-1/v1"),
        (PaperId("doi", "10.1/4:2<3::a>3.0.co;2-#"), "https://doi.org/10.1/4:2%3C3::a%3E3.0.co;2-%23"),
        (PaperId("url", "https://example.org/p"), "https://example.org/p"),
        (PaperId("url", "javascript:alert(1)"), ""),
        (PaperId("title", "abc"), ""),
    ],
)
def test_a_name_leads_to_a_page(name: PaperId, page: str) -> None:
    assert page_of(name) == page


def test_what_is_known_by_the_first_of_some_names_is_found() -> None:
    assert by_first_name({"b": 2, "c": 3}, ("a", "c", "b")) == 3
    assert by_first_name({"b": 2}, ("a",)) is None
