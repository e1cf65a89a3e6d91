"""Channels: one a reader, whose digests are queued once, and what is told of its end."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import NOW, a_digest

from dailypapers.domain.channel import Channel, ChannelKind
from dailypapers.domain.event import PostState
from dailypapers.store import channels, editions, posts
from dailypapers.store.database import writing

HOUR = dt.timedelta(hours=1)


def slack(reader: int, address: str = "encrypted") -> Channel:
    return Channel(reader, ChannelKind.SLACK, address, NOW)


def newest(tx: sa.Connection) -> int:
    edition = editions.newest(tx)
    assert edition is not None
    return edition.id


def test_a_digest_is_queued_once_for_who_has_a_channel(engine: sa.Engine) -> None:
    alice, bob = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        channels.put(tx, slack(alice.reader))
        readers = [alice.reader, bob.reader]
        assert [channels.queue_digests(tx, newest(tx), readers, now=NOW) for _ in range(2)] == [1, 0]
        (post,) = posts.listed(tx)
    assert (post.target, post.delivery_id, post.key) == ("channel slack", alice.delivery, f"digest_{alice.delivery}")
    assert channels.kind_of(post.target) is ChannelKind.SLACK
    assert channels.kind_of("webhook slack") is None


def test_a_new_address_takes_the_place_of_the_one_before(engine: sa.Engine) -> None:
    alice = a_digest(engine).reader
    with writing(engine) as tx:
        channels.put(tx, slack(alice))
        channels.queue_digests(tx, newest(tx), [alice], now=NOW)
        channels.put(tx, Channel(alice, ChannelKind.JSON, "other", NOW))
        assert channels.of_subscriber(tx, alice) == Channel(alice, ChannelKind.JSON, "other", NOW)
        assert [post.state for post in posts.listed(tx)] == [PostState.SKIPPED]
        assert [channels.remove(tx, alice) for _ in range(2)] == [True, False]
        assert channels.of_subscriber(tx, alice) is None


def test_one_that_is_gone_is_told_once_and_gets_nothing_more(engine: sa.Engine) -> None:
    alice = a_digest(engine).reader
    with writing(engine) as tx:
        channels.put(tx, slack(alice))
        channels.disable(tx, slack(alice, "an earlier one"), now=NOW)
        assert channels.untold(tx, [alice]) == {}
        channels.disable(tx, slack(alice), now=NOW)
        assert channels.queue_digests(tx, newest(tx), [alice], now=NOW) == 0
        assert channels.untold(tx, [alice]) == {alice: ChannelKind.SLACK}
        channels.tell(tx, [alice], now=NOW)
        assert channels.untold(tx, [alice]) == {}


def test_tests_are_counted_by_reader(engine: sa.Engine) -> None:
    alice, bob = a_digest(engine).reader, a_digest(engine, "bob").reader
    with writing(engine) as tx:
        for n in range(3):
            channels.note_test(tx, f"test_{n}", alice, ChannelKind.JSON, now=NOW + n * HOUR)
        assert channels.count_tests(tx, alice, since=NOW) == 2
        assert channels.count_tests(tx, bob, since=NOW - HOUR) == 0
        assert posts.targets_due(tx, now=NOW + 9 * HOUR) == []
