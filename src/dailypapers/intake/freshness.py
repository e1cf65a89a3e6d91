"""Freshness: gather what the store knows of a source once its answer has been added, and have it judged.

    papers.add | evidence | judge each category | judge the source

Knows where the evidence is kept. The rule is `domain.freshness`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.domain.freshness import HABIT, Evidence, day_of, judge, together
from dailypapers.domain.source import Fetched, Freshness, SourceDay
from dailypapers.store import editions, source_days
from dailypapers.store.papers import Added


@dataclass(frozen=True, slots=True)
class Judged:
    """How fresh a source is, and each of its categories, on which of its days."""

    day: dt.date
    whole: Freshness
    by_category: Mapping[str, Freshness] = field(default_factory=dict)


def freshness(tx: sa.Connection, source: str, answer: Fetched, added: Added, *, now: dt.datetime) -> Judged:
    """Judge a source by what of its answer the store had not known; ask before this fetch itself is recorded."""
    before = editions.checkpoint(tx, source)
    day = day_of(answer, now)
    history = source_days.since(tx, source, day - HABIT)
    whole = Evidence(
        answer,
        new=added.new,
        replaced=added.replaced,
        highest_before=before.highest_id if before else "",
        history=history.get("", ()),
    )
    by_category = _by_category(answer, added, history, now=now)
    return Judged(day, together(judge(whole, now=now), by_category), by_category)


def _by_category(
    answer: Fetched, added: Added, history: Mapping[str, Sequence[SourceDay]], *, now: dt.datetime
) -> dict[str, Freshness]:
    today = day_of(answer, now)
    new_today = {
        category: len(added.new_ids & part.ids) + _new_on(history.get(category, ()), today)
        for category, part in answer.by_category.items()
    }
    return {
        category: judge(
            Evidence(
                part,
                new=len(added.new_ids & part.ids),
                replaced=len(added.replaced_ids & part.ids),
                history=history.get(category, ()),
                has_fresh_siblings=any(new for other, new in new_today.items() if other != category),
            ),
            now=now,
        )
        for category, part in answer.by_category.items()
    }


def _new_on(history: Sequence[SourceDay], day: dt.date) -> int:
    return sum(each.new for each in history if each.day == day)
