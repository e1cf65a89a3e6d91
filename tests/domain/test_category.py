"""arXiv's taxonomy and other sources' subjects, as they are read from the data file."""

from itertools import chain

import pytest

from dailypapers.domain.category import (
    ALIASES,
    ARCHIVES,
    TREE,
    codes_of,
    groups_of,
    is_cross_list,
    nearest_category,
    unknown_category,
    unknown_subject,
)


def test_the_taxonomy_is_whole() -> None:
    assert len(ARCHIVES) == 20
    assert sum(map(len, ARCHIVES.values())) == 146
    assert ARCHIVES["cs"][:3] == ("cs.AI", "cs.AR", "cs.CC")
    assert ARCHIVES["quant-ph"] == ()


def test_the_tree_has_every_code_once_with_its_name() -> None:
    leaves = list(chain.from_iterable(branch.leaves for branch in TREE))
    codes = [code for code, _ in leaves]
    assert set(chain(*ARCHIVES.values())) <= set(codes)
    assert {archive for archive, classes in ARCHIVES.items() if not classes} <= set(codes)
    assert len([code for code in codes if "." in code]) == len({code for code in codes if "." in code})
    assert dict(leaves)["stat.ML"] == "Machine Learning"
    assert all(str(name) for _, name in leaves)


def test_archives_come_before_other_sources() -> None:
    codes = [bool(branch.code) for branch in TREE]
    assert codes == sorted(codes, reverse=True)
    assert {"bioRxiv", "medRxiv"} <= {str(branch.name) for branch in TREE}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("cs.LG", ("cs.lg",)),
        ("cs.*", ("cs",)),
        ("cs.LG − cs.CY", ("cs.lg", "cs.cy")),
        ("cs.LG-cs.CY", ("cs.lg", "cs.cy")),
        (r"cs \ cs.CY", ("cs", "cs.cy")),
        ("cond-mat.mtrl-sci", ("cond-mat.mtrl-sci",)),
    ],
)
def test_an_interest_names_one_category_less_others(text: str, codes: tuple[str, ...]) -> None:
    assert codes_of(text) == codes


def test_a_code_that_arxiv_does_not_have_is_named() -> None:
    assert unknown_category("cs.LG - cs.ZZ") == "cs.ZZ"
    assert unknown_category("cs.LG") == unknown_category("Cell Biology") == ""


def test_a_category_is_of_both_its_names_and_their_archives() -> None:
    assert groups_of("eess.SY") == groups_of("cs.SY") == {"cs.sy", "eess.sy", "cs", "eess"}
    assert groups_of("math-ph") == {"math-ph", "math.mp", "math"}
    assert groups_of("cs.LG") == {"cs.lg", "cs"}
    assert all(is_known in {code for codes in ARCHIVES.values() for code in codes} for is_known in ALIASES)


@pytest.mark.parametrize(
    ("followed", "is_cross"),
    [
        (("cs.CV",), False),
        (("cs.LG",), True),
        (("cs.LG", "cs.CV"), False),
        (("cs",), False),
        (("stat", "cs.LG"), True),
        (("cs.CV − cs.RO",), False),
    ],
)
def test_what_is_a_cross_list_depends_on_the_reader(followed: tuple[str, ...], is_cross: bool) -> None:
    assert is_cross_list(("cs.CV", "cs.LG", "stat.ML"), followed) is is_cross


def test_an_alias_of_the_primary_category_is_no_cross_list() -> None:
    assert not is_cross_list(("eess.SY", "cs.LG"), ["cs.SY"])
    assert not is_cross_list(("math-ph",), ["math.MP"])


@pytest.mark.parametrize(("code", "meant"), [("cs.LGG", "cs.LG"), ("sc.LG", "cs.LG"), ("cell biology", "")])
def test_the_category_that_was_meant_is_found(code: str, meant: str) -> None:
    assert nearest_category(code) == meant


@pytest.mark.parametrize(
    ("server", "subject"),
    [
        ("biorxiv", "neuroscience"),
        ("biorxiv", "Cancer-Biology"),
        ("biorxiv", "cancer_biology"),
        ("medrxiv", "hiv-aids"),
        ("medrxiv", "Infectious Diseases (except HIV/AIDS)"),
        ("medrxiv", "endocrinology"),
    ],
)
def test_subjects_are_known_however_they_are_written(server: str, subject: str) -> None:
    assert unknown_subject(server, subject) == ""


@pytest.mark.parametrize(
    ("server", "subject", "sentence"),
    [
        ("biorxiv", "Neurosience", "bioRxiv has no category “Neurosience”; did you mean neuroscience?"),
        ("biorxiv", "oncology", "bioRxiv has no category “oncology”; medRxiv has."),
        ("medrxiv", "neuroscience", "medRxiv has no category “neuroscience”; bioRxiv has."),
        ("medrxiv", "astronomy and so on", "medRxiv has no category “astronomy and so on”."),
    ],
)
def test_a_subject_that_a_server_does_not_have_is_named_with_what_may_be_meant(
    server: str, subject: str, sentence: str
) -> None:
    assert unknown_subject(server, subject) == sentence
