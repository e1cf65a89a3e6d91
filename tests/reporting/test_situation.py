"""What is wrong is told by kind; where nothing is, nothing."""

import sqlalchemy as sa
from tests.conftest import NOW
from tests.delivery.chaos import MAILS, fill

from dailypapers.domain.alert import AlertKind
from dailypapers.reporting.situation import alerts, situation
from dailypapers.store.database import reading, writing


def test_what_is_wrong_is_told_by_kind_and_nothing_where_all_is_well(engine: sa.Engine) -> None:
    fill(engine)
    with reading(engine) as tx:
        assert alerts(situation(tx, now=NOW)) == ()
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'on_hold', detail = '550 5.7.1 policy'"))
        tx.execute(sa.text("DELETE FROM picks"))
        tx.execute(sa.text("DELETE FROM outbox WHERE id = 1"))
    with reading(engine) as tx:
        found = situation(tx, now=NOW)
    assert [alert.kind for alert in alerts(found)] == [AlertKind.ON_HOLD, AlertKind.RESIDUE]
    assert (found.on_hold, found.refusal, found.residues[0].residue) == (MAILS - 1, "550 5.7.1 policy", 1)
