"""Freshness: gather what the store knows of a source once its answer has been added, and have it judged.

    papers.add | evidence | judge

Knows where the evidence is kept. The rule is `domain.freshness`.
"""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.freshness import HABIT, Evidence, judge
from dailypapers.domain.source import Fetched, Freshness
from dailypapers.store import editions
from dailypapers.store.papers import Added


def freshness(tx: sa.Connection, source: str, answer: Fetched, added: Added, *, now: dt.datetime) -> Freshness:
    """Judge a source by what of its answer the store had not known; ask before this fetch itself is recorded."""
    before = editions.checkpoint(tx, source)
    evidence = Evidence(
        answer,
        new=added.new,
        replaced=added.replaced,
        highest_before=before.highest_id if before else "",
        history=editions.fetches_since(tx, source, now - HABIT),
    )
    return judge(evidence, now=now)
