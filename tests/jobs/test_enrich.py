"""The job that enriches does so once for what has come, in one process at a time."""

from dataclasses import replace

import sqlalchemy as sa
from tests.digests.playing_model import playing_model, says
from tests.world import GRAPHS, TITLES, world

from dailypapers.digests.summarise import SummaryOptions
from dailypapers.jobs import announce, enrich
from dailypapers.jobs.lease import lease


def test_it_enriches_in_turn_and_again_only_when_something_has_come(engine: sa.Engine) -> None:
    said = says("Deeper graph neural networks are shown to be deeper.")
    with world(engine) as w, playing_model(said) as model:
        w.admit("alice", GRAPHS)
        job = w.job()
        assert enrich.run(job), "nothing is asked for where no model is set, nor figures"
        how = replace(w.dependencies.digest_options, summaries=SummaryOptions(model.url, "m"))
        w.dependencies = replace(w.dependencies, digest_options=how)
        job = w.job()
        announce.run(job)
        with lease(engine, "enrich", "another", clock=job.clock) as is_theirs:
            assert is_theirs
            assert not enrich.run(job)
        assert not model.asked
        assert enrich.run(job)
        assert len(model.asked) == 1
        w.admit("bob", TITLES[1])
        assert enrich.run(job)
        assert len(model.asked) == 1, "nothing has come since"
        assert enrich.run(w.job(holder="started again"))
        assert len(model.asked) == 2
        job = w.job()
        job.stop.set()
        w.admit("carol", TITLES[2])
        assert enrich.run(job)
        assert len(model.asked) == 2, "who is asked to stop begins nothing"
