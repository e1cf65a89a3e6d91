"""How far a history has come is read back as it was stored."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.store import harvests
from dailypapers.store.database import reading, writing
from dailypapers.store.harvests import Harvest


def test_the_last_word_on_a_part_counts(engine: sa.Engine, now: dt.datetime) -> None:
    part = Harvest("arxiv", "cs.LG", dt.date(2026, 1, 1), dt.date(2026, 1, 31), "token", 1000)
    done = replace(part, token="", papers=1500, is_done=True)
    with writing(engine) as tx:
        for each in (part, replace(part, category="cs.AI"), done, replace(part, source="mirror")):
            harvests.record(tx, each, now=now)
    with reading(engine) as tx:
        assert harvests.of_sources(tx, ["arxiv"]) == [replace(part, category="cs.AI"), done]
