"""Saved papers are sent by one process at a time, where tools are offered."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from tests.jobs.test_receive import NOW, context
from tests.playing_tools import PlayingReadwise, playing
from tests.web.a_digest import a_digest

from dailypapers.domain.tool import ToolKind
from dailypapers.domain.vote import Vote
from dailypapers.jobs.lease import lease
from dailypapers.jobs.push import run
from dailypapers.sources.http.client import Http
from dailypapers.store import votes
from dailypapers.store.database import writing
from dailypapers.tools.connect import connect
from dailypapers.tools.push import ToolOptions
from dailypapers.tools.readwise import Readwise


def test_one_process_at_a_time_sends_and_only_where_tools_are_offered(engine: sa.Engine) -> None:
    got, service, idle = a_digest(engine), PlayingReadwise(), context(engine, [])
    with writing(engine) as tx:
        connect(tx, b"secret", got.reader, ToolKind.READWISE, key="readwise-token", now=NOW)
        votes.cast(tx, got.reader, got.papers[0], Vote.SAVE, now=NOW)
    with playing(service):
        options: Any = {
            "tools": ToolOptions(b"secret", {ToolKind.READWISE: Readwise(service.url)}),
            "make_http": lambda: Http(allow_private=True, pace=0),
        }
        job = replace(idle, dependencies=replace(idle.dependencies, **options))
        assert run(idle)
        with lease(engine, "push", "another", clock=lambda: NOW) as is_theirs:
            assert is_theirs
            assert not run(job)
        assert service.documents == {}
        assert run(job)
    assert len(service.documents) == 1
