"""A group's digest is shown to its members alone."""

import sqlalchemy as sa
from tests.a_group import NOW, OPEN, a_group, a_reader
from tests.digests.test_preview import announce, close

from dailypapers.digests.group_entries import load_digest
from dailypapers.domain.content import Content
from dailypapers.domain.digest import Reason
from dailypapers.domain.group import GroupPick
from dailypapers.store import groups, papers
from dailypapers.store.database import writing


def test_strangers_and_who_is_only_invited_get_nothing(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN))
    announce(engine, ["Graphs"])
    close(engine)
    with writing(engine) as tx:
        (listed,) = papers.in_editions(tx, after=0, upto=1)
        groups.put_picks(tx, group, 1, [GroupPick(listed.paper_id, Reason(()), (ada, bob))])
        content = Content(group=(group, 1))
        digest = load_digest(tx, content, ada, composed_at=NOW)
        assert digest
        assert [(entry.paper.title, entry.names) for entry in digest.entries] == [("Graphs", ("Ada",))]
        assert load_digest(tx, content, bob, composed_at=NOW) is None
        assert load_digest(tx, Content(group=(group + 1, 1)), ada, composed_at=NOW) is None
