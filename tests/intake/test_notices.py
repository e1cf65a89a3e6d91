"""Saved papers that were retracted are found out, once, and their readers are told in the next digest."""

import sqlalchemy as sa
from tests.playing_sources import Answer, Asked, playing_sources
from tests.sources.test_crossref_notices import answer, work
from tests.web.a_digest import CELLS, Got, a_digest
from tests.web.conftest import NOW

from dailypapers.domain.vote import Vote
from dailypapers.intake.notices import look_up
from dailypapers.sources.http.client import Http
from dailypapers.store import papers, saved, votes
from dailypapers.store.database import reading, writing

NOTICE = answer(work("10.1101/notice", retraction=CELLS.id.value))


def look(engine: sa.Engine, *answers: Answer, asked: list[Asked] | None = None) -> int:
    with playing_sources({"/works": answers}, asked=asked) as url:
        make_http = lambda: Http(allow_private=True, pace=0, retries=0)  # noqa: E731 - it is handed in
        return look_up(engine, base_url=url, make_http=make_http, clock=lambda: NOW)


def save(engine: sa.Engine, got: Got) -> int:
    """Have the reader save the digest's paper that has a DOI."""
    with writing(engine) as tx:
        paper_id = papers.ids_by_name(tx, [str(CELLS.id)])[str(CELLS.id)]
        votes.cast(tx, got.reader, paper_id, Vote.SAVE, now=NOW)
    return paper_id


def test_a_retraction_is_noted_once(engine: sa.Engine) -> None:
    got = a_digest(engine)
    asked: list[Asked] = []
    assert look(engine, Answer(NOTICE), asked=asked) == 0
    assert asked == []
    paper_id = save(engine, got)
    assert [look(engine, Answer(NOTICE), asked=asked) for _ in range(2)] == [1, 0]
    assert len(asked) == 2
    with reading(engine) as tx:
        assert saved.facts_of(tx, [paper_id])[paper_id].notices == (("retraction", "10.1101/notice"),)


def test_what_could_not_be_asked_is_asked_the_next_time(engine: sa.Engine) -> None:
    save(engine, a_digest(engine))
    assert look(engine, Answer("", status=503)) == 0
    assert look(engine, Answer("<html>")) == 0
    assert look(engine, Answer(NOTICE)) == 1
