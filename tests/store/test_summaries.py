"""Summaries: asked for once a paper and language, and counted by the day."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest

from dailypapers.domain.summary import Spent, Summary, SummaryBy
from dailypapers.store import summaries
from dailypapers.store.database import reading, writing

DAY = dt.date(2026, 4, 20)


def put(tx: sa.Connection, paper_id: int, text: str, language: str = "en", day: dt.date = DAY) -> None:
    summaries.put(tx, paper_id, language, text, model="a-model", day=day, spent=Spent(100, 0.5))


def test_what_was_said_first_stays(engine: sa.Engine) -> None:
    first, second = a_digest(engine).papers
    with writing(engine) as tx:
        put(tx, first, "Graphs are drawn faster.")
        put(tx, first, "Something else.")
        put(tx, second, "")
    with reading(engine) as tx:
        assert summaries.of_papers(tx, [first, second, 999]) == {
            first: {"en": Summary("Graphs are drawn faster.", SummaryBy.MODEL, "a-model", DAY)}
        }
        assert summaries.asked(tx, [first, second, 999], "en") == {first, second}
        assert summaries.asked(tx, [first, second], "de") == set()


def test_what_asking_took_is_summed_by_the_day(engine: sa.Engine) -> None:
    first, second = a_digest(engine).papers
    with writing(engine) as tx:
        put(tx, first, "Graphs are drawn faster.")
        put(tx, second, "")
        put(tx, second, "Zellen wandern.", "de", DAY + dt.timedelta(days=1))
    with reading(engine) as tx:
        days = [summaries.spent_on(tx, DAY + dt.timedelta(days=number)) for number in (-1, 0, 1)]
        assert days == [Spent(), Spent(200, 1.0), Spent(100, 0.5)]
