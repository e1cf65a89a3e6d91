"""What assistants are told, by whose key; on both databases."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, NOW, Got, a_digest

from dailypapers.accounts import reader_keys as keys
from dailypapers.domain.reader_key import MOST_KEYS
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput
from dailypapers.library.search import Finder
from dailypapers.mcp.answers import Assistant, NotAllowed
from dailypapers.store import reader_keys, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import reader_keys as key_rows


@pytest.fixture
def got(engine: sa.Engine) -> Got:
    return a_digest(engine)


@pytest.fixture
def assistant(engine: sa.Engine) -> Assistant:
    return Assistant(engine, lambda: NOW, Finder(engine))


@pytest.fixture
def new_key(engine: sa.Engine, got: Got) -> Callable[..., str]:
    def make(*, may_act: bool = False) -> str:
        with writing(engine) as tx:
            return keys.add(tx, got.reader, may_act=may_act, now=NOW)

    return make


def test_picks_reasons_and_searches_are_what_the_reader_sees(assistant: Assistant, new_key: Callable[..., str]) -> None:
    key = new_key()
    today = assistant.todays_picks(key)
    assert today["day"] == "2026-04-20"
    first, second = today["papers"]
    assert (first["id"], first["title"]) == (str(GRAPHS.id), GRAPHS.title)
    assert first["reason"] == "Matches your topic “graph neural networks”: graph, networks"
    assert second["title"] == CELLS.title
    why = assistant.why(key, "https://arxiv.org/abs/2604.00001")
    assert why["terms"] == [
        {"kind": "words", "matched": "graph, networks", "interest": "graph neural networks", "added": 0.7}
    ]
    assert [paper["id"] for paper in assistant.search(key, "graph")["papers"]] == [str(GRAPHS.id)]
    assert assistant.saved(key) == {"papers": [], "total": 0}


def test_only_a_key_that_may_act_saves_and_votes(
    assistant: Assistant, new_key: Callable[..., str], got: Got, engine: sa.Engine
) -> None:
    reads, acts = new_key(), new_key(may_act=True)
    with pytest.raises(NotAllowed):
        assistant.vote(reads, str(GRAPHS.id), Vote.SAVE)
    assert assistant.vote(acts, str(GRAPHS.id), Vote.SAVE)["is_new"]
    assert not assistant.vote(acts, str(GRAPHS.id), Vote.SAVE)["is_new"]
    assistant.vote(acts, "10.1101/2026.04.17.1", Vote.DISLIKE)
    with reading(engine) as tx:
        assert votes.of_paper(tx, got.reader, got.papers[0]) == {Vote.SAVE}
        assert votes.of_paper(tx, got.reader, got.papers[1]) == {Vote.DISLIKE}
    assert assistant.saved(reads, "graph deeper")["total"] == 1
    assert assistant.saved(reads, "graph genomics")["total"] == 0
    for unknown in ("arXiv:2604.09999", "x", "", "doi:10.1/\0"):
        with pytest.raises(BadInput, match="no paper by that name"):
            assistant.vote(acts, unknown, Vote.SAVE)


def test_a_key_is_kept_as_a_hash_and_ends_when_it_is_revoked_or_its_reader_leaves(
    assistant: Assistant, new_key: Callable[..., str], got: Got, engine: sa.Engine
) -> None:
    key, other = new_key(), new_key()
    assert assistant.todays_picks(key)["papers"]
    with writing(engine) as tx:
        (row, _) = tx.execute(sa.select(key_rows).order_by(key_rows.c.id)).all()
        assert key not in str(row)
        assert row.last_used_on == NOW.date()
        assert reader_keys.revoke(tx, got.reader, row.prefix)
        assert not reader_keys.revoke(tx, got.reader + 1, other.rpartition("_")[0])
    for wrong in (key, other[:-1] + ("a" if other[-1] != "a" else "b"), "", "dpr_abcdefgh_" + "a" * 43):
        with pytest.raises(NotAllowed):
            assistant.todays_picks(wrong)
    with writing(engine) as tx:
        subscribers.erase(tx, got.reader, now=NOW)
    with pytest.raises(NotAllowed):
        assistant.todays_picks(other)


def test_a_reader_has_a_few_keys_at_most(new_key: Callable[..., str]) -> None:
    for _ in range(MOST_KEYS):
        new_key()
    with pytest.raises(BadInput, match="Revoke one"):
        new_key()
