"""What is kept of somebody can be taken away whole, and erased whole."""

import datetime as dt
import json
from dataclasses import replace

import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, NOW, a_digest

from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.vote import Vote
from dailypapers.store import editions, outbox, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers
from dailypapers.store.schema import metadata
from dailypapers.subscriptions.erase import erase
from dailypapers.subscriptions.export import export


def test_an_export_holds_all_that_is_kept(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        votes.cast(tx, got.reader, got.papers[1], Vote.SAVE, now=NOW)
        kept = export(tx, got.reader, now=NOW)
    read = json.loads(json.dumps(kept))
    assert (read["address"], read["state"]) == ("alice@example.org", "active")
    assert read["consent"] == {"way": "web", "form": "1", "network": "hash"}
    assert read["rhythm"] == {"zone": "UTC", "hour": 7, "days": "daily"}
    assert read["interests"] == [{"kind": "topic", "text": "graphs", "stance": "want"}]
    assert read["votes"] == [
        {"paper": str(CELLS.id), "title": CELLS.title, "vote": "save", "voted_at": "2026-04-20T08:00:00+00:00"}
    ]
    (delivery,) = read["deliveries"]
    assert (delivery["edition"], delivery["state"]) == ("2026-04-20", "queued")
    assert [pick["paper"] for pick in delivery["picks"]] == [str(GRAPHS.id), str(CELLS.id)]
    assert delivery["picks"][0]["reason"].startswith("Matches your topic")
    assert delivery["picks"][0]["terms"][0]["weight"] == 0.7


def test_every_column_of_a_subscriber_is_in_the_export_or_named_here(engine: sa.Engine) -> None:
    """A new column must be thought of: is it theirs to take away?"""
    # Links are signed with the random value, and the lease is a composer's: neither tells anything of a person.
    elsewhere = {"id", "accepted_edition_id", "link_key", "composing_until"}
    told = {
        "address", "state", "zone", "hour", "days", "max_papers", "next_digest_at", "created_at", "confirmed_at",
        "consent", "about_papers", "least_papers", "relevance", "explore", "consent_form", "consent_network",
        "paused_until", "text_only", "abstracts",
    }  # fmt: skip
    assert {column.name for column in metadata.tables["subscribers"].columns} == elsewhere | told


def test_nobody_has_nothing_to_export(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        assert export(tx, 1, now=NOW) is None


def test_erasing_leaves_no_row_that_names_the_subscriber(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        for reader in (got.reader, other.reader):
            votes.cast(tx, reader, got.papers[0], Vote.LIKE, now=NOW)
        erase(tx, got.reader)
    with reading(engine) as tx:
        for table in metadata.sorted_tables:
            rows = tx.execute(sa.select(table)).all()
            assert not any("alice" in str(value) for row in rows for value in row), table.name
            if "subscriber_id" in table.c:
                assert {row.subscriber_id for row in rows} == {other.reader}, table.name


def test_erasing_leaves_the_books_balanced(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    with writing(engine) as tx:
        edition = editions.newest(tx)
        assert edition is not None
        editions.count_due(tx, edition.id, 2)
        delivered = [one for reader in (got, other) for one in outbox.of_subscriber(tx, reader.reader)]
        claimed = outbox.claim(tx, "tester", 2, now=NOW)
        assert len(claimed) == len(delivered) == 2
        outbox.record(tx, [replace(one, state=DeliveryState.ACCEPTED) for one in claimed])
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


def test_erasing_twice_is_well(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        erase(tx, got.reader)
        erase(tx, got.reader)
        assert export(tx, got.reader, now=NOW + dt.timedelta(days=1)) is None
