"""The job posts what is due, and so does a day run by cron."""

import datetime as dt
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from tests.posted import listening
from tests.world import DAY, GRAPHS, MONDAY, TITLES, world

from dailypapers.domain.channel import ChannelKind
from dailypapers.jobs import post
from dailypapers.jobs.day import day
from dailypapers.posting.channels import ChannelOptions, new_channel
from dailypapers.posting.post_due import PostOptions
from dailypapers.posting.webhooks import Webhook
from dailypapers.store import channels, subscribers
from dailypapers.store.database import writing


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


def _same(now: dt.datetime) -> dt.datetime:
    return now


def test_a_readers_digest_is_posted_once_and_its_end_told_in_the_next_mail(engine: sa.Engine) -> None:
    """Alice has topics, bob has none; both have a channel that is gone by the second day."""
    answers = iter([204, 204, 404, 410])
    with listening(lambda _: (next(answers), {})) as listener, world(engine) as w:
        options = ChannelOptions(w.dependencies.renderer, allow_private=True, secret=b"s")
        dependencies = replace(w.dependencies, posting=PostOptions(channels=options))
        w.admit("alice", GRAPHS)
        w.admit("bob")
        with writing(engine) as tx:
            for reader in subscribers.every(tx):
                channels.put(tx, new_channel(b"s", reader.id, ChannelKind.JSON, listener.url, now=MONDAY))
        for n in range(3):
            now = MONDAY + n * DAY
            w.announce(*(f"{title} {n}" for title in TITLES))
            for _ in range(2):
                day(dependencies, clock=partial(_same, now))
        told = w.got()
    assert len(listener.requests) == 4
    assert "Deeper Graph Neural Networks 0" in listener.requests[0].raw.decode() + listener.requests[1].raw.decode()
    for name in ("alice", "bob"):
        assert ["no longer posted to" in " ".join(mail.split()) for mail in told[name]] == [False, False, True]
    assert "couldn" not in told["bob"][2], "the note is about none of the reader's topics"
