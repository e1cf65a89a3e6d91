"""The job that looks up notices waits for its turn, and asks nobody where nobody is named."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.intake.test_notices import NOTICE, save
from tests.jobs.test_receive import NOW, context
from tests.playing_sources import Answer, Asked, playing_sources
from tests.web.a_digest import a_digest

from dailypapers.jobs.lease import lease
from dailypapers.jobs.notices import run
from dailypapers.sources.http.client import Http
from dailypapers.store import saved
from dailypapers.store.database import reading


def test_notices_are_looked_up_in_turn_where_somebody_is_to_be_asked(engine: sa.Engine) -> None:
    paper_id = save(engine, a_digest(engine))
    job = context(engine, [])
    assert run(job)
    asked: list[Asked] = []
    with playing_sources({"/works": Answer(NOTICE)}, asked=asked) as url:
        make_http = lambda: Http(allow_private=True, pace=0, retries=0)  # noqa: E731 - it is handed in
        dependencies = replace(job.dependencies, crossref_url=url, make_http=make_http)
        job = replace(job, dependencies=dependencies)
        with lease(engine, "notices", "another", clock=lambda: NOW) as is_theirs:
            assert is_theirs
            assert not run(job)
        assert run(job)
        # A scheduler that starts again on the same day asks nobody, and the next day's does.
        assert run(replace(job, holder="started again"))
        assert len(asked) == 1
        assert run(replace(job, clock=lambda: NOW + dt.timedelta(days=1)))
        assert len(asked) == 2
    with reading(engine) as tx:
        assert len(saved.facts_of(tx, [paper_id])[paper_id].notices) == 1
