"""Today at a glance: the equation, the sources, and the button that pauses all sending."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import Operator
from tests.web.conftest import NOW

from dailypapers.domain.source import Freshness, State
from dailypapers.store import controls, editions, outbox, schema, source_days
from dailypapers.store.controls import Name
from dailypapers.store.database import reading, writing


async def test_before_the_first_edition_it_says_so(viewer: Operator) -> None:
    page = await viewer.look()
    assert "No edition has been closed yet" in page
    assert "No source has been fetched yet" in page
    assert 'action="/admin/pause"' not in page


async def test_the_equation_and_the_sources_are_shown(owner: Operator, engine: sa.Engine) -> None:
    a_digest(engine)
    with writing(engine) as tx:
        editions.count_due(tx, 1, 1)
        fresh = Freshness(State.FAILED, items=9, new=2, note="HTTP 500")
        source_days.record(tx, "arxiv", "", NOW.date(), fresh, now=NOW)
    page = " ".join((await owner.look()).split())
    assert "<b>1</b> due</span>" in page
    assert "<b>1</b> still open</span>" in page
    assert "HTTP 500" in page
    fragment = await owner.look("/progress")
    assert "<html" not in fragment
    assert "<dd>1</dd>" in fragment


async def test_posts_that_wait_or_were_given_up_are_named(owner: Operator, engine: sa.Engine) -> None:
    assert "Webhooks and channels" not in await owner.look()
    with writing(engine) as tx:
        for number, (target, state, hours) in enumerate(
            (
                ("webhook crm", "queued", 5),
                ("webhook crm", "queued", 0),
                ("webhook crm", "dead", 90),
                ("channel slack", "dead", 90),
                ("webhook fine", "queued", 0),
                ("webhook fine", "posted", 9),
            )
        ):
            made_at = NOW - dt.timedelta(hours=hours)
            row = {"key": f"{number}", "target": target, "kind": "run.finished", "state": state, "attempts": 1}
            tx.execute(sa.insert(schema.posts).values({**row, "created_at": made_at, "detail": ""}))
    page = await owner.look()
    late = (NOW - dt.timedelta(hours=5)).strftime("%Y-%m-%d %H:%M")
    assert f"webhook crm: 1 waiting, the oldest since {late} UTC; 1 given up" in page
    assert "channel slack: 1 given up" in page
    assert "webhook fine" not in page


async def test_a_pause_is_seen_on_every_page_and_noted(owner: Operator, engine: sa.Engine) -> None:
    a_digest(engine)
    answer = await owner.post("/pause", at="", action="pause", reason="A new server\n")
    assert answer.headers["location"] == "/admin#sending"
    for path in ("", "/audit"):
        assert "Sending is paused" in await owner.look(path)
    assert "“A new server”" in await owner.look()
    with writing(engine) as tx:
        assert outbox.claim(tx, "w", 9, now=NOW) == []
    await owner.post("/pause", at="", action="resume")
    await owner.post("/pause", at="", action="resume")
    with reading(engine) as tx:
        assert controls.control(tx, Name.PAUSE) is None
    with writing(engine) as tx:
        assert len(outbox.claim(tx, "w", 9, now=NOW + dt.timedelta(minutes=1))) == 1
    assert owner.entries() == ["sending resumed", "sending paused"]
