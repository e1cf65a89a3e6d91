"""What is switched on says since when, by whom and why."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store import controls
from dailypapers.store.controls import Control, Name
from dailypapers.store.database import writing


def test_a_control_is_off_until_it_is_switched_on_and_again_afterwards(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        assert controls.control(tx, Name.PAUSE) is None
        controls.switch_on(tx, Name.PAUSE, by="ann", now=now, reason="the first")
        controls.switch_on(tx, Name.PAUSE, by="bob", now=now, reason="the second")
        assert controls.control(tx, Name.PAUSE) == Control("", "the second", "bob", now)
        assert controls.control(tx, Name.TEST_MODE) is None
        assert controls.switch_off(tx, Name.PAUSE)
        assert not controls.switch_off(tx, Name.PAUSE)
