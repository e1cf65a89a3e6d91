"""Who is due, and that a missed hour is made up."""

import datetime as dt
import random

import pytest
import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.storable import MOST_BYTES
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.errors import BadInput
from dailypapers.store import editions, outbox, subscribers, suppressions
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.erase import erase

WISHES = Preferences(Rhythm("Europe/Berlin", 7), Amount(5), (Interest(InterestKind.TOPIC, "graphs"),))
ALICE = "alice@example.org"


def admit(engine: sa.Engine, now: dt.datetime, address: str = ALICE) -> bool:
    with writing(engine) as tx:
        return sign_up.admit(tx, address, WISHES, consent=Consent("test"), now=now)


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
        mail = outbox.NewDelivery(1, ALICE, MailKind.DIGEST, deadline=later, edition=edition.id)
        outbox.put(tx, [mail], now=now)
    assert due(engine, later) == []


def test_ids_of_the_erased_are_never_given_again(engine: sa.Engine, now: dt.datetime) -> None:
    ids = []
    for name in ("alice", "bob", "carol"):
        with writing(engine) as tx:
            added = sign_up.subscribe(tx, f"{name}@example.org", WISHES, consent=Consent("web"), now=now)
            assert added is not None
            ids.append((added, outbox.of_subscriber(tx, added)[0].id))
            reader = subscribers.one(tx, added)
            assert reader is not None
            assert len(reader.link_key) == 32
            erase(tx, added)
    assert ids == sorted(set(ids))
    assert len({delivery for _, delivery in ids}) == 3


def test_whoever_asks_is_pending_and_gets_one_confirmation_an_hour(engine: sa.Engine, now: dt.datetime) -> None:
    for minutes in (0, 10, 70):
        with writing(engine) as tx:
            sign_up.subscribe(tx, ALICE, WISHES, consent=Consent("web"), now=now + dt.timedelta(minutes=minutes))
    with writing(engine) as tx:
        mails = outbox.claim(tx, "w", 10, now=now + dt.timedelta(hours=2))
        assert [mail.kind for mail in mails] == [MailKind.CONFIRM, MailKind.CONFIRM]
    assert due(engine, now) == []


def test_confirming_twice_is_well_and_leaving_is_final(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        reader = sign_up.subscribe(tx, ALICE, WISHES, consent=Consent("web"), now=now)
        assert reader is not None
        assert lifecycle.confirm(tx, reader, now=now)
        assert lifecycle.confirm(tx, reader, now=now)
        lifecycle.unsubscribe(tx, reader, now=now)
        assert not lifecycle.confirm(tx, reader, now=now)
    with pytest.raises(BadInput, match="only its owner"):
        admit(engine, now)


def test_a_suppressed_address_is_not_admitted(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        suppressions.suppress(tx, ALICE, reason="dead", detail="550 5.1.1", now=now)
    with pytest.raises(BadInput, match="is suppressed"):
        admit(engine, now)
    with writing(engine) as tx:
        assert suppressions.lift(tx, ALICE)
    assert admit(engine, now)


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


@pytest.mark.parametrize("address", ["", "alice", "alice@", "a b@example.org", "alice@example.org\nBcc: eve@x.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="is not an email address"):
        normal_address(address)


def test_addresses_are_kept_in_one_form() -> None:
    assert normal_address(" Alice@Example.ORG ") == ALICE


def test_pending_becomes_active_when_the_operator_vouches(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        sign_up.subscribe(tx, ALICE, WISHES, consent=Consent("web"), now=now)
    assert not admit(engine, now)
    with writing(engine) as tx:
        reader = subscribers.by_address(tx, ALICE)
    assert reader is not None
    assert reader.state is SubscriberState.ACTIVE
