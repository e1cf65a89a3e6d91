"""Profiles as they are kept."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import NOW

from dailypapers.domain.profile import Profile, ProfileKind, ProfileState
from dailypapers.store import profiles
from dailypapers.store.database import writing

DBLP = Profile(ProfileKind.DBLP, "65/9612")


def test_a_profile_is_due_until_it_was_read_and_again_when_it_is_added_again(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    later = NOW + dt.timedelta(minutes=15)
    with writing(engine) as tx:
        profiles.add(tx, reader, DBLP, now=NOW)
        (new,) = profiles.due(tx, now=NOW, limit=9)
        profiles.put_off(tx, new, later)
        assert profiles.due(tx, now=NOW, limit=9) == []
        (again,) = profiles.due(tx, now=later, limit=9)
        assert again.attempts == 1
        profiles.end(tx, again, taken=3, listed=5)
        (done,) = profiles.of_subscriber(tx, reader)
        assert (done.state, done.taken, done.listed, done.attempts) == (ProfileState.DONE, 3, 5, 2)
        profiles.add(tx, reader, DBLP, now=later)
        assert [each.attempts for each in profiles.due(tx, now=later, limit=9)] == [0]
