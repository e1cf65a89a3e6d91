"""Tools as they are kept: nothing that is recorded late undoes what their reader has done meanwhile."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import NOW

from dailypapers.domain.tool import Refusal, ToolKind, ToolState
from dailypapers.domain.vote import Vote
from dailypapers.store import tools, votes
from dailypapers.store.database import writing

MINUTE = dt.timedelta(minutes=1)


def connected(tx: sa.Connection, reader: int, key: str) -> None:
    tools.connect(tx, reader, ToolKind.ZOTERO, key=key, target="", saved_from=NOW, now=NOW)


def test_what_is_found_out_of_an_old_key_says_nothing_of_a_new_one(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        connected(tx, reader, "1:old")
        (old,) = tools.to_check(tx, now=NOW, limit=9)
        connected(tx, reader, "1:new")
        assert not tools.switch_off(tx, old, Refusal.KEY)
        tools.switch_on(tx, old, "1")
        tools.check_later(tx, old, NOW + MINUTE)
        (new,) = tools.to_check(tx, now=NOW, limit=9)
        assert (new.key, new.state, new.target) == ("1:new", ToolState.NEW, "")
        assert tools.switch_off(tx, new, Refusal.KEY)
        assert not tools.switch_off(tx, new, Refusal.KEY), "whoever was told need not be told again"
        assert tools.to_check(tx, now=NOW, limit=9) == []


def test_saved_papers_are_queued_once_and_only_for_what_is_on(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        votes.cast(tx, got.reader, got.papers[0], Vote.SAVE, now=NOW + MINUTE)
        votes.cast(tx, got.reader, got.papers[1], Vote.LIKE, now=NOW + MINUTE)
        connected(tx, got.reader, "1:key")
        assert tools.queue_saved(tx, now=NOW) == 0
        (tool,) = tools.of_subscriber(tx, got.reader)
        tools.switch_on(tx, tool, "475425")
        assert [tools.queue_saved(tx, now=NOW) for _ in range(2)] == [1, 0]
        (push,) = tools.due(tx, now=NOW, limit=9)
        assert (push.tool.target, push.paper_id, push.attempts) == ("475425", got.papers[0], 0)
        tools.put_off(tx, push, NOW + MINUTE, "busy")
        assert tools.due(tx, now=NOW, limit=9) == []
        (push,) = tools.due(tx, now=NOW + MINUTE, limit=9)
        assert push.attempts == 1
        tools.end(tx, push, is_done=True, detail="saved")
        assert tools.due(tx, now=NOW + 9 * MINUTE, limit=9) == []
        assert tools.disconnect(tx, got.reader, ToolKind.ZOTERO)
        connected(tx, got.reader, "1:again")
        assert tools.queue_saved(tx, now=NOW) == 0, "what has arrived is not sent again"
