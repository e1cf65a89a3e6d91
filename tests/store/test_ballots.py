"""Votes on a ballot: one a member, gone once it is closed, which happens once; a choice is told in one digest."""

import datetime as dt

import sqlalchemy as sa
from tests.a_group import CLOSED, NOW, OPEN, a_group, a_reader

from dailypapers.domain.ballot import Choice
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.store import ballots, editions, groups, papers
from dailypapers.store.database import writing

WEEK = dt.timedelta(days=7)


def test_a_vote_counts_once_and_a_ballot_is_closed_once(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    key = a_group(engine, (ada, OPEN), (bob, CLOSED))
    with writing(engine) as tx:
        papers.keep(tx, [Paper(PaperId("arxiv", f"2604.0000{n}"), f"Paper {n}") for n in (1, 2)], now=NOW)
        one, two = sorted(papers.every(tx))
        group = groups.one(tx, key)
        assert group
        assert ballots.nominated(tx, group) == []
        groups.change(tx, group, group.name, group.topics, group.rhythm, ballot_day=2, now=NOW)
        group = groups.one(tx, key)
        assert group
        for reader, paper in ((ada, one), (bob, one), (ada, two)):
            ballots.cast(tx, key, reader, paper, now=NOW)
        assert [(vote.subscriber, vote.paper_id) for vote in ballots.of_subscriber(tx, ada)] == [(ada, two)]
        assert {vote.paper_id for vote in ballots.votes_of(tx, key, {bob})} == {one}
        assert set(ballots.nominated(tx, group)) == {one, two}
        winner, closes_at = Choice(two, 1, NOW), NOW + WEEK
        assert ballots.close(tx, group, winner, next_closes_at=closes_at)
        assert not ballots.close(tx, group, Choice(one, 1, NOW), next_closes_at=closes_at)
        assert ballots.votes_of(tx, key) == []
        assert ballots.choices(tx, key, limit=9) == [winner]
        following = groups.one(tx, key)
        assert following
        assert following.ballot_closes_at == closes_at
        assert ballots.nominated(tx, following) == []


def test_a_choice_is_in_one_digest(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada")
    key = a_group(engine, (ada, OPEN))
    with writing(engine) as tx:
        papers.keep(tx, [Paper(PaperId("arxiv", "2604.00001"), "Paper")], now=NOW)
        (paper,) = papers.every(tx)
        first, second = (
            editions.close(tx, (NOW + dt.timedelta(days=n)).date(), now=NOW + dt.timedelta(days=n)).id for n in (0, 1)
        )
        group = groups.one(tx, key)
        assert group
        groups.change(tx, group, group.name, group.topics, group.rhythm, ballot_day=2, now=NOW)
        group = groups.one(tx, key)
        assert group
        ballots.close(tx, group, Choice(paper, 1, NOW), next_closes_at=None)
        assert ballots.put_into_digest(tx, key, first) == 1
        assert ballots.put_into_digest(tx, key, second) == 0
        assert [choice.paper_id for choice in ballots.of_digest(tx, key, first)] == [paper]
        assert ballots.of_digest(tx, key, second) == []
