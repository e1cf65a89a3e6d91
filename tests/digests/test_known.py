"""What is known of papers by now, as a mail can show it."""

from dataclasses import replace

import sqlalchemy as sa
from tests.world import MONDAY, world

from dailypapers.digests.known import about_shown
from dailypapers.domain.paper import Presentation
from dailypapers.domain.source import Announcement
from dailypapers.domain.summary import Spent
from dailypapers.intake.fetch import fetch
from dailypapers.store import papers, summaries
from dailypapers.store.database import reading, writing


def known(tx: sa.Connection, paper_id: int, language: str) -> frozenset[str]:
    """What is known of one paper, however often a mail shows it."""
    (about,) = about_shown(tx, [paper_id, paper_id], language).items()
    name, facts = about
    assert name == str(papers.by_id(tx, [paper_id])[paper_id].id)
    assert facts.known is not None
    return facts.known


def test_what_comes_to_be_known_of_a_paper_is_told_by_its_name(engine: sa.Engine) -> None:
    with world(engine) as w:
        fetch(engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=MONDAY)
        with reading(engine) as tx:
            (paper_id, *_), (paper, *_) = zip(*papers.every(tx).items(), strict=True)
            before = known(tx, paper_id, "en")
        with writing(engine) as tx:
            told = {"language": "en", "text": "A model says this.", "model": "small"}
            summaries.put(tx, paper_id, **told, day=MONDAY.date(), spent=Spent())
            with_code = replace(paper, code_url="https://code.example.org")
            shown = Presentation(organization="An Institute")
            papers.add(tx, [Announcement(with_code, "other", MONDAY.date(), presentation=shown)], now=MONDAY)
        with reading(engine) as tx:
            in_english, in_german = known(tx, paper_id, "en"), known(tx, paper_id, "de")
    new = in_english - before
    assert len(new) == 3
    assert len(new - in_german) == 1
