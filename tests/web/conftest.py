"""What page tests share: the pages on both databases, a browser in front of them, and somebody who subscribes."""

import datetime as dt
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import sqlalchemy as sa

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.digests.preview import Previews
from dailypapers.domain.message import Sender
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up
from dailypapers.tokens import Signer
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SIGNER = Signer("http://pages", b"secret")
PRESS = MailRenderer(
    environment(shipped("templates")),
    SIGNER,
    Sender("Daily Papers", "papers@example.org", "bounce@example.org", "papers.example.org"),
    "http://pages/",
    b"secret",
)


@pytest.fixture
def context(engine: sa.Engine) -> Iterator[WebContext]:
    """What the pages are made with."""
    how = DigestOptions(relevance=0.3, window_days=7, deadline=dt.timedelta(hours=20))
    previews = Previews(engine, how)
    yield WebContext(engine, PRESS, how, Preferences(Rhythm(), Amount(10)), "UTC", lambda: NOW, previews)
    previews.close()


@pytest.fixture
async def pages(context: WebContext) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of the pages."""
    transport = httpx.ASGITransport(app=web_app(context), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
        yield client


@pytest.fixture
def alice(engine: sa.Engine) -> int:
    """Somebody who has asked to subscribe."""
    with writing(engine) as tx:
        wishes = Preferences(Rhythm(), Amount(5))
        added = sign_up.subscribe(tx, "alice@example.org", wishes, consent=Consent("web"), now=NOW)
    assert added is not None
    return added
