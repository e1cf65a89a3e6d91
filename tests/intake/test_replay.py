"""Recorded weeks replayed day by day: every paper once, with its type, and each fault named on its day."""

import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.world import DAY, ON_SQLITE

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement, AnnounceType, Checkpoint, Fetched, State
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.sources.http.client import Http
from dailypapers.store.database import reading
from dailypapers.store.schema import announcements

MORNING = dt.time(8, tzinfo=dt.UTC)


@dataclass
class Replayed:
    """A source that answers what was recorded for the day on which it is asked."""

    days: Mapping[dt.date, tuple[Announcement, ...]] = field(default_factory=dict)
    name: str = "arxiv"
    zone: str = "America/New_York"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        del http, since
        return Fetched(self.days.get(now.date(), ()), asked=1, zone=self.zone, is_daily=True)


def announced(record: Mapping[str, Any], day: dt.date, type_: str) -> Announcement:
    paper = Paper(PaperId("arxiv", record.get("arxiv_id") or record["id"]), record["title"])
    return Announcement(paper, "arxiv", day, type=AnnounceType(type_))


def mornings(
    engine: sa.Engine, source: Replayed, first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, State, int]]:
    """Fetch and close every day; gives each day's state in its edition, and the edition's papers."""
    for n in range((last - first).days + 1):
        now = dt.datetime.combine(first + n * DAY, MORNING)
        fetch(engine, [source], make_http=Http, now=now)
        edition = close(engine, zone="UTC", now=now)
        yield edition.day, edition.sources[0].state, edition.papers


@ON_SQLITE
def test_the_recorded_week_of_cs_cv_is_announced_once_with_its_types(recordings: Path, engine: sa.Engine) -> None:
    days: dict[dt.date, tuple[Announcement, ...]] = {}
    for file in sorted((recordings / "arxiv" / "cs.CV-announcements").glob("*.json.gz")):
        record = json.loads(gzip.decompress(file.read_bytes()))
        day = dt.date.fromisoformat(record["date"])
        days[day] = tuple(announced(paper, day, paper["announce_type"]) for paper in record["papers"])
    outcome = {day: (state, papers) for day, state, papers in mornings(engine, Replayed(days), min(days), max(days))}
    assert len(outcome) == 11
    for day, (state, papers) in outcome.items():
        fresh = {item.paper.id for item in days[day] if item.type.fresh}
        assert (state, papers) == (State.FRESH if days[day] else State.QUIET, len(fresh)), day
    with reading(engine) as tx:
        kept = Counter(tx.execute(sa.select(announcements.c.type)).scalars())
    once = {(item.paper.id, item.type.fresh): item.type.value for items in days.values() for item in items}
    assert kept == Counter(once.values())


@ON_SQLITE
def test_five_weeks_with_their_faults_are_each_paper_once_and_each_fault_on_its_day(
    recordings: Path, engine: sa.Engine
) -> None:
    """Tuesdays are missing in the recording, one is a sixth of a day, and weekends repeat Friday."""
    first, last = dt.date(2026, 2, 2), dt.date(2026, 3, 8)
    new: dict[dt.date, list[Announcement]] = {}
    with gzip.open(recordings / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            day = dt.date.fromisoformat(record["day"])
            if first <= day <= last and record["cats"][0] == "cs.CL":
                new.setdefault(day, []).append(announced(record, day, "new"))
    days: dict[dt.date, tuple[Announcement, ...]] = {}
    before: tuple[Announcement, ...] = ()
    for day in (first + n * DAY for n in range((last - first).days + 1)):
        # What was announced the day before is in the answer as well; of a day that is missing, nothing but that.
        days[day] = (*before, *new.get(day, ()))
        before = days[day] if day.weekday() in {4, 5} else tuple(new.get(day, ()))
    outcome = list(mornings(engine, Replayed(days), first, last))
    assert {day: papers for day, _, papers in outcome if papers} == {day: len(items) for day, items in new.items()}
    by_state = {state: [day for day, each, _ in outcome if each is state] for state in State}
    assert [f"{day:%a %d %b}" for day in by_state[State.STALLED]] == ["Tue 03 Feb", "Tue 10 Feb", "Tue 03 Mar"]
    assert by_state[State.QUIET] == [day for day, _, _ in outcome if day.weekday() >= 5]
