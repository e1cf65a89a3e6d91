"""The week's ballot: what stands on it by whose consent, one vote a member, and a winner that is told once."""

import datetime as dt

import sqlalchemy as sa
from tests.a_group import NOW, a_group, a_reader
from tests.digests.test_group_digest import CELLS, GRAPHS, an_edition, bytes_of, mails_of
from tests.digests.test_preview import announce, close
from tests.digests.test_window import HOW

from dailypapers.digests.ballots import choice_entries, close_due
from dailypapers.digests.group_digest import compose_groups
from dailypapers.domain.group import Group, Terms
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.vote import Vote
from dailypapers.store import ballots, groups, papers, subscribers, votes
from dailypapers.store.database import reading, writing

DAY = dt.timedelta(days=1)


def the_group(tx: sa.Connection, key: int) -> Group:
    group = groups.one(tx, key)
    assert group
    return group


def with_ballot(engine: sa.Engine, *members: tuple[int, Terms]) -> int:
    """Make a group that votes until Wednesday at seven; `NOW` is a Monday, an hour later."""
    key = a_group(engine, *members)
    with writing(engine) as tx:
        group = the_group(tx, key)
        groups.change(tx, group, group.name, group.topics, group.rhythm, ballot_day=2, now=NOW)
    return key


def titles(engine: sa.Engine, key: int) -> set[str]:
    with reading(engine) as tx:
        ids = ballots.nominated(tx, the_group(tx, key))
        return {paper.title for paper in papers.by_id(tx, ids).values()}


def id_of(engine: sa.Engine, title: str) -> int:
    with reading(engine) as tx:
        return next(key for key, paper in papers.every(tx).items() if paper.title == title)


def test_a_week_from_nominations_to_the_winner(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    key = with_ballot(engine, (ada, Terms(nominates=True)), (bob, Terms()))
    an_edition(engine)
    cells, weather = id_of(engine, CELLS), id_of(engine, "Notes on the weather in valley 1")
    with writing(engine) as tx:
        papers.keep(tx, [Paper(PaperId("alert", "x"), "Told to Ada alone")], now=NOW)
    secret = id_of(engine, "Told to Ada alone")
    with writing(engine) as tx:
        for reader, paper in ((ada, cells), (ada, secret), (bob, weather)):
            votes.cast(tx, reader, paper, Vote.LIKE, now=NOW)
    compose_groups(engine, HOW, now=NOW)
    assert titles(engine, key) == {GRAPHS, CELLS}
    (invited,) = mails_of(engine, ada)
    assert "Vote for the paper of the week" in bytes_of(engine, invited)
    assert "https://pages/ballot/" in bytes_of(engine, invited)
    with writing(engine) as tx:
        ballots.cast(tx, key, ada, id_of(engine, GRAPHS), now=NOW)
        ballots.cast(tx, key, ada, cells, now=NOW)
        ballots.cast(tx, key, bob, cells, now=NOW)
        assert [vote.paper_id for vote in ballots.votes_of(tx, key)] == [cells, cells]
    announce(engine, ["Weather"], NOW + 2 * DAY)
    close(engine, NOW + 2 * DAY)
    assert close_due(engine, now=NOW) == 0
    # It closes with the digest of that hour, which has no papers of its own.
    assert compose_groups(engine, HOW, now=NOW + 2 * DAY) == 2
    assert close_due(engine, now=NOW + 2 * DAY) == 0
    (_, told) = mails_of(engine, bob)
    assert "Chosen by the group with 2 votes" in bytes_of(engine, told)
    assert CELLS in bytes_of(engine, told)
    with reading(engine) as tx:
        (entry,) = choice_entries(tx, the_group(tx, key))
        assert (entry.paper.title, entry.votes, entry.day) == (CELLS, 2, (NOW + 2 * DAY).date())
        assert ballots.votes_of(tx, key) == []
    assert CELLS not in titles(engine, key)


def test_votes_of_who_left_do_not_count_and_without_votes_nothing_is_chosen(engine: sa.Engine) -> None:
    ada, bob, kim = (a_reader(engine, name) for name in ("ada", "bob", "kim"))
    key = with_ballot(engine, (ada, Terms()), (bob, Terms()), (kim, Terms()))
    an_edition(engine)
    with writing(engine) as tx:
        for reader in (bob, kim):
            ballots.cast(tx, key, reader, 1, now=NOW)
        groups.leave(tx, key, bob)
        reader_kim = subscribers.one(tx, kim)
        assert reader_kim
        tx.execute(sa.text("UPDATE subscribers SET state = 'unsubscribed' WHERE id = :kim"), {"kim": kim})
        assert [vote.subscriber for vote in ballots.votes_of(tx, key)] == [kim]
    assert close_due(engine, now=NOW + 2 * DAY) == 1
    with writing(engine) as tx:
        group = the_group(tx, key)
        assert choice_entries(tx, group) == ()
        assert group.ballot_closes_at == NOW.replace(hour=7) + 9 * DAY
        ballots.cast(tx, key, ada, 1, now=NOW)
        groups.change(tx, group, group.name, group.topics, group.rhythm, now=NOW)
        assert ballots.votes_of(tx, key) == []
        assert ballots.nominated(tx, the_group(tx, key)) == []
