"""What is stored about somebody can be taken away whole."""

import json

import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, NOW, a_digest

from dailypapers.domain.channel import Channel, ChannelKind
from dailypapers.domain.saved import Remark
from dailypapers.domain.vote import Vote
from dailypapers.store import channels, saved, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import metadata
from dailypapers.subscriptions.export import export


def test_an_export_holds_all_that_is_kept(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        votes.cast(tx, got.reader, got.papers[1], Vote.SAVE, now=NOW)
        saved.describe(tx, got.reader, got.papers[1], Remark("Thesis", "Read again"))
        kept = export(tx, got.reader, now=NOW)
    read = json.loads(json.dumps(kept))
    assert (read["address"], read["state"]) == ("alice@example.org", "active")
    assert read["consent"] == {"way": "web", "form": "1", "network": "hash"}
    assert read["rhythm"] == {"zone": "UTC", "hour": 7, "days": "daily"}
    assert read["interests"] == [{"kind": "topic", "text": "graphs", "stance": "want"}]
    assert read["votes"] == [
        {"paper": str(CELLS.id), "title": CELLS.title, "vote": "save", "voted_at": "2026-04-20T08:00:00+00:00"}
    ]
    assert read["saved"] == [
        {"paper": str(CELLS.id), "title": CELLS.title, "collection": "Thesis", "note": "Read again"}
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
        "consent", "about_papers", "least_papers", "relevance", "explore", "on_empty", "consent_form",
        "consent_network", "paused_until", "text_only", "abstracts", "language", "figures",
    }  # fmt: skip
    assert {column.name for column in metadata.tables["subscribers"].columns} == elsewhere | told


def test_nobody_has_nothing_to_export(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        assert export(tx, 1, now=NOW) is None


def test_a_channel_is_named_without_its_address(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        channels.put(tx, Channel(reader, ChannelKind.SLACK, "encrypted", NOW))
        told = export(tx, reader, now=NOW)
    assert told is not None
    assert told["channel"] == {"service": "slack", "created_at": "2026-04-20T08:00:00+00:00", "is_on": True}
    assert "encrypted" not in str(told)
