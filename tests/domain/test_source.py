"""What a source tells."""

import datetime as dt

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, AnnounceType, Fetched, Skipped

PAPER = Announcement(Paper(PaperId("arxiv", "2604.00001"), "A title"), "arxiv", dt.date(2026, 4, 20))


def test_replacements_bring_no_paper_into_an_edition() -> None:
    assert [kind for kind in AnnounceType if kind.fresh] == [AnnounceType.NEW, AnnounceType.CROSS]


def test_items_are_counted_readable_or_not() -> None:
    assert Fetched((PAPER,), (Skipped("item 2", "It has no title."),)).items == 2
    assert Fetched(failure="It answered 503.").items == 0
