"""A group of readers for tests: who is in it, and on which terms."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.group import Role, Terms
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import groups, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
YESTERDAY = NOW - dt.timedelta(days=1)
OPEN, CLOSED = Terms("Ada", shows_name=True), Terms("Bob")


def a_reader(engine: sa.Engine, name: str, *topics: str) -> int:
    """Let somebody read; returns their id."""
    interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
    with writing(engine) as tx:
        address = f"{name}@example.org"
        sign_up.admit(tx, address, Preferences(Rhythm(), Amount(5), interests), consent=Consent("test"), now=YESTERDAY)
        reader = subscribers.by_address(tx, address)
    assert reader
    return reader.id


def a_group(
    engine: sa.Engine, *members: tuple[int, Terms], topics: tuple[str, ...] = ("graph neural networks",)
) -> int:
    """Make a group whose first member is its organiser; its hour comes before `NOW`."""
    with writing(engine) as tx:
        group = groups.add(tx, "Graph club", topics, Rhythm(), now=YESTERDAY)
        for place, (reader, terms) in enumerate(members):
            role, moment = (Role.MEMBER if place else Role.ORGANISER), YESTERDAY + dt.timedelta(minutes=place)
            groups.invite(tx, group, reader, role=role, now=moment)
            groups.join(tx, group, reader, terms, now=moment)
    return group
