"""An answer is kept a day for the same key, and goes with the subscriber it is about."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.store.test_api_keys import add
from tests.web.a_digest import a_digest

from dailypapers.store import api_answers
from dailypapers.store.api_answers import KEPT, StoredAnswer
from dailypapers.store.database import writing
from dailypapers.store.schema import api_answers as table
from dailypapers.subscriptions.erase import erase


@pytest.fixture
def key_id(engine: sa.Engine, now: dt.datetime) -> int:
    with writing(engine) as tx:
        made = add(tx, "website", "dpk_one", now)
    assert made is not None
    return made


def keep(tx: sa.Connection, key_id: int, subscriber_id: int | None = None) -> None:
    api_answers.keep(
        tx, key_id, "k", status=201, headers={"Location": "/1"}, body={"id": 1}, subscriber_id=subscriber_id
    )


def test_the_second_request_gets_the_first_one_s_answer_for_a_day(
    engine: sa.Engine, key_id: int, now: dt.datetime
) -> None:
    with writing(engine) as tx:
        assert api_answers.claim(tx, key_id, "k", fingerprint="f", now=now) is None
        keep(tx, key_id)
    with writing(engine) as tx:
        answer = api_answers.claim(tx, key_id, "k", fingerprint="f", now=now + KEPT / 2)
        assert answer == StoredAnswer("f", 201, {"Location": "/1"}, {"id": 1})
        assert api_answers.claim(tx, key_id, "k", fingerprint="g", now=now + KEPT) is None


def test_answers_are_pruned_after_a_day(engine: sa.Engine, key_id: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        api_answers.claim(tx, key_id, "k", fingerprint="f", now=now)
        assert [api_answers.prune(tx, before=before) for before in (now, now + KEPT)] == [0, 1]


def test_an_answer_about_somebody_is_erased_with_them(engine: sa.Engine, key_id: int, now: dt.datetime) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        api_answers.claim(tx, key_id, "k", fingerprint="f", now=now)
        keep(tx, key_id, reader)
        erase(tx, reader)
        assert tx.execute(sa.select(table)).all() == []
