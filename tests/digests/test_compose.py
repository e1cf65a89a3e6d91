"""Composing: everybody who is due gets one digest, however many compose and whoever dies over it."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.digests.test_preview import announce, close
from tests.digests.test_window import DAY, HOW, NOW, a_reader, a_week

from dailypapers.digests.claims import CLAIM
from dailypapers.digests.compose import Composed, compose, needs_help
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Amount, Consent, OnEmpty, Rhythm, SubscriberState
from dailypapers.library.learn import learn
from dailypapers.store import editions, history, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers

READERS = 30


def admit(engine: sa.Engine, readers: int = READERS) -> None:
    announce(engine, ["Deeper graph neural networks", "Faster single-cell genomics"])
    close(engine)
    with writing(engine) as tx:
        for n in range(readers):
            subscribers.add(
                tx,
                f"reader{n}@example.org",
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("test"),
                now=NOW,
            )


def digests(engine: sa.Engine) -> int:
    with reading(engine) as tx:
        return len(history.of_edition(tx, 1))


def test_readers_come_in_batches_and_all_are_served(engine: sa.Engine) -> None:
    admit(engine)
    batches: list[int] = []
    assert compose(engine, HOW, now=NOW, batch=7, on_progress=batches.append) == Composed(READERS)
    assert batches == [7, 7, 7, 7, 2]
    assert compose(engine, HOW, now=NOW) == Composed()
    with reading(engine) as tx:
        assert ledgers(tx)[0].due == READERS


def test_two_composers_share_the_readers(engine: sa.Engine) -> None:
    """No reader is ranked twice, and all get one."""
    admit(engine)
    at_once = threading.Barrier(2, timeout=60)
    ranked: dict[str, list[int]] = {"one": [], "other": []}
    done: list[Composed] = []

    def run(name: str) -> None:
        def progress(readers: int) -> None:
            ranked[name].append(readers)
            if len(ranked[name]) == 1:
                at_once.wait()

        def clock() -> dt.datetime:
            if not ranked[name]:
                at_once.wait()
            return NOW

        done.append(compose(engine, HOW, now=NOW, clock=clock, batch=4, on_progress=progress))

    threads = [threading.Thread(target=run, args=(name,)) for name in ranked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ranked.values())
    assert sum(map(sum, ranked.values())) == READERS
    assert sum(one.digests for one in done) == digests(engine) == READERS


def test_readers_of_a_composer_that_died_are_composed_for_by_another(engine: sa.Engine) -> None:
    admit(engine, 3)
    with writing(engine) as tx:
        lost = subscribers.claim_due(tx, 1, now=NOW, at=NOW, until=NOW + CLAIM, limit=2)
    assert len(lost) == 2
    assert compose(engine, HOW, now=NOW) == Composed(digests=1, claimed_by_others=2)
    assert compose(engine, HOW, now=NOW, clock=lambda: NOW + CLAIM) == Composed(digests=2)
    with reading(engine) as tx:
        assert [ledger.due for ledger in ledgers(tx)] == [3]


def test_a_composer_that_fails_gives_its_readers_back(engine: sa.Engine) -> None:
    admit(engine, 3)
    with pytest.raises(KeyError):
        compose(engine, replace(HOW, variant="not a variant", variant_share=1.0), now=NOW)
    assert compose(engine, HOW, now=NOW) == Composed(digests=3)


def test_a_claim_ends_with_the_digest(engine: sa.Engine) -> None:
    admit(engine, 1)
    compose(engine, HOW, now=NOW)
    announce(engine, ["Wider graph neural networks"], NOW + DAY)
    close(engine, NOW + DAY)
    with writing(engine) as tx:
        newest = editions.newest(tx)
        assert newest
        assert subscribers.claim_due(tx, newest.id, now=NOW + DAY, at=NOW, until=NOW, limit=1)


def test_who_gets_too_few_is_skipped_with_the_reason(engine: sa.Engine) -> None:
    a_week(engine)
    reader = a_reader(engine, "no mail for less than nine", accepted=4)
    assert compose(engine, HOW, now=NOW) == Composed(skipped=1)
    with reading(engine) as tx:
        assert [one.detail for one in history.of_subscriber(tx, reader.id)] == ["no new papers"]


def a_day(engine: sa.Engine, day: int, *titles: str) -> Composed:
    """An edition of these papers, and the digests of it."""
    moment = NOW + day * DAY
    announce(engine, titles, moment)
    close(engine, moment)
    return compose(engine, replace(HOW, deadline=30 * DAY), now=moment)


def a_follower(engine: sa.Engine, name: str, amount: Amount) -> int:
    """A reader of one topic."""
    with writing(engine) as tx:
        key = subscribers.add(
            tx,
            f"{name}@example.org",
            state=SubscriberState.ACTIVE,
            rhythm=Rhythm(),
            amount=amount,
            consent=Consent("test"),
            now=NOW,
        )
        assert key
        subscribers.state_interests(tx, key, [Interest(InterestKind.TOPIC, "zebrafish development")])
    return key


def stored(engine: sa.Engine, reader: int) -> list[tuple[str, int, bool]]:
    """Of each digest its state, and what it says of silence."""
    with reading(engine) as tx:
        sent = sorted(history.of_subscriber(tx, reader), key=lambda delivery: delivery.edition or 0)
        said = history.contents_of(tx, [one.id for one in sent])
    return [(one.state.value, said[one.id].quiet_days, said[one.id].instead) for one in sent]


def test_after_quiet_days_a_digest_says_how_many_they_were(engine: sa.Engine) -> None:
    reader = a_follower(engine, "alice", Amount(5))
    for day, title in enumerate(("Deeper graph networks", "The weather", "Faster genomics")):
        assert a_day(engine, day, title) == Composed(skipped=1)
    assert a_day(engine, 3, "Zebrafish development in spring") == Composed(digests=1)
    assert stored(engine, reader)[-1] == ("queued", 3, False)
    # Once it is on its way, those days are told.
    assert a_day(engine, 4, "Zebrafish development in autumn") == Composed(digests=1)
    assert stored(engine, reader)[-1] == ("queued", 0, False)
    assert a_day(engine, 5, "More weather") == Composed(skipped=1)
    with writing(engine) as tx:
        subscribers.accepted(tx, {reader: 5})
    assert a_day(engine, 6, "Zebrafish development in winter") == Composed(digests=1)
    assert stored(engine, reader)[-1] == ("queued", 1, False)


def test_a_digest_of_several_editions_counts_the_papers_of_all(engine: sa.Engine) -> None:
    reader = a_follower(engine, "alice", Amount(5))
    assert a_day(engine, 0, "Deeper graph networks") == Composed(skipped=1)
    assert a_day(engine, 1, "Zebrafish development in spring") == Composed(digests=1)
    with writing(engine) as tx:
        subscribers.accepted(tx, {reader: 2})
    assert a_day(engine, 2, "Zebrafish development in autumn") == Composed(digests=1)
    with reading(engine) as tx:
        contents = history.contents_of(tx, [delivery.id for delivery in history.of_subscriber(tx, reader)])
    # Of one edition the edition knows.
    assert [contents[delivery_id].considered for delivery_id in sorted(contents)][1:] == [2, 0]


def test_who_wants_what_is_trending_instead_has_no_quiet_days(engine: sa.Engine) -> None:
    reader = a_follower(engine, "bob", Amount(5, on_empty=OnEmpty.TRENDING))
    for day, title in enumerate(("Deeper graph networks", "The weather")):
        assert a_day(engine, day, title) == Composed(digests=1)
    assert stored(engine, reader) == [("queued", 0, True), ("queued", 0, True)]


def test_it_ends_after_the_batch_at_hand_when_asked_to(engine: sa.Engine) -> None:
    admit(engine)
    stop = threading.Event()
    done = compose(engine, HOW, now=NOW, batch=7, stop=stop, on_progress=lambda _: stop.set())
    assert done == Composed(digests=7, claimed_by_others=READERS - 7)
    assert compose(engine, HOW, now=NOW) == Composed(READERS - 7)


def test_another_composer_is_of_help_once_the_edition_is_learned_and_many_wait(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dailypapers.digests.compose.WORTH_JOINING", 5)
    admit(engine, 6)
    assert not needs_help(engine, now=NOW), "nothing is learned"
    learn(engine, 1, now=NOW)
    assert needs_help(engine, now=NOW)
    compose(engine, HOW, now=NOW, batch=2, stop=(stop := threading.Event()), on_progress=lambda _: stop.set())
    assert not needs_help(engine, now=NOW), "four are few"
