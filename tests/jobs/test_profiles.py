"""The job that reads profiles waits for its turn."""

import sqlalchemy as sa
from tests.jobs.test_receive import NOW, context

from dailypapers.jobs.lease import lease
from dailypapers.jobs.profiles import run


def test_without_its_turn_nothing_is_read(engine: sa.Engine) -> None:
    job = context(engine, [])
    assert run(job)
    with lease(engine, "profiles", "another", clock=lambda: NOW) as is_theirs:
        assert is_theirs
        assert not run(job)
