"""What becomes of saved papers: said once, in the next digest that is sent, and only what changed after saving."""

import datetime as dt
from dataclasses import asdict

import pytest
import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, NOW, Got, a_digest
from tests.web.conftest import PRESS

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.compose import compose
from dailypapers.digests.layout import mail, message
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.domain.saved import Facts
from dailypapers.domain.source import Announcement, AnnounceType
from dailypapers.domain.vote import Vote
from dailypapers.store import editions, history, papers, saved, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import saved_papers

DAY = dt.timedelta(days=1)
_ABOUT = ("", "in biology", "of rivers and roads", "that machines learn")
HOW = DigestOptions(relevance=0.0, window_days=7, deadline=dt.timedelta(hours=20))


@pytest.fixture
def got(engine: sa.Engine) -> Got:
    """A reader who has saved both papers of their digest."""
    got = a_digest(engine)
    with writing(engine) as tx:
        for paper in got.papers:
            votes.cast(tx, got.reader, paper, Vote.SAVE, now=NOW)
    return got


def next_day(engine: sa.Engine, days: int, *announced: Announcement) -> tuple[str, str]:
    """Let a day pass with one more paper on graphs; gives the text and the HTML of the digest."""
    now = NOW + days * DAY
    new = Paper(PaperId("arxiv", f"2604.1000{days}"), f"Graphs {_ABOUT[days]}", "On graphs.", url="https://e.org/x")
    with writing(engine) as tx:
        papers.add(tx, [Announcement(new, "arxiv", now.date()), *announced], now=now)
        edition = editions.close(tx, now.date(), now=now)
    compose(engine, HOW, now=now)
    with reading(engine) as tx:
        (sheet,) = load_inputs(tx, [one for one in history.of_subscriber(tx, 1) if one.edition == edition.id])
    assert mail(PRESS, sheet)[1].content
    shown = message(PRESS, sheet)
    assert sheet.digest
    assert sheet.digest.entries
    return " ".join(shown.text.split()), shown.html


def replaced(version: int) -> Announcement:
    return Announcement(GRAPHS, "arxiv", NOW.date(), AnnounceType.REPLACE, version)


def test_what_became_of_saved_papers_is_said_once(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        saved.note_notices(tx, [(got.papers[1], "retraction", "10.1101/notice")], now=NOW)
    text, html = next_day(engine, 1, replaced(2))
    assert text.index("ABOUT PAPERS YOU SAVED") < text.index(f"“{CELLS.title}” was retracted.")
    assert "https://doi.org/10.1101/notice" in text
    assert "has a new version (2)." in text
    assert "About papers you saved" in html
    assert "&lt;Friends&gt;" in html
    assert "ABOUT PAPERS" not in next_day(engine, 2)[0]
    text, _ = next_day(engine, 3, replaced(3))
    assert ("has a new version (3)." in text, "retracted" in text) == (True, False)


def test_a_paper_that_was_taken_out_is_no_news(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        votes.withdraw(tx, got.reader, got.papers[0], Vote.SAVE)
    assert "ABOUT PAPERS" not in next_day(engine, 1, replaced(2))[0]


def test_what_changed_before_it_was_saved_is_no_news(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        votes.withdraw(tx, got.reader, got.papers[0], Vote.SAVE)
        papers.add(tx, [replaced(2)], now=NOW)
        votes.cast(tx, got.reader, got.papers[0], Vote.SAVE, now=NOW)
    assert "ABOUT PAPERS" not in next_day(engine, 1)[0]


def test_papers_saved_by_an_older_version_tell_what_changes_from_now_on(engine: sa.Engine, got: Got) -> None:
    with writing(engine) as tx:
        tx.execute(sa.delete(saved_papers))
        saved.note_notices(tx, [(got.papers[1], "retraction", "10.1101/notice")], now=NOW)
    assert "ABOUT PAPERS" not in next_day(engine, 1)[0]
    assert "has a new version (2)." in next_day(engine, 2, replaced(2))[0]


def test_a_talk_is_said_once_and_one_that_was_known_before_never(engine: sa.Engine, got: Got) -> None:
    def with_remark(paper: Paper, comment: str) -> Announcement:
        return Announcement(
            paper, "arxiv", NOW.date(), AnnounceType.REPLACE, presentation=Presentation(comment=comment)
        )

    with writing(engine) as tx:
        # As an earlier version of this program noted what a reader knew.
        papers.add(tx, [with_remark(CELLS, "Accepted at RECOMB 2026")], now=NOW)
        known = {name: value for name, value in asdict(Facts()).items() if name != "talk"}
        of_cells = saved_papers.c.paper_id == got.papers[1]
        tx.execute(sa.update(saved_papers).where(of_cells).values(facts=known))
    text, _ = next_day(engine, 1, with_remark(GRAPHS, "12 pages. Accepted at ICML 2026 (oral)"))
    assert "was accepted: ICML 2026 (oral)." in text
    assert "RECOMB" not in text
    assert "was accepted" not in next_day(engine, 2, with_remark(GRAPHS, "13 pages. Accepted at ICML 2026 (oral)"))[0]
    with writing(engine) as tx:
        (facts,) = [one.facts for one in saved.of_readers(tx, [got.reader], paper_id=got.papers[1])]
    assert facts
    assert facts.talk == "RECOMB 2026"
