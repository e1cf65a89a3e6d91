"""Past editions come with their papers, those people talk about most first."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.world import DAY, MONDAY

from dailypapers.domain.edition import Edition
from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.source import Announcement
from dailypapers.library.past_editions import Day, by_trend, days, entries, ordered
from dailypapers.store import editions, papers
from dailypapers.store.database import reading, writing
from dailypapers.store.papers import Listed


def paper(title: str, published: dt.date | None = None) -> Paper:
    return Paper(PaperId("file", title), title, f"About {title}.", published=published)


def close(engine: sa.Engine, when: dt.datetime, upvotes: dict[str, int | None], source: str = "hf") -> Edition:
    items = [
        Announcement(paper(title), source, when.date(), signals=None if counted is None else Signals(upvotes=counted))
        for title, counted in upvotes.items()
    ]
    with writing(engine) as tx:
        papers.add(tx, items, now=when)
        return editions.close(tx, when.date(), now=when)


def listed(title: str, upvotes: int | None = None, published: dt.date | None = None) -> Listed:
    return Listed(paper(title, published), ("hf",), Signals(upvotes=upvotes), 1)


def titles(day: Day) -> list[str]:
    return [item.paper.title for item in day.first]


EDITION = Edition(1, MONDAY.date(), MONDAY, 0, ())


def test_editions_keep_their_order_and_each_has_its_most_talked_about(engine: sa.Engine) -> None:
    monday = close(engine, MONDAY, {"quiet": None, "middling": 4, "loud": 30})
    tuesday = close(engine, MONDAY + DAY, {"fresh": 2})
    with reading(engine) as tx:
        newest, oldest = days(tx, [tuesday, monday], many=2)
    assert (newest.edition, titles(newest), newest.top) == (tuesday, ["fresh"], "fresh")
    assert (oldest.edition, titles(oldest), oldest.top) == (monday, ["loud", "middling"], "loud")


def test_an_edition_without_papers_is_a_day_without_papers(engine: sa.Engine) -> None:
    edition = close(engine, MONDAY, {})
    with reading(engine) as tx:
        assert days(tx, [edition]) == (Day(edition, ()),)
        assert days(tx, []) == ()
        assert entries(tx, ordered(tx, edition)) == ()


def test_entries_are_those_of_one_edition_with_ids_counts_and_sources(engine: sa.Engine) -> None:
    close(engine, MONDAY, {"before": 50})
    edition = close(engine, MONDAY + DAY, {"quiet": None, "loud": 30})
    close(engine, MONDAY + 2 * DAY, {"after": 50})
    with reading(engine) as tx:
        loud, quiet = entries(tx, ordered(tx, edition))
        ids = papers.ids_by_name(tx, ["file:loud", "file:quiet"])
    assert (loud.paper.title, loud.signals.upvotes, loud.sources) == ("loud", 30, ("hf",))
    assert (quiet.paper.title, quiet.signals.upvotes, quiet.sources) == ("quiet", None, ("hf",))
    assert [loud.paper_id, quiet.paper_id] == [ids["file:loud"], ids["file:quiet"]]


def test_a_paper_of_two_sources_is_one_entry(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        papers.add(tx, [Announcement(paper("both"), name, MONDAY.date()) for name in ("hf", "arxiv")], now=MONDAY)
        edition = editions.close(tx, MONDAY.date(), now=MONDAY)
    with reading(engine) as tx:
        (entry,) = entries(tx, ordered(tx, edition))
    assert set(entry.sources) == {"hf", "arxiv"}


@pytest.mark.parametrize("upvotes", [None, 0])
def test_where_nobody_talks_about_a_paper_none_is_at_the_top(upvotes: int | None) -> None:
    assert not Day(EDITION, (listed("quiet", upvotes),)).top
    assert Day(EDITION, (listed("quiet", upvotes), listed("loud", 3))).top == "loud"


def test_a_vote_for_a_paper_is_talk_and_one_against_it_is_not() -> None:
    liked, disliked = (Listed(paper(f"{votes}"), (), Signals(votes=votes), 1) for votes in (1, -1))
    assert Day(EDITION, (disliked, liked)).top == "1"
    assert not Day(EDITION, (disliked,)).top


def test_a_month_is_written_with_two_digits() -> None:
    assert Day(EDITION, ()).month == "2026-04"


def test_age_counts_from_the_edition_and_not_from_publication() -> None:
    old, new = listed("old", 30, dt.date(2020, 1, 1)), listed("new", 3, MONDAY.date())
    assert by_trend(EDITION, [new, old]) == [old, new]


def test_of_papers_talked_about_alike_the_order_is_that_of_their_ids() -> None:
    one, two, loud = listed("a", 1), listed("b", 1), listed("c", 9)
    assert by_trend(EDITION, [two, loud, one]) == by_trend(EDITION, [one, two, loud]) == [loud, one, two]
