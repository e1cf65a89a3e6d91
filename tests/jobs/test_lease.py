"""A lease lives as long as its job, however long that takes, and no longer."""

import datetime as dt
import time

import pytest
import sqlalchemy as sa
from tests.conftest import NOW

from dailypapers.jobs.lease import lease

SHORT = dt.timedelta(seconds=1)


def clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_a_job_longer_than_its_lease_is_not_started_twice(engine: sa.Engine) -> None:
    with lease(engine, "compose", "one", clock=clock, lasting=SHORT) as ours:
        assert ours
        time.sleep(2 * SHORT.total_seconds())
        with lease(engine, "compose", "two", clock=clock, lasting=SHORT) as also:
            assert not also
        with lease(engine, "fetch", "two", clock=clock, lasting=SHORT) as another_job:
            assert another_job
    with lease(engine, "compose", "two", clock=clock, lasting=SHORT) as ours:
        assert ours, "it was given back"


def test_a_job_that_breaks_gives_its_lease_back(engine: sa.Engine) -> None:
    with pytest.raises(ValueError, match="broken"), lease(engine, "compose", "one", clock=lambda: NOW):
        raise ValueError("broken")
    with lease(engine, "compose", "two", clock=lambda: NOW) as ours:
        assert ours
