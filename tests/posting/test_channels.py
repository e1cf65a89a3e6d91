"""A reader's digest reaches each service over real HTTP, once, and a service that is gone is left alone."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from tests.chats import PATHS, answer, trouble
from tests.posted import Answer, Listener, Request, listening
from tests.web.a_digest import GRAPHS, NOW, Got, a_digest
from tests.web.conftest import PRESS

from dailypapers.domain.channel import ChannelKind
from dailypapers.domain.event import PostState
from dailypapers.posting.channels import MOST_TESTS, ChannelOptions, Tried, new_channel, trial, try_out
from dailypapers.posting.post_due import PostOptions, post_due
from dailypapers.store import channels, controls, editions, posts
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle

SECRET = b"secret of the service"
OPTIONS = ChannelOptions(PRESS, allow_private=True, secret=SECRET)
HOUR = dt.timedelta(hours=1)


@contextmanager
def service(kind: ChannelKind, says: Callable[[Request], Answer] | None = None) -> Iterator[Listener]:
    with listening(says or (lambda request: (answer(kind, request), {})), PATHS[kind]) as listener:
        yield listener


def queued(engine: sa.Engine, kind: ChannelKind, url: str) -> Got:
    got = a_digest(engine)
    with writing(engine) as tx:
        channels.put(tx, new_channel(SECRET, got.reader, kind, url, now=NOW))
        edition = editions.newest(tx)
        assert edition is not None
        assert channels.queue_digests(tx, edition.id, [got.reader], now=NOW) == 1
    return got


def post(engine: sa.Engine, now: dt.datetime = NOW, options: ChannelOptions = OPTIONS) -> Counter[PostState]:
    return post_due(engine, PostOptions(channels=options), clock=lambda: now)


@pytest.mark.parametrize("kind", ChannelKind)
def test_each_service_takes_the_digest_once(sqlite: sa.Engine, kind: ChannelKind) -> None:
    with service(kind) as listener:
        queued(sqlite, kind, listener.url)
        assert post(sqlite) == {PostState.POSTED: 1}
        assert post(sqlite, NOW + HOUR) == {}
    (request,) = listener.requests
    said = request.raw.decode().replace("&amp;", "&").replace("\\", "")
    assert GRAPHS.title.partition(" &")[0] in said
    assert "atches your topic" in said
    assert "/digest/" in said
    for secret in ("/preferences/", "/unsubscribe/", "/feedback/", "alice"):
        assert secret not in said


def test_it_is_posted_on_both_databases(engine: sa.Engine) -> None:
    with service(ChannelKind.SLACK) as listener:
        queued(engine, ChannelKind.SLACK, listener.url)
        assert post(engine) == {PostState.POSTED: 1}
        assert post(engine, NOW + HOUR) == {}


def test_matrix_is_given_the_same_transaction_at_each_try(sqlite: sa.Engine) -> None:
    answers: Iterator[Answer] = iter([(500, {}), (200, {})])
    with service(ChannelKind.MATRIX, lambda _: next(answers)) as listener:
        got = queued(sqlite, ChannelKind.MATRIX, listener.url)
        assert post(sqlite) == {PostState.QUEUED: 1}
        assert post(sqlite, NOW + HOUR) == {PostState.POSTED: 1}
    path = f"/_matrix/client/v3/rooms/!a:y.example/send/m.room.message/digest_{got.delivery}"
    assert [(request.method, request.path) for request in listener.requests] == [("PUT", path)] * 2


def test_a_service_that_is_busy_is_asked_again_when_it_says(sqlite: sa.Engine) -> None:
    answers: Iterator[Answer] = iter([(429, {"Retry-After": "600"}), (204, {})])
    with service(ChannelKind.DISCORD, lambda _: next(answers)) as listener:
        queued(sqlite, ChannelKind.DISCORD, listener.url)
        assert post(sqlite) == {PostState.QUEUED: 1}
        assert post(sqlite, NOW + dt.timedelta(minutes=9)) == {}
        assert post(sqlite, NOW + dt.timedelta(minutes=10)) == {PostState.POSTED: 1}


def test_a_channel_that_is_gone_is_switched_off(engine: sa.Engine) -> None:
    with service(ChannelKind.SLACK, lambda _: (404, {})) as listener:
        got = queued(engine, ChannelKind.SLACK, listener.url)
        assert post(engine) == {PostState.DEAD: 1}
    with reading(engine) as tx:
        channel = channels.of_subscriber(tx, got.reader)
        assert channel is not None
        assert channel.disabled_at == NOW
        assert channels.untold(tx, [got.reader]) == {got.reader: ChannelKind.SLACK}


@pytest.mark.parametrize("change", ["left", "test mode", "other secret", "paused sending"])
def test_what_must_not_be_posted_is_not(sqlite: sa.Engine, change: str) -> None:
    options = OPTIONS
    with service(ChannelKind.JSON) as listener:
        got = queued(sqlite, ChannelKind.JSON, listener.url)
        with writing(sqlite) as tx:
            if change == "left":
                lifecycle.unsubscribe(tx, got.reader, now=NOW)
            elif change == "test mode":
                controls.switch_on(tx, controls.Name.TEST_MODE, value="o@x.example", by="o", now=NOW)
            elif change == "paused sending":
                controls.switch_on(tx, controls.Name.PAUSE, by="o", now=NOW)
        if change == "other secret":
            options = ChannelOptions(PRESS, allow_private=True, secret=b"another")
        assert post(sqlite, options=options) == ({} if change == "paused sending" else {PostState.SKIPPED: 1})
    assert listener.requests == []


def test_a_private_address_is_refused(sqlite: sa.Engine) -> None:
    with service(ChannelKind.JSON) as listener:
        queued(sqlite, ChannelKind.JSON, listener.url)
        assert post(sqlite, options=ChannelOptions(PRESS, secret=SECRET)) == {PostState.QUEUED: 1}
    assert listener.requests == []


def test_an_address_is_stored_encrypted_and_never_noted(sqlite: sa.Engine) -> None:
    with service(ChannelKind.SLACK, lambda _: (500, {})) as listener:
        got = queued(sqlite, ChannelKind.SLACK, listener.url)
        post(sqlite)
    with reading(sqlite) as tx:
        channel = channels.of_subscriber(tx, got.reader)
        assert channel is not None
        assert "secret" not in channel.encrypted_url
        assert "encrypted" not in repr(channel)
        assert "127.0.0.1" not in str(posts.listed(tx))


def test_a_channel_is_kept_where_it_takes_a_message(engine: sa.Engine) -> None:
    alice = a_digest(engine).reader
    with service(ChannelKind.MATRIX) as listener, listening(500) as broken:
        assert try_out(engine, OPTIONS, alice, listener.url, "Hello", now=NOW)[0] is Tried.SAVED
        assert try_out(engine, OPTIONS, alice, broken.url, "Hello", now=NOW)[0] is Tried.REFUSED
        assert try_out(engine, OPTIONS, alice, "ftp://x", "Hello", now=NOW)[0] is Tried.UNUSABLE
        for _ in range(MOST_TESTS):
            tried, _ = try_out(engine, OPTIONS, alice, broken.url, "Hello", now=NOW)
        assert tried is Tried.TOO_OFTEN
        assert try_out(engine, OPTIONS, alice, broken.url, "Hello", now=NOW + HOUR)[0] is Tried.REFUSED
    with reading(engine) as tx:
        channel = channels.of_subscriber(tx, alice)
        assert channel is not None
        assert channel.kind is ChannelKind.MATRIX
    assert listener.requests[0].body["body"] == "Hello"
    assert len(broken.requests) == MOST_TESTS


@pytest.mark.parametrize("kind", ChannelKind)
def test_the_message_by_which_it_is_tried_out_is_one_that_the_service_takes(kind: ChannelKind) -> None:
    assert trouble(kind, trial(kind, "Hello")) == ""
