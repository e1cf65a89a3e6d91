"""Events reach their webhooks over real HTTP: once each, signed, tried again, and given up."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.posted import Answer, Request, listening

from dailypapers.domain.event import EventKind, PostState
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.posting.post_due import PostOptions, post_due
from dailypapers.posting.webhooks import Webhook, signed
from dailypapers.store import events, posts, subscribers
from dailypapers.store.database import reading, writing

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
KEY = b"k" * 32


def options(url: str, name: str = "crm") -> PostOptions:
    return PostOptions((Webhook(name, url, (KEY,), allow_private=True),))


def post_at(engine: sa.Engine, who: PostOptions, now: dt.datetime = NOW) -> Counter[PostState]:
    return post_due(engine, who, clock=lambda: now)


def note(engine: sa.Engine, papers: int = 3) -> None:
    with writing(engine) as tx:
        events.note(tx, EventKind.EDITION_CLOSED, {"papers": papers}, now=NOW)


def detail(engine: sa.Engine) -> tuple[PostState, str]:
    with reading(engine) as tx:
        post = posts.listed(tx)[0]
        return post.state, post.detail


def test_an_event_arrives_once_signed_and_with_the_address_of_now(engine: sa.Engine) -> None:
    with listening() as listener:
        who = options(listener.url)
        assert post_at(engine, who) == {}
        with writing(engine) as tx:
            alice = subscribers.add(
                tx,
                "alice@example.org",
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("test"),
                now=NOW,
            )
        assert post_at(engine, who) == {PostState.POSTED: 1}
        assert post_at(engine, who, NOW + DAY) == {}
    (request,) = listener.requests
    assert request.body == {
        "type": "subscriber.subscribed",
        "timestamp": "2026-04-20T08:00:00Z",
        "data": {"state": "active", "subscriber": alice, "email": "alice@example.org"},
    }
    headers = signed([KEY], request.headers["webhook-id"], request.raw, now=NOW)
    assert request.headers["webhook-signature"] == headers["webhook-signature"]


def test_the_event_of_an_erased_reader_no_longer_says_who_they_were(engine: sa.Engine) -> None:
    with listening() as listener:
        post_at(engine, who := options(listener.url))
        with writing(engine) as tx:
            bob = subscribers.add(
                tx,
                "bob@example.org",
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("test"),
                now=NOW,
            )
            assert bob is not None
            subscribers.erase(tx, bob, now=NOW)
        assert post_at(engine, who) == {PostState.POSTED: 2}
    assert b"bob" not in b"".join(request.raw for request in listener.requests)


def test_a_failure_is_tried_again_under_the_same_id_as_late_as_was_asked(engine: sa.Engine) -> None:
    answers = iter([(503, {"Retry-After": "3600"}), (204, {})])

    def answer(_: Request) -> Answer:
        return next(answers)

    with listening(answer) as listener:
        post_at(engine, who := options(listener.url))
        note(engine)
        assert post_at(engine, who) == {PostState.QUEUED: 1}
        assert post_at(engine, who, NOW + dt.timedelta(minutes=59)) == {}
        assert post_at(engine, who, NOW + dt.timedelta(hours=1)) == {PostState.POSTED: 1}
    assert len(listener.requests) == 2
    assert len({request.headers["webhook-id"] for request in listener.requests}) == 1


def test_after_three_days_it_is_dead_and_says_why(engine: sa.Engine) -> None:
    with listening(500) as listener:
        post_at(engine, who := options(listener.url))
        note(engine)
        for hours in range(0, 90, 9):
            post_at(engine, who, NOW + dt.timedelta(hours=hours))
        assert detail(engine) == (PostState.DEAD, "answered 500")
        assert post_at(engine, who, NOW + 9 * DAY) == {}


def test_410_disables_the_webhook_and_others_go_on(engine: sa.Engine) -> None:
    with listening(410) as gone, listening() as fine:
        who = PostOptions(options(gone.url, "old").webhooks + options(fine.url, "new").webhooks)
        post_at(engine, who)
        note(engine)
        assert post_at(engine, who) == {PostState.DEAD: 1, PostState.POSTED: 1}
        note(engine)
        assert post_at(engine, who) == {PostState.POSTED: 1}
    assert (len(gone.requests), len(fine.requests)) == (1, 2)


def test_several_processes_post_each_event_once(engine: sa.Engine) -> None:
    with listening() as listener:
        post_at(engine, who := options(listener.url))
        for papers in range(20):
            note(engine, papers)
        with ThreadPoolExecutor(3) as pool:
            states = sum(pool.map(lambda _: post_at(engine, who), range(3)), Counter[PostState]())
    assert states == {PostState.POSTED: 20}
    assert len({request.headers["webhook-id"] for request in listener.requests}) == len(listener.requests) == 20


def test_a_private_address_is_refused_unless_the_settings_allow_it(sqlite: sa.Engine) -> None:
    with listening() as listener:
        (webhook,) = options(listener.url).webhooks
        who = PostOptions((replace(webhook, allow_private=False),))
        post_at(sqlite, who)
        note(sqlite)
        assert post_at(sqlite, who) == {PostState.QUEUED: 1}
        assert "private network" in detail(sqlite)[1]
    assert listener.requests == []


@pytest.mark.parametrize("died", [True, False])
def test_a_post_whose_process_died_is_posted_again_under_the_same_id(sqlite: sa.Engine, died: bool) -> None:
    with listening() as listener:
        post_at(sqlite, who := options(listener.url))
        note(sqlite)
        if died:
            with writing(sqlite) as tx:
                posts.claim(tx, "webhook crm", 1, now=NOW, lasting=dt.timedelta(minutes=1))
        assert post_at(sqlite, who) == ({} if died else {PostState.POSTED: 1})
        assert post_at(sqlite, who, NOW + dt.timedelta(minutes=1)) == ({PostState.POSTED: 1} if died else {})
