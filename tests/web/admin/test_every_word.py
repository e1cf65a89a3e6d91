"""The operator's pages in a language without a Latin letter: what has one is a forgotten sentence."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests import pseudo
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import operator
from tests.web.conftest import NOW, PRESS

from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import audit, controls, figures, schema
from dailypapers.store.controls import Name
from dailypapers.store.database import writing
from dailypapers.web.http.page import WebContext

#: Names and values that are the same in every language: of papers, people, settings, units and protocols.
_NAMES = frozenset(
    {"daily", "papers", "deeper", "graph", "graphs", "neural", "networks", "<friends>", "faster", "single-cell"}
    | {"genomics", "web", "hash", "utc", "csv", "message-id", "id", "reason", "because", "dailypapers", "doctor"}
    | {"webhook", "webhooks", "channel", "slack", "list", "retry"}
)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_no_page_has_a_word_of_english(context: WebContext, engine: sa.Engine, tmp_path: Path) -> None:
    locale = pseudo.write_catalogue(tmp_path / "locale")
    templates = environment(shipped("templates"), language=pseudo.LANGUAGE, locale=[locale])
    got = a_digest(engine)
    with writing(engine) as tx:
        figures.record(tx, now=NOW)
        controls.switch_on(tx, Name.PAUSE, by="ann@example.org", now=NOW, reason="because")
        for number, (target, state) in enumerate((("webhook 1", "queued"), ("channel slack", "dead"))):
            row = {"key": f"{number}", "target": target, "kind": "run.finished", "state": state, "attempts": 1}
            row |= {"created_at": NOW - dt.timedelta(days=1), "detail": ""}
            tx.execute(sa.insert(schema.posts).values(row))
        audit.note(tx, "suppression", actor="ann@example.org", now=NOW, after={"reason": "because"})
    translated = replace(context, renderer=replace(PRESS, templates=templates))
    async with operator(translated) as owner:
        paths = ("", "/subscribers", f"/subscribers/{got.reader}", f"/deliveries/{got.delivery}", "/suppressions")
        for path in (*paths, "/subscribers?q=x", "/trends", "/checks", "/audit", "/account"):
            left = {word.lower() for word in pseudo.english_in_page(await owner.look(path))} - _NAMES
            assert {word for word in left if not re.fullmatch(r"[0-9a-f]{12,}", word)} == set(), path
