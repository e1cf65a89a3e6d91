"""Comments are in one digest each, and go with who wrote them and with their group."""

import datetime as dt

import sqlalchemy as sa
from tests.a_group import CLOSED, NOW, OPEN, a_group, a_reader

from dailypapers.store import editions, group_comments, groups
from dailypapers.store.database import writing


def test_a_comment_is_in_one_digest_and_leaves_with_its_author(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    club, other = a_group(engine, (ada, OPEN), (bob, CLOSED)), a_group(engine, (bob, OPEN))
    with writing(engine) as tx:
        first, second = (
            editions.close(tx, (NOW + dt.timedelta(days=n)).date(), now=NOW + dt.timedelta(days=n)).id for n in (0, 1)
        )
        group_comments.add(tx, club, ada, [(None, "One."), (None, "Two.")], now=NOW)
        group_comments.add(tx, other, bob, [(None, "Elsewhere.")], now=NOW)
        assert group_comments.put_into_digest(tx, club, first) == 2
        group_comments.add(tx, club, bob, [(None, "Three.")], now=NOW)
        assert group_comments.put_into_digest(tx, club, second) == 1
        assert group_comments.put_into_digest(tx, club, second) == 0
        assert [each.text for each in group_comments.of_digest(tx, club, first)] == ["One.", "Two."]
        three, two, _ = group_comments.newest(tx, club, limit=9)
        assert [three.text, two.text] == ["Three.", "Two."]
        assert group_comments.count_since(tx, bob, NOW - dt.timedelta(hours=1)) == 2
        assert not group_comments.remove(tx, other, two.id)
        assert not group_comments.remove(tx, club, two.id, author=bob)
        assert group_comments.remove(tx, club, two.id, author=ada)
        assert group_comments.remove(tx, club, three.id)
        groups.leave(tx, club, ada)
        assert group_comments.of_subscriber(tx, ada) == group_comments.newest(tx, club, limit=9) == []
        groups.leave(tx, club, bob)
        groups.leave(tx, other, bob)
        assert group_comments.of_subscriber(tx, bob) == []
