"""A program that uses the API with a key of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import NOW, SIGNER

from dailypapers.accounts import api_keys
from dailypapers.accounts.actor import Actor
from dailypapers.domain.api_key import Scope
from dailypapers.store import audit
from dailypapers.store.database import reading, writing
from dailypapers.web.api.table import OPERATIONS
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

BY = Actor("command line", SIGNER)
CONSENT = {"source": "library card form"}


def add_key(engine: sa.Engine, *scopes: Scope, name: str = "website", per_minute: int = 1000) -> str:
    """Make a key; without scopes one that may do everything."""
    with writing(engine) as tx:
        return api_keys.add(tx, name, scopes or tuple(Scope), by=BY, per_minute=per_minute, now=NOW)


@dataclass
class Program:
    """A program with a key; every answer must be one that the description knows."""

    client: httpx.AsyncClient
    engine: sa.Engine
    key: str

    async def ask(self, method: str, path: str, status: int = 200, **options: Any) -> httpx.Response:
        """Ask for something; the answer must have this status."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        answer = await self.client.request(method, f"/api/v1{path}", headers=headers, **options)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text[:1000])
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "detail"} <= set(answer.json())
        return answer

    async def get(self, path: str, **options: Any) -> Any:
        """Look at something."""
        return (await self.ask("GET", path, **options)).json()

    async def post(self, path: str, body: Any, status: int = 200, **options: Any) -> Any:
        """Send something."""
        answer = await self.ask("POST", path, status, json=body, **options)
        return answer.json() if answer.content else None

    async def add(self, address: str = "ann@example.org", **fields: Any) -> dict[str, Any]:
        """Subscribe somebody."""
        body = {"address": address, "consent": CONSENT, **fields}
        added: dict[str, Any] = await self.post("/subscribers", body, 201)
        return added

    def noted(self) -> list[tuple[str, str]]:
        """What the audit log says was done, oldest first, without the key itself."""
        with reading(self.engine) as tx:
            return [(each.action, each.address) for each in audit.newest(tx, limit=50)][::-1][1:]


@pytest.fixture
async def program(context: WebContext) -> AsyncIterator[Program]:
    """A program whose key may do everything."""
    transport = httpx.ASGITransport(app=web_app(context), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        yield Program(client, context.engine, await asyncio.to_thread(add_key, context.engine))


def paths() -> set[tuple[str, str]]:
    """Everything that can be asked for."""
    return {(each.method, each.path) for each in OPERATIONS}
