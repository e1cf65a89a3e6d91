"""A table says how common words are in general, until a service has papers enough of its own."""

import pytest

from dailypapers.ranking.corpus.usual import ENOUGH, PAPERS, TABLE, frequencies, usual_papers
from dailypapers.ranking.text.words import content_words

#: Of many terms, so many that stand in the most papers are looked at.
COMMON = 500


def test_the_table_is_small_and_says_what_is_common() -> None:
    usual = frequencies()
    assert usual.papers > 10_000
    assert TABLE.stat().st_size < 300_000
    assert usual.holding["model"] > usual.holding["graph"] > usual.holding["comet"]
    assert "zebrafish" not in usual.holding


def test_the_table_was_counted_with_words_as_they_are_compared_today() -> None:
    """Where this fails, `python -m benchmarks.count_frequencies` counts again."""
    usual = frequencies().holding
    common = sorted(usual, key=usual.__getitem__)[-COMMON:]
    assert [term for term in common if content_words(term) != [term]] == []


@pytest.mark.parametrize(("papers", "count_as"), [(0, PAPERS), (ENOUGH // 2, PAPERS / 2), (ENOUGH, 0), (20_000, 0)])
def test_it_counts_less_the_more_papers_a_service_has(papers: int, count_as: float) -> None:
    assert usual_papers(papers) == count_as
