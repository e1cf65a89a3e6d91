"""One word of one reader on one paper."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.domain.vote import Vote, Votes
from dailypapers.store import editions, outbox, papers, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.erase import erase

NOW = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
Ids = tuple[int, list[int]]


@pytest.fixture
def ids(engine: sa.Engine) -> Ids:
    """One reader and three papers."""
    found = [Paper(PaperId("arxiv", f"2604.0000{n}"), f"Paper {n}") for n in range(3)]
    with writing(engine) as tx:
        papers.keep(tx, found, now=NOW)
        sign_up.admit(tx, "ann@example.org", Preferences(Rhythm(), Amount()), consent=Consent("test"), now=NOW)
        reader = subscribers.by_address(tx, "ann@example.org")
        assert reader
        return reader.id, [papers.named(tx, str(paper.id)) or 0 for paper in found]


def cast(engine: sa.Engine, ids: Ids, *words: tuple[int, Vote]) -> Votes:
    with writing(engine) as tx:
        for later, (n, vote) in enumerate(words):
            votes.cast(tx, ids[0], ids[1][n], vote, now=NOW + dt.timedelta(minutes=later))
    with reading(engine) as tx:
        return votes.of_subscribers(tx, [ids[0]]).get(ids[0], Votes())


def key(n: int) -> str:
    return f"arxiv:2604.0000{n}"


def test_votes_come_oldest_first_and_a_saved_paper_is_a_liked_one(engine: sa.Engine, ids: Ids) -> None:
    known = cast(engine, ids, (2, Vote.LIKE), (0, Vote.SAVE), (1, Vote.DISLIKE))
    assert known == Votes(liked=(key(2), key(0)), disliked=(key(1),), saved=(key(0),))


def test_the_last_word_counts(engine: sa.Engine, ids: Ids) -> None:
    assert cast(engine, ids, (0, Vote.LIKE), (0, Vote.SAVE), (0, Vote.DISLIKE)) == Votes(disliked=(key(0),))
    assert cast(engine, ids, (0, Vote.LIKE)) == Votes(liked=(key(0),))


def test_voting_twice_is_voting_once(engine: sa.Engine, ids: Ids) -> None:
    with writing(engine) as tx:
        assert votes.cast(tx, ids[0], ids[1][0], Vote.LIKE, now=NOW)
        assert not votes.cast(tx, ids[0], ids[1][0], Vote.LIKE, now=NOW)
        assert votes.balance(tx, ids[1]) == {ids[1][0]: 1}


def test_a_readers_votes_on_a_paper_are_all_of_them_and_no_others(engine: sa.Engine, ids: Ids) -> None:
    cast(engine, ids, (0, Vote.LIKE), (0, Vote.SAVE), (1, Vote.DISLIKE))
    with reading(engine) as tx:
        assert [votes.of_paper(tx, ids[0], n) for n in ids[1]] == [{Vote.LIKE, Vote.SAVE}, {Vote.DISLIKE}, set()]
        assert votes.of_paper(tx, ids[0] + 1, ids[1][0]) == set()


def test_votes_can_be_taken_back_one_or_all(engine: sa.Engine, ids: Ids) -> None:
    cast(engine, ids, (0, Vote.LIKE), (0, Vote.SAVE))
    with writing(engine) as tx:
        assert votes.withdraw(tx, ids[0], ids[1][0], Vote.SAVE)
        assert votes.of_subscribers(tx, [ids[0]])[ids[0]] == Votes(liked=(key(0),))
        assert votes.withdraw(tx, ids[0], ids[1][0])
        assert not votes.withdraw(tx, ids[0], ids[1][0])
        assert votes.of_subscribers(tx, [ids[0]]) == {}


def test_readers_votes_are_a_signal_of_the_paper(engine: sa.Engine, ids: Ids) -> None:
    cast(engine, ids, (0, Vote.LIKE), (0, Vote.SAVE), (1, Vote.DISLIKE))
    with reading(engine) as tx:
        listed = papers.of_delivery(tx, ids[1])
    assert [listed[n].signals.votes for n in ids[1]] == [1, -1, 0]


def test_a_vote_on_what_is_trending_outside_tells_nothing_of_scores(engine: sa.Engine, ids: Ids) -> None:
    """Those papers are there for their upvotes, whatever they would have scored for this reader."""
    why = Reason((Term(TermKind.TRENDING, "9 upvotes", 0.4),))
    chosen = tuple(Pick(key(n), 0.4, why, outside=n == 1, paper_id=ids[1][n]) for n in (0, 1))
    with writing(engine) as tx:
        day = editions.close(tx, NOW.date(), now=NOW)
        digest = outbox.NewDelivery(ids[0], "ann@example.org", MailKind.DIGEST, NOW, day.id, chosen)
        outbox.put(tx, [digest], now=NOW)
    cast(engine, ids, (0, Vote.LIKE), (1, Vote.LIKE), (2, Vote.LIKE))
    with reading(engine) as tx:
        assert votes.on_picks(tx, since=NOW, limit=9) == [(0.4, True, "")]


def test_who_is_erased_takes_their_votes_along(engine: sa.Engine, ids: Ids) -> None:
    cast(engine, ids, (0, Vote.LIKE))
    with writing(engine) as tx:
        erase(tx, ids[0])
        assert votes.balance(tx, ids[1]) == {}
