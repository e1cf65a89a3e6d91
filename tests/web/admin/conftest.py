"""An operator at the pages: signed in as an owner or a viewer, by a session made behind the pages' back."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
import sqlalchemy as sa
from tests.web.conftest import NOW

from dailypapers.accounts import passwords, sessions
from dailypapers.domain.account import Role
from dailypapers.store import accounts, audit
from dailypapers.store.database import reading, writing
from dailypapers.web.admin.gate import SESSION_COOKIE
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

PASSWORD = "correct horse battery staple"
#: Hashed once: it takes long on purpose.
HASHED = passwords.new_hash(PASSWORD)


@dataclass
class Operator:
    """A browser that an operator sits at."""

    engine: sa.Engine
    client: httpx.AsyncClient

    async def look(self, path: str = "", status: int = 200) -> str:
        """Open a page."""
        answer = await self.client.get(f"/admin{path}")
        assert answer.status_code == status, (path, answer.status_code, answer.text[-2000:])
        return answer.text

    async def post(self, path: str = "", *, at: str | None = None, **fields: str) -> httpx.Response:
        """Send a form, with the token of the page it stands on."""
        page = (await self.client.get(f"/admin{path if at is None else at}")).text
        return await self.client.post(f"/admin{path}", data={"csrf": csrf_of(page), **fields})

    def entries(self) -> list[str]:
        """What the audit log says was done, newest first."""
        with reading(self.engine) as tx:
            return [entry.action for entry in audit.newest(tx, limit=50)]


def csrf_of(page: str) -> str:
    """The token in a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    return found[1] if found else ""


def account(engine: sa.Engine, email: str = "ann@example.org", role: Role = Role.OWNER) -> int:
    """Make an account with a password."""
    with writing(engine) as tx:
        made = accounts.add(tx, email, role, now=NOW)
        assert made is not None
        accounts.set_password(tx, made.id, HASHED)
        return made.id


@asynccontextmanager
async def browser(context: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of the pages."""
    transport = httpx.ASGITransport(app=web_app(context), raise_app_exceptions=False, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        yield client


@asynccontextmanager
async def operator(context: WebContext, role: Role = Role.OWNER) -> AsyncIterator[Operator]:
    """Somebody who is signed in."""
    made = account(context.engine, f"{role}@example.org", role)
    with writing(context.engine) as tx:
        session_id = sessions.begin(tx, made, now=context.clock())
    async with browser(context) as client:
        client.cookies.set(SESSION_COOKIE, session_id, path="/admin")
        yield Operator(context.engine, client)


Operators = Callable[[Role], AbstractAsyncContextManager[Operator]]


@pytest.fixture
async def owner(context: WebContext) -> AsyncIterator[Operator]:
    """An owner who is signed in."""
    async with operator(context) as signed_in:
        yield signed_in


@pytest.fixture
async def viewer(context: WebContext) -> AsyncIterator[Operator]:
    """A viewer who is signed in."""
    async with operator(context, Role.VIEWER) as signed_in:
        yield signed_in


def later(context: WebContext, **passed: float) -> dt.datetime:
    """A moment after the pages' clock."""
    return context.clock() + dt.timedelta(**passed)
