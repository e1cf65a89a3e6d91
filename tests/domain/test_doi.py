"""Where a DOI ends, and where the sentence or the address around it goes on."""

import time

import pytest

from dailypapers.domain.doi import find_in_address, first_version, trimmed, without_page, without_version


@pytest.mark.parametrize(
    ("text", "doi", "version"),
    [
        ("https://doi.org/10.1038/s41586-024-07487-w", "10.1038/s41586-024-07487-w", None),
        ("https://onlinelibrary.wiley.com/doi/10.1002/anie.202400001?af=R", "10.1002/anie.202400001", None),
        ("https://journals.example/doi/10.1002/abc/full", "10.1002/abc", None),
        ("https://journals.example/doi/10.1002/abc/pdf/download#page=2", "10.1002/abc", None),
        ("https://journals.example/10.1002/abc.pdf", "10.1002/abc", None),
        ("https://www.biorxiv.org/content/10.1101/2026.04.01.123456v2", "10.1101/2026.04.01.123456", 2),
        ("https://www.biorxiv.org/content/10.1101/2026.04.01.123456v12.full.pdf+html", "10.1101/2026.04.01.123456", 12),
        ("https://www.medrxiv.org/content/10.64898/2026.04.01.123456v1?rss=1", "10.64898/2026.04.01.123456", 1),
        ("https://www.biorxiv.org/content/10.1101/2026.04.01.123456.abstract", "10.1101/2026.04.01.123456", None),
        ("https://genome.cshlp.org/10.1101/gr.278122v1", "10.1101/gr.278122", 1),
        ("doi:10.1016/S0140-6736(05)67889-0).", "10.1016/S0140-6736(05)67889-0", None),
        ("10.1002/(SICI)1097-0258(19980815)", "10.1002/(SICI)1097-0258(19980815)", None),
        ("no DOI, 10.5 of it", "", None),
        (
            "10.1002/1097-0142(195103)4:2<387::AID-CNCR2820040229>3.0.CO;2-Y",
            "10.1002/1097-0142(195103)4:2<387::AID-CNCR2820040229>3.0.CO;2-Y",
            None,
        ),
        (
            "https://doi.org/10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2",
            "10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2",
            None,
        ),
        ("10.1000/abc<br>2.0 and <b:x>", "10.1000/abc", None),
        ("https://academic.oup.com/bib/article/doi/10.1093/bib/bbae123/7612345", "10.1093/bib/bbae123", None),
        (
            "https://academic.oup.com/nar/advance-article/doi/10.1093/nar/gkae1/7612345?login=1",
            "10.1093/nar/gkae1",
            None,
        ),
        (
            "https://pubs.aip.org/aip/apl/article-abstract/doi/10.1063/5.0123456/2811111/A-title",
            "10.1063/5.0123456",
            None,
        ),
        ("https://academic.oup.com/nar/article-lookup/doi/10.1093/nar/gkae1", "10.1093/nar/gkae1", None),
        ("https://pubs.rsc.org/en/content/articlelanding/2024/sc/d4sc01234a", "", None),
        ("https://www.mdpi.com/10.3390/12345678", "10.3390/12345678", None),
        ("https://chemrxiv.org/doi/10.26434/chemrxiv-2024-abcde-v2", "10.26434/chemrxiv-2024-abcde", 2),
        ("https://chemrxiv.org/doi/full/10.26434/chemrxiv-2026-abcde/v2", "10.26434/chemrxiv-2026-abcde", 2),
        ("https://doi.org/10.21203/rs.3.rs-1234567/v1", "10.21203/rs.3.rs-1234567", 1),
        ("https://www.preprints.org/doi/10.20944/preprints202401.0001.v3", "10.20944/preprints202401.0001", 3),
        ("https://doi.org/10.31234/osf.io/ab3de_v2", "10.31234/osf.io/ab3de", 2),
        ("https://doi.org/10.33774/coe-2021-abcde-v4", "10.33774/coe-2021-abcde", 4),
        ("https://peerj.com/preprints/10.7287/peerj.preprints.3190v2", "10.7287/peerj.preprints.3190", 2),
        ("10.14293/S2199-1006.1.SOR-.PP1.v1", "10.14293/S2199-1006.1.SOR-.PP1", 1),
        ("https://doi.org/10.7554/eLife.91415.3", "10.7554/eLife.91415", 3),
        ("10.7554/eLife.91415.001", "10.7554/eLife.91415.001", None),
        ("https://doi.org/10.12688/f1000research.12345.2", "10.12688/f1000research.12345", 2),
        ("10.1640/0002-8444(2006)96[1:TI]2.0.CO;2;", "10.1640/0002-8444(2006)96[1:TI]2.0.CO;2", None),
        ("10.1016/0550-3213(94)90129-5, and", "10.1016/0550-3213(94)90129-5", None),
    ],
)
def test_a_doi_is_found_in_an_address_without_what_is_behind_it(text: str, doi: str, version: int | None) -> None:
    assert find_in_address(text) == (doi, version)


def test_in_running_text_only_the_sentence_is_left_out() -> None:
    assert trimmed("10.1000/abc/full).”") == "10.1000/abc/full"
    assert without_version("10.1000/abcv2,") == ("10.1000/abcv2", None)
    assert without_version("10.1101/2026.04.01.123456v3.") == ("10.1101/2026.04.01.123456", 3)
    assert without_version("10.1145/3581783.3612345?casa_token=x-y:z") == ("10.1145/3581783.3612345", None)
    assert without_page("10.1000/abc/full/1") == ("10.1000/abc", None)


@pytest.mark.parametrize(
    ("doi", "leads_to"),
    [
        ("10.21203/rs.3.rs-1234567", "10.21203/rs.3.rs-1234567/v1"),
        ("10.20944/preprints202401.0001", "10.20944/preprints202401.0001.v1"),
        ("10.26434/chemrxiv-2024-abcde", "10.26434/chemrxiv-2024-abcde"),
        ("10.12688/f1000research.12345", "10.12688/f1000research.12345.1"),
        ("10.7287/peerj.preprints.3190", "10.7287/peerj.preprints.3190v1"),
        ("10.1000/abc", "10.1000/abc"),
    ],
)
def test_a_work_leads_to_its_first_version_where_it_has_no_doi_of_its_own(doi: str, leads_to: str) -> None:
    assert first_version(doi) == leads_to
    assert without_version(leads_to)[0] == doi


@pytest.mark.parametrize(
    "piece",
    [
        "10.1101/",
        "1v1.",
        "<1:a>",
        "<1:",
        "chemrxiv-v1",
        "/article/doi/10.1000/1",
        "?a=",
        ".full",
        "(",
        ")",
        "10.1000/a/full/",
    ],
)
def test_long_texts_take_no_time(piece: str) -> None:
    started = time.perf_counter()
    find_in_address("10.1101/1" + piece * 20_000)
    assert time.perf_counter() - started < 1
