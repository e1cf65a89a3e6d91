"""The service's own days and votes become a study, whatever their order in the store."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.library.test_learn import admit, announce, topic
from tests.world import DAY, MONDAY

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.vote import Vote
from dailypapers.evaluation.service import read_study, votes_by_variant
from dailypapers.intake.close import close
from dailypapers.store import papers, votes
from dailypapers.store.database import writing


def test_a_paper_is_of_the_edition_that_announced_it_and_an_archived_one_older_than_all(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        papers.keep(tx, [Paper(PaperId("file", "old"), "Old")], now=MONDAY)
    announce(engine, MONDAY, "one")
    close(engine, zone="UTC", now=MONDAY)
    announce(engine, MONDAY + DAY, "two")
    close(engine, zone="UTC", now=MONDAY + DAY)
    study = read_study(engine)
    assert study.days == ("2026-04-20", "2026-04-21")
    assert [(day, [paper.title for paper in pool]) for day, pool in study.pools()] == [
        ("2026-04-20", ["one"]),
        ("2026-04-21", ["two"]),
    ]
    assert [paper.title for paper in study.before("2026-04-20")] == ["Old"]


def test_readers_are_those_who_voted_with_what_they_voted_for_and_against(engine: sa.Engine) -> None:
    ann, _ = admit(engine, topic("birds")), admit(engine, topic("stars"), name="silent")
    announce(engine, MONDAY, "one", "two", "three")
    close(engine, zone="UTC", now=MONDAY)
    with writing(engine) as tx:
        for name, vote in (("20-0", Vote.LIKE), ("20-1", Vote.DISLIKE)):
            paper = papers.named(tx, f"file:{name}")
            assert paper
            votes.cast(tx, ann, paper, vote, now=MONDAY + dt.timedelta(hours=1))
    (reader,) = read_study(engine).readers
    assert (reader.name, reader.interests) == (str(ann), (topic("birds"),))
    assert reader.likes == {"file:20-0"}
    assert reader.dislikes == {"file:20-1"}


def test_a_variant_s_share_is_of_the_votes_for_papers_and_has_its_interval() -> None:
    cast = [("full", True)] * 3 + [("words", True), ("words", False), ("words", False)]
    full, words = votes_by_variant(cast)
    assert (full.variant, full.liked, full.disliked, full.share) == ("full", 3, 0, 0.75)
    assert (words.variant, words.liked, words.disliked, words.share) == ("words", 1, 2, 0.25)
    assert full.low <= full.share <= full.high
    assert (full.low, full.high) == pytest.approx((1 - words.high, 1 - words.low))
