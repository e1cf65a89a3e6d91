"""What becomes of a saved paper, in sentences."""

import pytest

from dailypapers.domain.saved import Facts, news

URL = "https://arxiv.org/abs/2604.00001"
NOTICE = ("retraction", "10.1000/n1")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Facts(), Facts(), []),
        (Facts(version=1), Facts(version=2), [("“A title” has a new version (2).", URL)]),
        (Facts(version=0), Facts(version=1), []),
        (Facts(version=3), Facts(version=2), []),
        (Facts(), Facts(doi="10.1/x"), [("“A title” was published.", "https://doi.org/10.1/x")]),
        (Facts(), Facts(journal="Nature"), [("“A title” was published in Nature.", URL)]),
        (Facts(journal="Nature"), Facts(doi="10.1/x", journal="Nature"), []),
        (
            Facts(),
            Facts(code="https://github.com/x/y"),
            [("Code for “A title” was released.", "https://github.com/x/y")],
        ),
        (Facts(code="https://a"), Facts(code="https://b"), []),
        (Facts(), Facts(talk="ICML 2026 (oral)"), [("“A title” was accepted: ICML 2026 (oral).", URL)]),
        (Facts(talk="ICML 2026"), Facts(talk="ICML 2026 (oral)"), []),
        (Facts(talk=None), Facts(talk="ICML 2026 (oral)"), []),
        (Facts(journal="Nature"), Facts(journal="Nature", talk="ICML 2026"), []),
        (Facts(), Facts(journal="Nature", talk="ICML"), [("“A title” was published in Nature.", URL)]),
        (Facts(), Facts(notices=(NOTICE,)), [("“A title” was retracted.", "https://doi.org/10.1000/n1")]),
        (Facts(notices=(NOTICE,)), Facts(notices=(NOTICE,)), []),
        (Facts(), Facts(notices=(("erratum", "10.1/e"),)), [("“A title” was corrected.", "https://doi.org/10.1/e")]),
    ],
)
def test_what_is_new_is_said(before: Facts, after: Facts, said: list[tuple[str, str]]) -> None:
    assert [(str(one.text), one.url) for one in news("A title", before, after, url=URL)] == said


def test_the_gravest_comes_first_and_a_long_title_is_cut() -> None:
    after = Facts(version=2, notices=(("correction", "10.1/c"), NOTICE))
    said = [str(one.text) for one in news("A" * 500, Facts(version=1), after, url=URL)]
    assert ["retracted" in said[0], "corrected" in said[1], "version" in said[2]] == [True] * 3
    assert all(len(sentence) < 200 for sentence in said)
