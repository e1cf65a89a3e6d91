"""What tests of leaving share: the link in a digest, and what is stored of its reader."""

import re

import sqlalchemy as sa
from tests.web.conftest import LINKS, NOW

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber, SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import reading

ZONE = "Europe/Berlin"


def link(reader: int, tail: str = "") -> str:
    """The link of a digest by which its reader leaves."""
    return LINKS.url(Purpose.UNSUBSCRIBE, reader, issued=NOW) + tail


def known(engine: sa.Engine, reader: int) -> Subscriber | None:
    """Who is stored under an id."""
    with reading(engine) as tx:
        return subscribers.by_id(tx, [reader]).get(reader)


def state(engine: sa.Engine, reader: int) -> SubscriberState | None:
    """What became of them."""
    stored = known(engine, reader)
    return stored.state if stored else None


def action(page: str, name: str) -> str:
    """Where a form or a link of the page leads."""
    path = re.search(rf'"(/{name}/[^"]+)"', page)
    assert path, page
    return path[1]
