"""Counts for monitoring, for who has the token; and whether the service is ready."""

import datetime as dt
import json
import re
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from tests.store.damaged import damage
from tests.web.a_digest import a_digest

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.source import Freshness, State
from dailypapers.settings import shipped
from dailypapers.store import bounces, controls, editions
from dailypapers.store.bounces import NewBounce
from dailypapers.store.database import revision, writing
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

TOKEN = {"Authorization": "Bearer token"}


async def asked(context: WebContext, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    transport = httpx.ASGITransport(app=web_app(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        return await client.get(path, headers=headers)


async def test_who_has_the_token_sees_what_is_counted(context: WebContext, engine: sa.Engine, now: dt.datetime) -> None:
    digest = a_digest(engine)
    told = Diagnosis(Fault.US, is_hard=False)
    with writing(engine) as tx:
        bounces.add(tx, NewBounce("a", digest.reader, ReportKind.BOUNCE, counts=False, diagnosis=told), now=now)
        fresh = Freshness(State.FRESH, items=9, new=2, skipped=0)
        editions.record_fetch(tx, "arxiv", fresh, now=now - dt.timedelta(minutes=1))
        controls.switch_on(tx, controls.Name.PAUSE, by="ann@example.org", now=now)
    context = replace(context, metrics_token="token", count_unread=lambda: 3)
    answer = await asked(context, "/metrics", TOKEN)
    assert answer.headers["content-type"].startswith("text/plain")
    samples = {
        (sample.name.removeprefix("dailypapers_"), *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    for key, value in {
        ("outbox_waiting", "queued"): 1,
        ("bounces_last_day", "bounce", "soft", "us"): 1,
        ("subscribers", "active"): 1,
        ("source_fetch_age_seconds", "arxiv"): 60,
        ("source_state", "arxiv", "fresh"): 1,
        ("edition_deliveries", "queued"): 1,
        ("edition_residue",): -1,
        ("unread_emails",): 3,
        ("switched_on", "pause"): 1,
        ("switched_on", "test_mode"): 0,
    }.items():
        assert samples[key] == value, key
    assert "alice" not in answer.text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer tokens"}, {"Authorization": "Basic token"}])
async def test_nobody_else_sees_them(context: WebContext, headers: dict[str, str]) -> None:
    answer = await asked(replace(context, metrics_token="token"), "/metrics", headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (await asked(context, "/metrics", headers)).status_code == 404


async def test_it_is_ready_once_its_tables_are_of_this_version(context: WebContext, engine: sa.Engine) -> None:
    assert (await asked(context, "/readyz")).text == "ok\n"
    newest = revision(engine)[1]
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        answer = await asked(context, "/readyz")
    finally:
        with writing(engine) as tx:
            tx.execute(sa.text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
    assert answer.status_code == 503
    assert "run `dailypapers migrate`" in answer.text


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_it_is_not_ready_once_a_page_has_found_the_database_damaged(context: WebContext) -> None:
    damage(context.engine, "editions")
    transport = httpx.ASGITransport(app=web_app(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/archive")).status_code == 503
        answer = await client.get("/readyz")
    assert (answer.status_code, "restore a backup" in answer.text) == (503, True)


async def test_the_dashboard_asks_only_for_what_there_is(
    context: WebContext, engine: sa.Engine, now: dt.datetime
) -> None:
    digest = a_digest(engine)
    with writing(engine) as tx:
        bounces.add(tx, NewBounce("a", digest.reader, ReportKind.COMPLAINT, counts=False), now=now)
        editions.record_fetch(tx, "arxiv", Freshness(State.FRESH, items=9, new=2, skipped=0), now=now)
    answer = await asked(replace(context, metrics_token="token"), "/metrics", TOKEN)
    dashboard = json.loads((shipped("config") / "grafana" / "dailypapers.json").read_text("utf-8"))
    asked_for = set(re.findall(r"dailypapers_[a-z_]+", json.dumps([panel["targets"] for panel in dashboard["panels"]])))
    there = set(re.findall(r"^# TYPE (\S+)|^(dailypapers_[a-z_]+)", answer.text, re.MULTILINE))
    assert asked_for <= {name for pair in there for name in pair} | {"dailypapers_replies"}
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
