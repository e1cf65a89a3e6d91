"""The papers of a window are loaded once for all who share it; those before it tell how much is much."""

import sqlalchemy as sa
from tests.digests.test_preview import announce, close
from tests.digests.test_window import DAY, NOW, a_week

from dailypapers.digests import window
from dailypapers.digests.candidates import Candidates, CandidateSet
from dailypapers.digests.window import Window, Windows
from dailypapers.domain.institution import institution_key
from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.domain.source import Announcement
from dailypapers.library.learn import Learned
from dailypapers.store import editions, papers
from dailypapers.store.database import reading, writing


def candidates(engine: sa.Engine) -> Candidates:
    """Those of the newest edition, by a service that has learned nothing."""
    with reading(engine) as tx:
        newest = editions.newest(tx)
        assert newest is not None
        windows = window.of_edition(tx, newest, days=7)
    return Candidates(engine, windows, Learned())


def titles(candidate_set: CandidateSet) -> list[str]:
    return sorted(item.paper.title for item in candidate_set.listed)


def three_days(engine: sa.Engine) -> None:
    for days, title in ((-2, "Graphs of old"), (-1, "Graphs of yesterday"), (0, "Graphs of today")):
        announce(engine, [title], NOW + days * DAY)
        close(engine, NOW + days * DAY)
    announce(engine, ["Graphs of tomorrow"])


def test_a_window_holds_the_papers_of_its_editions_and_no_others(engine: sa.Engine) -> None:
    three_days(engine)
    made = candidates(engine)
    assert titles(made.of(made.windows.since(2))) == ["Graphs of today"]
    assert titles(made.of(made.windows.since(1))) == ["Graphs of today", "Graphs of yesterday"]
    assert titles(made.of(Window(3, None))) == ["Graphs of tomorrow"]
    assert titles(made.of(Window(3, 3))) == []


def test_readers_of_one_window_share_what_was_loaded(engine: sa.Engine) -> None:
    three_days(engine)
    made = candidates(engine)
    first = made.of(made.windows.since(2))
    announce(engine, ["A late one"])
    assert made.of(Window(2, 3)) is first
    assert made.of(made.windows.since(1)) is not first


def test_what_was_recent_are_the_editions_before_loaded_once_and_only_if_asked_for(engine: sa.Engine) -> None:
    a_week(engine)
    made = candidates(engine)
    chosen = made.of(made.windows.since(3))
    recent = chosen.recent()
    assert recent is not None
    assert recent.days == 3
    assert made.recent() is recent
    assert made.of(made.windows.since(2)).recent() is recent


def test_before_the_second_edition_nothing_tells_how_much_is_much(engine: sa.Engine) -> None:
    announce(engine, ["Graphs of today"])
    close(engine)
    assert candidates(engine).recent() is None


def test_editions_without_papers_are_not_counted_as_days(engine: sa.Engine) -> None:
    announce(engine, ["Graphs of old"], NOW - 2 * DAY)
    for days in (-2, -1, 0):
        close(engine, NOW + days * DAY)
    recent = candidates(engine).recent()
    assert recent is not None
    assert recent.days == 1


def test_emptied_candidates_are_the_same_papers_matched_anew(engine: sa.Engine) -> None:
    a_week(engine)
    made = candidates(engine)
    chosen = made.of(made.windows.since(3))
    emptied = chosen.emptied()
    assert emptied.listed == chosen.listed
    assert emptied.matcher is not chosen.matcher
    assert emptied.matcher.features is chosen.matcher.features
    before, after = chosen.recent(), emptied.recent()
    assert before is not None
    assert after is not None
    assert (after.days, after.matcher.features) == (before.days, before.matcher.features)
    assert after.matcher is not before.matcher


def test_a_service_that_has_learned_nothing_and_closed_nothing_has_no_candidates(engine: sa.Engine) -> None:
    made = Candidates(engine, Windows(0, waiting=True, earliest=0), Learned())
    assert made.of(made.windows.since(0)).listed == ()
    assert made.recent() is None


def test_candidates_know_where_their_authors_work(engine: sa.Engine) -> None:
    shown = Presentation(affiliations=("Dept. of Physics, University of Oxford",), organization="ETH Zürich")
    paper = Paper(PaperId("file", "1"), "Graphs of Oxford")
    with writing(engine) as tx:
        papers.add(tx, [Announcement(paper, "feed", NOW.date(), presentation=shown)], now=NOW)
    close(engine)
    made = candidates(engine)
    known = made.of(made.windows.since(0)).matcher.features.by_institution
    assert known[institution_key("Oxford University")] == ((0, "University of Oxford"),)
    assert known[institution_key("eth zurich")] == ((0, "ETH Zürich"),)
