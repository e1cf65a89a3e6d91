"""What a reader is told of a day's sources."""

import datetime as dt
from dataclasses import replace

import pytest

from dailypapers.domain.edition import doubts
from dailypapers.domain.source import CategoryStatus, SourceStatus, State

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def status(source: str, state: State) -> SourceStatus:
    return SourceStatus(source, state, items=0, new=0, skipped=0, note="", fetched_at=NOW)


@pytest.mark.parametrize("state", [State.FRESH, State.QUIET])
def test_where_all_is_well_nothing_is_said(state: State) -> None:
    assert doubts((status("arxiv", state),)) == ""
    assert doubts(()) == ""


def test_each_source_in_doubt_is_named_once() -> None:
    line = doubts((status("arxiv", State.STALLED), status("hf", State.FRESH), status("feed", State.FAILED)))
    assert line.count("arXiv") == line.count("feed") == 1
    assert "hf" not in line


def test_categories_that_lack_are_named_unless_their_source_is() -> None:
    lacking = (
        CategoryStatus("cs.AI", State.STALLED, 0),
        CategoryStatus("cs.CV", State.STALLED, 7),
        CategoryStatus("cs.LG", State.STALLED, 0),
    )
    assert doubts((replace(status("arxiv", State.FRESH), lacking=lacking),)) == (
        "Today arXiv (cs.AI, cs.LG) had no new papers although some were expected, arXiv (cs.CV) had fewer new "
        "papers than expected. Missing papers will follow as soon as they are available."
    )
    assert "cs.AI" not in doubts((replace(status("arxiv", State.FAILED), lacking=lacking),))


def test_on_a_later_day_nobody_reads_that_it_is_today_s_trouble() -> None:
    line = doubts((status("arxiv", State.FAILED),), is_past=True)
    assert line == "That day, arXiv could not be reached. Papers missing here are in later editions."
