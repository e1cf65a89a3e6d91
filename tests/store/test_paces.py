"""How far mails have gone is counted by server and five minutes, and kept by domain."""

import datetime as dt

import sqlalchemy as sa
from tests.delivery.queued import NOW, claimed, queue

from dailypapers.domain.pace import COUNTED_BY, Breaker, Usage
from dailypapers.store import paces
from dailypapers.store.database import reading, writing
from dailypapers.store.paces import Domain

DAY = dt.timedelta(days=1)


def test_mails_are_counted_by_server_and_five_minutes(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for mails, now in ((2, NOW), (3, NOW + COUNTED_BY / 2), (5, NOW + COUNTED_BY)):
            paces.count(tx, "relay", mails, now=now)
        paces.count(tx, "other", 7, now=NOW)
    with writing(engine) as tx:
        assert paces.usage_of(tx, "relay").counts == {NOW: 5, NOW + COUNTED_BY: 5}
        paces.count(tx, "relay", 1, now=NOW + 3 * DAY)
    with reading(engine) as tx:
        assert paces.usage_of(tx, "relay", to_change=False).counts == {NOW + 3 * DAY: 1}
        assert paces.usage_of(tx, "other", to_change=False).counts == {NOW: 7}


def test_what_is_claimed_by_way_of_a_server_is_known(engine: sa.Engine) -> None:
    queue(engine, 2)
    claimed(engine, "one", 2)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE attempts SET server = 'relay' WHERE delivery_id = 1"))
        assert paces.usage_of(tx, "relay") == Usage(claimed=1)
        paces.set_next(tx, "relay", NOW)
        assert paces.usage_of(tx, "relay").next_at == NOW


def test_domains_are_kept_until_nothing_follows_from_them(engine: sa.Engine) -> None:
    domains = {
        "limited.example": Domain(NOW + DAY),
        "refusing.example": Domain(None, Breaker(3, NOW + DAY, dt.timedelta(minutes=10))),
        "old.example": Domain(NOW, Breaker(1, NOW)),
    }
    with writing(engine) as tx:
        paces.keep_domains(tx, domains)
        assert paces.domains(tx) == domains
        assert paces.domains(tx, ["limited.example", "unknown.example"], to_change=True).keys() == {"limited.example"}
        assert paces.prune(tx, before=NOW + DAY) == 1
        assert "old.example" not in paces.domains(tx)
