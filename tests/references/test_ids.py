"""Ids of papers in running text."""

import pytest

from dailypapers.references.ids import ids_in


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("see arXiv:2408.01234v2, and 1501.00001.", ["arxiv:2408.01234", "arxiv:1501.00001"]),
        ("math.GT/0309136 and cmp-lg/9404001", ["arxiv:math/0309136", "arxiv:cmp-lg/9404001"]),
        ("https://ar5iv.org/abs/2408.01234 (nice)", ["arxiv:2408.01234"]),
        ("https://arxiv.org.evil.example/abs/2408.01234", []),
        ("doi 10.1000/ABC(1)2). More", ["doi:10.1000/abc(1)2"]),
        ("https://doi.org/10.48550/arXiv.2408.01234", ["arxiv:2408.01234"]),
        ("https://journals.example/doi/full/10.1002/abc/full", ["doi:10.1002/abc"]),
        ("https://www.biorxiv.org/content/10.1101/2026.04.01.123456v2.full", ["doi:10.1101/2026.04.01.123456"]),
        ("https://www.biorxiv.org/content/early/2017/03/02/112987", ["doi:10.1101/112987"]),
        ("https://x.example/?doi=10.1002%2Fabc", ["doi:10.1002/abc"]),
        ("call 0611.1234 or 2413.00001, room 10.5/3", []),
        ("https://[broken/2408.01234", []),
        (
            "[10.1000/abc](https://doi.org/10.1000/abc) and 10.1000/def…",
            ["doi:10.1000/abc", "doi:10.1000/def"],
        ),
        ("https://www.nature.com/articles/s41586-026-00001-1", ["doi:10.1038/s41586-026-00001-1"]),
        ("https://zenodo.org/records/1234567", ["doi:10.5281/zenodo.1234567"]),
        ("https://www.researchsquare.com/article/rs-1234567/v2", ["doi:10.21203/rs.3.rs-1234567"]),
        ("https://www.preprints.org/manuscript/202601.0123/v1", ["doi:10.20944/preprints202601.0123"]),
        ("https://osf.io/preprints/psyarxiv/abcde_v2", ["doi:10.31234/osf.io/abcde"]),
        ("https://nature.com.evil.example/articles/s41586-026-00001-1", []),
    ],
)
def test_ids_are_found_in_order(text: str, ids: list[str]) -> None:
    assert [str(name) for name in ids_in(text)] == ids
