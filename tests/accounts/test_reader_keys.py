"""Readers' keys: recognised as long as their reader gets digests."""

import sqlalchemy as sa
from tests.web.a_digest import NOW, a_digest

from dailypapers.accounts import reader_keys as keys
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle


def test_a_key_works_until_its_reader_unsubscribes(sqlite: sa.Engine) -> None:
    reader = a_digest(sqlite).reader
    with writing(sqlite) as tx:
        key = keys.add(tx, reader, may_act=True, now=NOW)
        known = keys.recognise(tx, f" {key}\n")
        assert known
        assert key.startswith(f"{known.prefix}_")
        assert keys.recognise(tx, key[:-1]) is None
        lifecycle.unsubscribe(tx, reader, now=NOW)
        assert keys.recognise(tx, key) is None
