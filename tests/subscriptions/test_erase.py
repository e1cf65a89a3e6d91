"""Who is erased leaves nothing behind that names them; who does not confirm is erased, or unsubscribed as before."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.web.a_digest import NOW, a_digest

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.digest import Reason
from dailypapers.domain.e_reader import EReader
from dailypapers.domain.event import EventKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.group import GroupPick, Role, Terms
from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.profile import Profile, ProfileKind
from dailypapers.domain.saved import Remark
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.domain.vote import Vote
from dailypapers.store import (
    ballots,
    bounces,
    e_readers,
    editions,
    events,
    group_comments,
    groups,
    history,
    outbox,
    reader_keys,
    saved,
    subscribers,
    suppressions,
    votes,
)
from dailypapers.store.bounces import NewBounce
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.store.profiles import add as add_profile
from dailypapers.store.schema import channels, forwarded_papers, metadata, picked, tool_pushes, tools
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.erase import erase, expire_unconfirmed
from dailypapers.subscriptions.export import export
from dailypapers.tokens import LIFETIME

SECOND = dt.timedelta(seconds=1)
WEEK = LIFETIME[Purpose.CONFIRM]
PREFERENCES = Preferences(Rhythm(), Amount(5))


def test_erasing_leaves_no_row_that_names_the_subscriber(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        for reader in (got.reader, other.reader):
            votes.cast(tx, reader, got.papers[0], Vote.LIKE, now=NOW)
            votes.cast(tx, reader, got.papers[0], Vote.SAVE, now=NOW)
            whose = "alice’s" if reader == got.reader else "bob’s"
            saved.describe(tx, reader, got.papers[0], Remark(whose, whose))
        for digest in (got, other):
            told = Diagnosis(Fault.MAILBOX, is_hard=False, text="alice’s mailbox is full" if digest is got else "full")
            key = str(digest.delivery)
            new = NewBounce(
                key, digest.reader, ReportKind.BOUNCE, counts=True, diagnosis=told, delivery_id=digest.delivery
            )
            bounces.add(tx, new, now=NOW)
            tx.execute(sa.insert(picked).values(subscriber_id=digest.reader, paper_id=got.papers[0]))
            tx.execute(
                sa.insert(channels).values(
                    subscriber_id=digest.reader,
                    kind="slack",
                    sealed_url="alice’s" if digest is got else "bob’s",
                    created_at=NOW,
                )
            )
            mine = {"subscriber_id": digest.reader, "kind": "zotero", "state": "on"}
            tx.execute(sa.insert(tools).values(**mine, key="1:x", target="", saved_from=NOW))
            tx.execute(sa.insert(tool_pushes).values(**mine, paper_id=got.papers[0], attempts=0, detail=""))
            e_readers.connect(
                tx, EReader(digest.reader, "alice@kindle.com" if digest is got else "bob@kindle.com", NOW)
            )
            add_profile(tx, digest.reader, Profile(ProfileKind.DBLP, "65/9612"), now=NOW)
            group = groups.add(tx, "alice’s" if digest is got else "bob’s", ["graphs"], Rhythm(), now=NOW)
            groups.invite(tx, group, digest.reader, role=Role.ORGANISER, now=NOW)
            groups.join(tx, group, digest.reader, Terms("A", shows_name=True), now=NOW)
            pick = GroupPick(got.papers[0], Reason(()), (digest.reader,))
            groups.put_picks(tx, group, 1, [pick])
            group_comments.add(
                tx, group, digest.reader, [(got.papers[0], "alice’s" if digest is got else "bob’s")], now=NOW
            )
            ballots.cast(tx, group, digest.reader, got.papers[0], now=NOW)
            listed = {"source": "scholar", "alerts": [], "names": [], "received_at": NOW}
            tx.execute(
                sa.insert(forwarded_papers).values(subscriber_id=digest.reader, paper_id=got.papers[0], **listed)
            )
            reader_keys.add(tx, digest.reader, prefix=str(digest.reader), key_hash="x", may_act=False, now=NOW)
            events.listen(tx, {"all": frozenset()})
            events.note(tx, EventKind.CONFIRMED, {}, subscriber_id=digest.reader, now=NOW)
        erase(tx, got.reader)
    with reading(engine) as tx:
        for table in metadata.sorted_tables:
            rows = tx.execute(sa.select(table)).all()
            assert not any("alice" in str(value) for row in rows for value in row), table.name
            if "subscriber_id" in table.c:
                # Posts to webhooks stay and name nobody; answers of the API have tests of their own.
                readers = {row.subscriber_id for row in rows} - {None}
                assert readers == ({other.reader} if table.name != "api_answers" else set()), table.name


def test_erasing_leaves_the_books_balanced(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        edition = editions.newest(tx)
        assert edition is not None
        editions.count_due(tx, edition.id, 2)
        delivered = [one for reader in (got, other) for one in history.of_subscriber(tx, reader.reader)]
        claimed = outbox.claim(tx, "tester", 2, now=NOW)
        assert len(claimed) == len(delivered) == 2
        outbox.record(tx, [one._replace(state=DeliveryState.ACCEPTED) for one in claimed])
        assert [book.balanced for book in ledgers(tx)] == [True]
        erase(tx, got.reader)
        assert [(book.due, book.balanced) for book in ledgers(tx)] == [(1, True)]


def test_a_digest_for_who_was_erased_while_it_was_composed_is_left_out(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        edition = editions.close(tx, NOW.date() + dt.timedelta(days=1), now=NOW)
        erase(tx, got.reader)
        deadline = NOW + dt.timedelta(days=1)
        mails = [
            outbox.NewDelivery(reader, "x@example.org", MailKind.DIGEST, deadline, edition.id)
            for reader in (got.reader, other.reader)
        ]
        assert outbox.put(tx, mails, now=NOW) == 1


def test_erasing_is_idempotent(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        erase(tx, got.reader)
        erase(tx, got.reader)
        assert export(tx, got.reader, now=NOW + dt.timedelta(days=1)) is None


def test_a_suppression_outlives_whoever_it_was_for(engine: sa.Engine) -> None:
    """Somebody who complained and was erased must not be mailed again when their address is entered once more."""
    got = a_digest(engine)
    with writing(engine) as tx:
        suppressions.suppress(tx, "alice@example.org", reason="complaint", detail="", now=NOW)
        erase(tx, got.reader)
        assert suppressions.is_suppressed(tx, "alice@example.org")


def subscribe(tx: sa.Connection, name: str, now: dt.datetime) -> int:
    added = sign_up.subscribe(tx, f"{name}@example.org", PREFERENCES, consent=Consent("web"), now=now)
    assert added is not None
    return added


@pytest.mark.parametrize(("late", "left"), [(SECOND, []), (-SECOND, ["alice@example.org"])])
def test_who_has_not_confirmed_is_erased_once_the_link_has_expired(
    engine: sa.Engine, late: dt.timedelta, left: list[str]
) -> None:
    with writing(engine) as tx:
        subscribe(tx, "alice", NOW - WEEK - late)
        erased = 0 if left else 1
        assert expire_unconfirmed(tx, now=NOW) == (erased, 0)
        assert [reader.address for reader in subscribers.every(tx)] == left
        assert expire_unconfirmed(tx, now=NOW) == (0, 0)


def test_who_was_a_subscriber_before_is_unsubscribed_again_and_keeps_their_data(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        stranger, former = (subscribe(tx, name, NOW - 30 * WEEK) for name in ("stranger", "former"))
        lifecycle.confirm(tx, former, now=NOW - 29 * WEEK)
        lifecycle.unsubscribe(tx, former, now=NOW - 28 * WEEK)
        sign_up.subscribe(tx, "former@example.org", PREFERENCES, consent=Consent("web"), now=NOW - 2 * WEEK)
        assert expire_unconfirmed(tx, now=NOW) == (1, 1)
        readers = subscribers.by_id(tx, [stranger, former])
        assert [(key, reader.state) for key, reader in readers.items()] == [(former, SubscriberState.UNSUBSCRIBED)]


def test_readers_are_left_alone_however_long_ago_they_asked(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        lifecycle.confirm(tx, subscribe(tx, "alice", NOW - 30 * WEEK), now=NOW - 29 * WEEK)
        assert expire_unconfirmed(tx, now=NOW) == (0, 0)


def test_at_most_so_many_are_erased_at_a_time(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for n in range(5):
            subscribe(tx, f"a{n}", NOW - 2 * WEEK)
        assert [expire_unconfirmed(tx, now=NOW, limit=2) for _ in range(4)] == [(2, 0), (2, 0), (1, 0), (0, 0)]
