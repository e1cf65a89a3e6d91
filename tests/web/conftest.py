"""What page tests share: the pages on both databases, a browser in front of them, and somebody who subscribes."""

import datetime as dt
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import sqlalchemy as sa

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.digests.preview import Previews
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.message import Sender
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
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


class Links:
    """Signs the links of readers by their ids, with what is kept of them in the test's database."""

    engine: sa.Engine

    def bearer(self, reader: int) -> Bearer:
        """Whom a reader's links are for; nobody has the id: somebody who has no random value."""
        with reading(self.engine) as tx:
            known = subscribers.one(tx, reader)
        return known.bearer if known else Bearer(reader)

    def url(self, purpose: Purpose, reader: int, *, issued: dt.datetime, about: int = 0) -> str:
        """The address of a reader's page."""
        return SIGNER.url(purpose, self.bearer(reader), issued=issued, about=about)

    def token(self, purpose: Purpose, reader: int, *, issued: dt.datetime, about: int = 0) -> str:
        """What it ends with."""
        return SIGNER.token(purpose, self.bearer(reader), issued=issued, about=about)


LINKS = Links()


@pytest.fixture(autouse=True)
def _links(request: pytest.FixtureRequest) -> None:
    if "engine" in request.fixturenames:
        LINKS.engine = request.getfixturevalue("engine")


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
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        yield client


@pytest.fixture
def alice(engine: sa.Engine) -> int:
    """Somebody who has asked to subscribe."""
    with writing(engine) as tx:
        preferences = Preferences(Rhythm(), Amount(5))
        added = sign_up.subscribe(tx, "alice@example.org", preferences, consent=Consent("web"), now=NOW)
    assert added is not None
    return added
