"""arXiv's taxonomy and other sources' subjects, as they are read from the data file."""

from itertools import chain

import pytest

from dailypapers.domain.category import ARCHIVES, TREE, codes_of, unknown_category


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
    assert unknown_category("cs.LG - cs.ZZ") == "cs.zz"
    assert unknown_category("cs.LG") == unknown_category("Cell Biology") == ""
