"""Events are noted with the change, for each webhook that wants to know, and hold nobody's address."""

import datetime as dt
from contextlib import suppress

import pytest
import sqlalchemy as sa

from dailypapers.domain.event import PostState
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import editions, events, posts, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import posts as table
from dailypapers.subscriptions import lifecycle

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def listened(engine: sa.Engine) -> sa.Engine:
    """One webhook for everything, and one for editions alone."""
    with writing(engine) as tx:
        events.listen(tx, {"all": frozenset(), "editions": frozenset({"edition.closed"})})
    return engine


def add(tx: sa.Connection, address: str = "alice@example.org") -> int:
    added = subscribers.add(
        tx, address, state=SubscriberState.PENDING, rhythm=Rhythm(), amount=Amount(5), consent=Consent("t"), now=NOW
    )
    assert added is not None
    return added


def kinds(engine: sa.Engine, target: str = "webhook all") -> list[str]:
    with reading(engine) as tx:
        return [post.kind for post in reversed(posts.listed(tx, target=target))]


def test_what_happens_to_a_subscriber_is_told_in_its_order(listened: sa.Engine) -> None:
    with writing(listened) as tx:
        alice = add(tx)
        lifecycle.confirm(tx, alice, now=NOW)
        lifecycle.confirm(tx, alice, now=NOW)
        lifecycle.pause(tx, alice, until=None, now=NOW)
        lifecycle.resume(tx, alice, now=NOW)
        lifecycle.unsubscribe(tx, alice, now=NOW)
        subscribers.erase(tx, alice, now=NOW)
    told = ["subscribed", "confirmed", "unsubscribed", "erased"]
    assert kinds(listened) == [f"subscriber.{each}" for each in told]
    assert kinds(listened, "webhook editions") == []


def test_an_event_is_undone_with_its_change(listened: sa.Engine) -> None:
    with suppress(ZeroDivisionError), writing(listened) as tx:
        add(tx)
        raise ZeroDivisionError
    assert kinds(listened) == []


def test_an_edition_is_told_once(listened: sa.Engine) -> None:
    for _ in range(2):
        with writing(listened) as tx:
            editions.close(tx, NOW.date(), now=NOW)
    assert kinds(listened) == kinds(listened, "webhook editions") == ["edition.closed"]


def test_no_address_is_kept_and_none_can_be_found_once_erased(listened: sa.Engine) -> None:
    with writing(listened) as tx:
        subscribers.erase(tx, add(tx), now=NOW)
        rows = tx.execute(sa.select(table)).all()
    assert len(rows) == 2
    assert "alice" not in str(rows)
    assert {row.subscriber_id for row in rows} == {None}


def test_without_webhooks_nothing_is_noted_and_a_webhook_less_takes_its_posts_along(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        add(tx)
        events.listen(tx, {"a": frozenset(), "b": frozenset()})
        add(tx, "bob@example.org")
        events.listen(tx, {"b": frozenset({"edition.closed"})})
        add(tx, "carol@example.org")
    with reading(engine) as tx:
        assert [each.target for each in posts.listed(tx)] == ["webhook b"]
        assert [each.name for each in events.listeners(tx)] == ["b"]


def test_a_disabled_webhook_is_told_nothing_until_it_is_enabled(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        events.listen(tx, {"a": frozenset()})
        add(tx)
        events.disable(tx, "a", now=NOW)
        add(tx, "bob@example.org")
        events.listen(tx, {"a": frozenset()})
        assert [each.state for each in posts.listed(tx)] == [PostState.DEAD]
        events.enable(tx, "a")
        assert posts.retry(tx, target="webhook a", now=NOW) == 1
        add(tx, "carol@example.org")
        assert len(posts.targets_due(tx, now=NOW)) == 1
        assert len(posts.listed(tx)) == 2
