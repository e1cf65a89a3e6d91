"""Groups are joined by invitation alone, and an invitation tells nobody who reads here."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.a_group import NOW, OPEN, a_group, a_reader

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.group import MOST_GROUPS, Terms
from dailypapers.domain.subscriber import Rhythm
from dailypapers.errors import BadInput
from dailypapers.store import groups, history, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions.groups import Invited, accept, found, invite, joined

HOUR = dt.timedelta(hours=1)


def test_who_is_invited_joins_once_on_their_own_terms(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    key = a_group(engine, (ada, OPEN))
    with writing(engine) as tx:
        group, reader = groups.one(tx, key), subscribers.one(tx, bob)
        assert group
        assert reader
        assert not accept(tx, key, reader, Terms(), now=NOW)
        assert invite(tx, group, "nobody@example.org", now=NOW) is Invited.NOT_A_READER
        assert invite(tx, group, "bob@example.org", now=NOW) is Invited.QUEUED
        assert invite(tx, group, "bob@example.org", now=NOW + HOUR / 2) is Invited.TOO_SOON
        assert invite(tx, group, "bob@example.org", now=NOW + HOUR) is Invited.QUEUED
        assert [each.kind for each in history.of_subscriber(tx, bob)] == [MailKind.INVITATION] * 2
        assert joined(tx, key, reader) is None
        assert not accept(tx, key, reader, Terms(), now=NOW + 9 * 24 * HOUR)
        assert accept(tx, key, reader, Terms("Bob"), now=NOW + 2 * HOUR)
        assert not accept(tx, key, reader, Terms("Bob", shows_name=True), now=NOW + 2 * HOUR)
        assert invite(tx, group, "bob@example.org", now=NOW + 9 * HOUR) is Invited.MEMBER
        both = joined(tx, key, reader)
    assert both
    assert both[1].terms == Terms("Bob")


def test_nobody_is_in_more_groups_than_they_could_read(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada")
    with writing(engine) as tx:
        reader = subscribers.one(tx, ada)
        assert reader
        for n in range(MOST_GROUPS):
            found(tx, reader, name=f"Club {n}", topics=["graphs"], rhythm=Rhythm(), terms=Terms(), now=NOW)
        with pytest.raises(BadInput, match="ten groups"):
            found(tx, reader, name="One more", topics=["graphs"], rhythm=Rhythm(), terms=Terms(), now=NOW)
