"""What was learned is stored once: whoever was first stays, and what is old goes."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.store import editions, models, papers
from dailypapers.store.database import writing
from dailypapers.store.models import Kept

FIRST = Kept((1, 2), b"first", {"slope": 1.0})
SECOND = Kept((3,), b"second", {})


@pytest.fixture
def two(engine: sa.Engine, now: dt.datetime) -> tuple[int, int]:
    """The ids of two editions."""
    with writing(engine) as tx:
        older = editions.close(tx, now.date(), now=now)
        return older.id, editions.close(tx, now.date() + dt.timedelta(days=1), now=now).id


def test_the_first_stays_and_an_older_edition_s_is_forgotten(
    engine: sa.Engine, two: tuple[int, int], now: dt.datetime
) -> None:
    older, newer = two
    with writing(engine) as tx:
        assert (models.newest(tx), models.newest_edition(tx)) == (None, 0)
        models.keep(tx, older, FIRST, now=now)
        models.keep(tx, older, SECOND, now=now)
        assert models.of_edition(tx, older) == FIRST
        models.keep(tx, newer, SECOND, now=now)
        assert models.of_edition(tx, older) is None
        assert (models.newest(tx), models.newest_edition(tx)) == (SECOND, newer)


def test_parts_of_the_index_are_stored_once(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert models.part(tx, 1) is None
        models.keep_part(tx, 1, b"first")
        models.keep_part(tx, 1, b"second")
        assert models.part(tx, 1) == b"first"


def test_the_library_is_what_is_older_than_the_edition_and_has_an_abstract(
    engine: sa.Engine, two: tuple[int, int], now: dt.datetime
) -> None:
    made = [Paper(PaperId("file", f"p{n}"), f"Title {n}", "text" * (n != 1), (), ()) for n in range(4)]
    with writing(engine) as tx:
        papers.keep(tx, made, now=now)
        ids = sorted(papers.every(tx))
        assert models.library(tx, two[1], limit=10) == [ids[0], ids[2], ids[3]]
        assert models.library(tx, two[1], limit=1) == [ids[3]]
