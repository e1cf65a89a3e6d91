"""A lease lives as long as its job, however long that takes, and no longer."""

import datetime as dt
import time
from functools import partial

import pytest
import sqlalchemy as sa
from tests.conftest import NOW

from dailypapers.domain.worker import LEASE
from dailypapers.jobs.lease import lease
from dailypapers.store import leases
from dailypapers.store.database import writing

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


def test_a_lease_whose_holder_died_is_free_within_seconds(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert leases.take(tx, "compose", "dead", lasting=LEASE, now=NOW)
    for seconds, is_free in ((14, False), (15, True)):
        with lease(engine, "compose", "two", clock=partial(NOW.__add__, dt.timedelta(seconds=seconds))) as ours:
            assert ours is is_free
