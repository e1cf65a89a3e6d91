"""The job posts what is due, and so does a day run by cron."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from tests.posted import listening
from tests.world import MONDAY, world

from dailypapers.jobs import post
from dailypapers.jobs.day import day
from dailypapers.posting.post_due import PostOptions
from dailypapers.posting.webhooks import Webhook


def test_a_days_events_reach_the_webhook(sqlite: sa.Engine) -> None:
    with listening() as listener, world(sqlite) as w:
        posting = PostOptions((Webhook("a", listener.url, (b"k" * 32,), allow_private=True),))
        dependencies = replace(w.dependencies, posting=posting)
        assert post.run(replace(w.job(), dependencies=dependencies))
        day(dependencies, clock=lambda: MONDAY)
    kinds = [request.body["type"] for request in listener.requests]
    assert kinds[0] == "edition.closed"
    assert set(kinds) <= {"edition.closed", "run.finished"}
    assert dt.datetime.fromisoformat(listener.requests[0].body["timestamp"]) == MONDAY
