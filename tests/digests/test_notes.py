"""Readers are told which of their interests can do nothing, each of his own."""

import sqlalchemy as sa
from tests.world import GRAPHS, world

from dailypapers.digests.notes import contents_of_today, notes_of
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing

UNKNOWN = Interest(InterestKind.PAPER, "arxiv:1901.00001")


def test_each_reader_is_told_of_what_cannot_be_used(engine: sa.Engine) -> None:
    topic = Interest(InterestKind.TOPIC, GRAPHS)
    with reading(engine) as tx:
        notes_by_reader = notes_of(tx, {1: (topic, UNKNOWN), 2: (topic,), 3: ()})
    assert (notes_by_reader[2], notes_by_reader[3]) == ((), ())
    (note,) = notes_by_reader[1]
    assert "arxiv:1901.00001 is not in our library" in note


def test_a_digest_of_an_earlier_version_says_what_would_be_said_now(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        with writing(engine) as tx:
            alice = subscribers.by_address(tx, "alice@example.org")
            assert alice
            subscribers.state_interests(tx, alice.id, [UNKNOWN])
        with reading(engine) as tx:
            contents = contents_of_today(tx, [alice.id, alice.id])
    assert [*contents] == [alice.id]
    assert contents[alice.id].style == alice.style
    assert len(contents[alice.id].notes) == 1
