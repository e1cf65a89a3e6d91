"""Who is due, that a missed hour is made up, and what is stored of somebody and nothing of who was erased."""

import datetime as dt
import random

import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.storable import MOST_BYTES
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import editions, history, outbox, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.erase import erase

PREFERENCES = Preferences(Rhythm("Europe/Berlin", 7), Amount(5), (Interest(InterestKind.TOPIC, "graphs"),))
ALICE = "alice@example.org"


def admit(engine: sa.Engine, now: dt.datetime, address: str = ALICE) -> None:
    with writing(engine) as tx:
        sign_up.admit(tx, address, PREFERENCES, consent=Consent("test"), now=now)


def due(engine: sa.Engine, now: dt.datetime) -> list[str]:
    with writing(engine) as tx:
        edition = editions.newest(tx)
        number = edition.id if edition else 0
        return [reader.address for reader in subscribers.claim_due(tx, number, now=now, at=now, until=now, limit=99)]


def test_a_reader_is_due_from_their_hour_until_a_digest_of_the_edition_is_put(
    engine: sa.Engine, now: dt.datetime
) -> None:
    admit(engine, now)
    with writing(engine) as tx:
        edition = editions.close(tx, now.date(), now=now)
        subscribers.schedule_next(tx, {1: now + dt.timedelta(hours=1)})
    assert due(engine, now) == []
    later = now + dt.timedelta(days=2)
    assert due(engine, later) == [ALICE]
    with writing(engine) as tx:
        subscribers.renew_claims(tx, [1], until=later + dt.timedelta(hours=1))
    assert due(engine, later) == []
    with writing(engine) as tx:
        subscribers.schedule_after_composing(tx, {1: now + dt.timedelta(hours=2)})
    assert due(engine, later) == [ALICE]
    with writing(engine) as tx:
        mail = outbox.NewDelivery(1, ALICE, MailKind.DIGEST, deadline=later, edition=edition.id)
        outbox.put(tx, [mail], now=now)
    assert due(engine, later) == []


def test_ids_of_the_erased_are_never_given_again(engine: sa.Engine, now: dt.datetime) -> None:
    ids = []
    for name in ("alice", "bob", "carol"):
        with writing(engine) as tx:
            added = sign_up.subscribe(tx, f"{name}@example.org", PREFERENCES, consent=Consent("web"), now=now)
            assert added is not None
            ids.append((added, history.of_subscriber(tx, added)[0].id))
            reader = subscribers.one(tx, added)
            assert reader is not None
            assert len(reader.link_key) == 32
            erase(tx, added)
    assert ids == sorted(set(ids))
    assert len({delivery for _, delivery in ids}) == 3


def test_of_an_interest_of_five_thousand_words_the_beginning_is_kept(engine: sa.Engine, now: dt.datetime) -> None:
    chance = random.Random(1)  # noqa: S311 - made-up words, the same in every run
    topics = [" ".join(f"{letter}{chance.random()}" for _ in range(5000)) for letter in ("a", "图")]
    stated = [Interest(InterestKind.TOPIC, text) for text in (*topics, "graphs\0\ud800", "graphs")]
    admit(engine, now)
    with writing(engine) as tx:
        reader = subscribers.by_address(tx, ALICE)
        assert reader
        subscribers.state_interests(tx, reader.id, stated)
        kept = [interest.text for interest in subscribers.interests_of(tx, [reader.id])[reader.id]]
    assert [text[0] for text in kept] == ["a", "g", "图"]
    assert kept[1] == "graphs"
    for topic, text in zip(topics, (kept[0], kept[2]), strict=True):
        assert 2000 < len(text.encode()) <= MOST_BYTES
        assert topic.startswith(f"{text.removesuffix(' …')} "), "it ends with a whole word"


def test_an_erased_subscriber_leaves_nothing_behind(engine: sa.Engine, now: dt.datetime) -> None:
    admit(engine, now)
    with writing(engine) as tx:
        erase(tx, 1)
        assert subscribers.by_address(tx, ALICE) is None
        assert subscribers.interests_of(tx, [1]) == {1: ()}


def test_the_next_who_have_not_confirmed_come_by_id_at_most_so_many(engine: sa.Engine, now: dt.datetime) -> None:
    later = now + dt.timedelta(seconds=1)
    with writing(engine) as tx:
        for name in ("carol", "alice", "bob"):
            sign_up.subscribe(tx, f"{name}@example.org", PREFERENCES, consent=Consent("web"), now=now)
        sign_up.subscribe(tx, "late@example.org", PREFERENCES, consent=Consent("web"), now=later)
        sign_up.admit(tx, "reader@example.org", PREFERENCES, consent=Consent("test"), now=now)
        readers = subscribers.unconfirmed(tx, before=later, limit=2)
        assert [reader.address.partition("@")[0] for reader in readers] == ["carol", "alice"]
        assert subscribers.unconfirmed(tx, before=now) == []


def test_addresses_that_begin_with_a_text_come_a_page_at_a_time(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        for name in ("anna", "anne", "a_n", "bob"):
            subscribers.add(
                tx,
                f"{name}@example.org",
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("test"),
                now=now,
            )

        def found(text: str, after: str = "") -> list[str]:
            listed = subscribers.beginning_with(tx, text, limit=2, after=after)
            return [reader.address.partition("@")[0] for reader in listed]

        assert (found("ann"), found("ann", "anna@example.org"), found("a_")) == (["anna", "anne"], ["anne"], ["a_n"])
        assert (found("", "anne@example.org"), found("c"), found("bob@example.org")) == (["bob"], [], ["bob"])


def test_subscribers_come_a_page_at_a_time_in_the_order_in_which_they_came(engine: sa.Engine, now: dt.datetime) -> None:
    for name in ("cal", "ann", "bob"):
        admit(engine, now, f"{name}@example.org")
    with writing(engine) as tx:
        subscribers.transition(tx, 2, to=SubscriberState.UNSUBSCRIBED, now=now)
        first = subscribers.page(tx, limit=2)
        assert [reader.id for reader in first + subscribers.page(tx, limit=2, after_id=2)] == [1, 2, 3]
        active = subscribers.page(tx, limit=2, state=SubscriberState.ACTIVE)
        assert [reader.id for reader in active] == [1, 3]
        assert (subscribers.locked(tx, 1), subscribers.locked(tx, 9)) == (first[0], None)
