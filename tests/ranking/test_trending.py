"""Trending is counts and age, whoever the reader is."""

import datetime as dt
from dataclasses import replace

import pytest
from tests.ranking.test_rank import NOW, POOL

from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.ranking.trending import told, trending


def test_trending_grows_with_the_counts_and_fades_with_age() -> None:
    day = NOW.date()
    fresh, old = replace(POOL[0], published=day), replace(POOL[1], published=day - dt.timedelta(days=7))
    same = {str(fresh.id): Signals(upvotes=9), str(old.id): Signals(upvotes=9)}
    newer, older = trending([fresh, old], same, now=NOW)
    assert older == pytest.approx(newer / 2)
    more = trending([fresh], {str(fresh.id): Signals(upvotes=90)}, now=NOW)[0]
    for better in (Signals(upvotes=9, velocity=8), Signals(upvotes=9, votes=2), Signals(upvotes=9, comments=1)):
        assert trending([fresh], {str(fresh.id): better}, now=NOW)[0] > newer
    for worse in (Signals(upvotes=9, votes=-4), Signals(upvotes=5, velocity=2)):
        assert trending([fresh], {str(fresh.id): worse}, now=NOW)[0] < newer
    assert 0 < newer < more < 1


def test_an_old_arxiv_paper_is_not_taken_for_a_new_one() -> None:
    old, new, odd = (Paper(PaperId("arxiv", name), "A Title") for name in ("2305.00001", "2604.00001", "2699.00001"))
    scores = trending([old, new, odd], {}, now=NOW)
    assert scores[0] < scores[1] / 100
    assert scores[1] == scores[2]


def test_only_what_somebody_counted_is_told() -> None:
    assert told(Signals(upvotes=3, comments=0)) == (("upvotes", 3),)
    assert told(Signals()) == ()
