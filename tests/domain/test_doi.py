"""Where a DOI ends, and where the sentence or the address around it goes on."""

import time

import pytest

from dailypapers.domain.doi import find, find_in_address, trimmed, without_page, without_version


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
    ],
)
def test_a_doi_is_found_in_an_address_without_what_is_behind_it(text: str, doi: str, version: int | None) -> None:
    assert find_in_address(text) == (doi, version)


def test_in_running_text_only_the_sentence_is_left_out() -> None:
    assert trimmed("10.1000/abc/full).”") == "10.1000/abc/full"
    assert without_version("10.1000/abcv2,") == ("10.1000/abcv2", None)
    assert without_version("10.1101/2026.04.01.123456v3.") == ("10.1101/2026.04.01.123456", 3)
    assert without_page("10.1000/abc/full/1") == ("10.1000/abc", None)
    assert find("see 10.1000/a?b#c&d") == "10.1000/a?b#c&d"


@pytest.mark.parametrize("piece", ["10.1101/", "1v1.", ".full", "(", ")", "10.1000/a/full/"])
def test_long_texts_take_no_time(piece: str) -> None:
    started = time.perf_counter()
    find_in_address("10.1101/1" + piece * 20_000)
    assert time.perf_counter() - started < 1
