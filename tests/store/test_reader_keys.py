"""Readers' keys as they are stored."""

import sqlalchemy as sa
from tests.web.a_digest import NOW, a_digest

from dailypapers.store import reader_keys
from dailypapers.store.database import writing


def test_a_key_is_found_by_its_prefix_and_deleted_by_its_reader_alone(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        reader_keys.add(tx, reader, prefix="dpr_a", key_hash="x", may_act=False, now=NOW)
        key = reader_keys.by_prefix(tx, "dpr_a")
        assert key
        assert (key.subscriber, key.may_act, key.created_at, key.last_used_on) == (reader, False, NOW, None)
        reader_keys.note_use(tx, key.id, day=NOW.date())
        assert [each.last_used_on for each in reader_keys.of_subscriber(tx, reader)] == [NOW.date()]
        assert not reader_keys.revoke(tx, reader + 1, "dpr_a")
        assert reader_keys.revoke(tx, reader, "dpr_a")
        assert reader_keys.by_prefix(tx, "dpr_a") is None
