"""An edition is closed once, counts what is new in it, and remembers what each source said until then."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.source import Announcement, AnnounceType, CategoryStatus, Checkpoint, Freshness, State
from dailypapers.store import editions, papers, source_days
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import metadata

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def announce(
    tx: sa.Connection,
    *numbers: int,
    upvotes: int | None = None,
    type: AnnounceType = AnnounceType.NEW,  # noqa: A002
) -> None:
    """Announce papers by their number in a title and an id."""
    signals = Signals(upvotes=upvotes) if upvotes is not None else None
    made = [Paper(PaperId("file", f"{n:04d}"), f"The Paper With the Number {n}") for n in numbers]
    papers.add(tx, [Announcement(paper, "feed", MONDAY.date(), type, signals=signals) for paper in made], now=MONDAY)


def titles(tx: sa.Connection, paper_ids: list[int]) -> list[int]:
    """The numbers of these papers."""
    return [int(papers.by_id(tx, paper_ids)[paper_id].id.value) for paper_id in paper_ids]


def test_closing_a_day_again_gives_its_edition_as_it_was(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        announce(tx, 1, 2)
        edition = editions.close(tx, MONDAY.date(), now=MONDAY)
        announce(tx, 3)
        assert editions.close(tx, MONDAY.date(), now=MONDAY + HOUR) == edition
    assert (edition.day, edition.closed_at, edition.papers, edition.sources) == (MONDAY.date(), MONDAY, 2, ())


def test_a_replacement_is_not_counted(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        announce(tx, 1)
        announce(tx, 2, type=AnnounceType.REPLACE)
        assert editions.close(tx, MONDAY.date(), now=MONDAY).papers == 1


def test_before_the_first_edition_there_is_none_to_be_had(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        assert editions.newest(tx) is None
        assert editions.of_day(tx, MONDAY.date()) is None
        assert editions.every(tx) == []
        assert editions.by_id(tx, [1, 2]) == {}
        assert editions.neighbours(tx, MONDAY.date()) == (None, None)
        assert editions.newest_before(tx, MONDAY.date(), days=7) == 0


def test_the_newest_is_that_of_the_latest_day_whenever_it_was_closed(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        tuesday = editions.close(tx, (MONDAY + DAY).date(), now=MONDAY)
        monday = editions.close(tx, MONDAY.date(), now=MONDAY + 2 * DAY)
        assert editions.newest(tx) == tuesday
        assert editions.every(tx) == [monday, tuesday]
        assert editions.by_id(tx, [monday.id, monday.id, 99]) == {monday.id: monday}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(closed=st.sets(st.integers(0, 30), max_size=8), asked=st.integers(0, 30), back=st.integers(0, 10))
def test_days_around_a_day_are_those_of_the_nearest_editions(
    sqlite: sa.Engine, closed: set[int], asked: int, back: int
) -> None:
    first = MONDAY.date()
    with writing(sqlite) as tx:
        tx.execute(sa.delete(metadata.tables["editions"]))
        ids = {n: editions.close(tx, first + n * DAY, now=MONDAY).id for n in sorted(closed)}
        day = first + asked * DAY
        before, after = editions.neighbours(tx, day)
        start = editions.newest_before(tx, day, days=back)
    assert before == max((first + n * DAY for n in closed if n < asked), default=None)
    assert after == min((first + n * DAY for n in closed if n > asked), default=None)
    assert start == max((ids[n] for n in closed if n <= asked - back), default=0)


def test_the_most_talked_about_come_first_and_uncounted_ones_last(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        announce(tx, 4, 3)
        announce(tx, 1, upvotes=5)
        announce(tx, 2, upvotes=50)
        announce(tx, 9, upvotes=900, type=AnnounceType.REPLACE)
        monday = editions.close(tx, MONDAY.date(), now=MONDAY)
        announce(tx, 7, upvotes=1)
        tuesday = editions.close(tx, (MONDAY + DAY).date(), now=MONDAY + DAY)
        best = editions.talked_about(tx, [monday.id, tuesday.id], many=3)
        assert {key: titles(tx, paper_ids) for key, paper_ids in best.items()} == {
            monday.id: [2, 1, 3],
            tuesday.id: [7],
        }
        assert editions.talked_about(tx, [], many=3) == {}


def test_readers_who_are_due_are_added_up(engine: sa.Engine) -> None:
    due = metadata.tables["editions"].c.due
    with writing(engine) as tx:
        edition, other = (editions.close(tx, (MONDAY + n * DAY).date(), now=MONDAY) for n in range(2))
        editions.count_due(tx, edition.id, 2)
        editions.count_due(tx, edition.id, 3)
        assert tx.execute(sa.select(due).order_by(due)).scalars().all() == [0, 5]
    assert edition.id != other.id


def test_a_fetch_with_new_papers_outweighs_a_later_one_with_nothing_more(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        editions.record_fetch(tx, "feed", Freshness(State.WAITING, 4, note="early"), now=MONDAY)
        editions.record_fetch(tx, "feed", Freshness(State.FRESH, 9, new=5, skipped=2, note="came"), now=MONDAY + HOUR)
        editions.record_fetch(tx, "feed", Freshness(State.QUIET, 3, skipped=1, note="late"), now=MONDAY + 2 * HOUR)
        (status,) = editions.statuses(tx, None)
    assert (status.source, status.state, status.note) == ("feed", State.FRESH, "came")
    assert (status.items, status.new, status.skipped, status.fetched_at) == (9, 5, 2, MONDAY + HOUR)


def test_statuses_are_one_a_source_and_go_into_the_edition_that_closes(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        editions.record_fetch(tx, "b", Freshness(State.FAILED, note="no answer"), now=MONDAY)
        editions.record_fetch(tx, "a", Freshness(State.QUIET), now=MONDAY)
        edition = editions.close(tx, MONDAY.date(), now=MONDAY)
        assert [(status.source, status.state) for status in edition.sources] == [
            ("a", State.QUIET),
            ("b", State.FAILED),
        ]
        assert editions.statuses(tx, None) == ()
        editions.record_fetch(tx, "a", Freshness(State.FRESH, new=1), now=MONDAY + HOUR)
        assert [status.source for status in editions.statuses(tx, None)] == ["a"]
        assert editions.of_day(tx, MONDAY.date()) == edition


def test_what_is_waited_for_until_an_edition_closes_has_stalled_in_it(engine: sa.Engine) -> None:
    short, failed = Freshness(State.WAITING, 9, new=2, note="short"), Freshness(State.FAILED, note="no answer")
    with writing(engine) as tx:
        editions.record_fetch(tx, "feed", Freshness(State.WAITING, 4), now=MONDAY)
        editions.record_fetch(tx, "arxiv", Freshness(State.FRESH, new=7), now=MONDAY)
        for name, state in (("b", short), ("c", failed), ("a", Freshness(State.FRESH, new=5)), ("d", short)):
            editions.record_fetch(tx, "arxiv", state, now=MONDAY, category=name)
        editions.record_fetch(tx, "arxiv", Freshness(State.FRESH, new=3), now=MONDAY + HOUR, category="d")
        source_days.record(tx, "feed", "", MONDAY.date(), Freshness(State.WAITING, 4), now=MONDAY)
        arxiv, feed = editions.close(tx, MONDAY.date(), now=MONDAY + HOUR).sources
        (day,) = source_days.since(tx, "feed", MONDAY.date())[""]
    assert (feed.state, day.state) == (State.STALLED, State.STALLED)
    assert (arxiv.state, arxiv.new) == (State.FRESH, 7)
    assert arxiv.lacking == (
        CategoryStatus("b", State.STALLED, 2, "short"),
        CategoryStatus("c", State.FAILED, 0, "no answer"),
    )


CHECKPOINT = Checkpoint((("https://a.org/", '"x"'), ("https://b.org/", "y")), (("https://a.org/", "Mon"),), "2604.1")


def test_a_checkpoint_comes_back_as_it_was_and_a_failure_leaves_it(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        assert editions.checkpoint(tx, "feed") is None
        editions.record_fetch(tx, "feed", Freshness(State.FRESH), now=MONDAY, checkpoint=CHECKPOINT)
        editions.record_fetch(tx, "feed", Freshness(State.FAILED), now=MONDAY + HOUR, checkpoint=Checkpoint())
        assert editions.checkpoint(tx, "feed") == CHECKPOINT
        editions.record_fetch(tx, "feed", Freshness(State.FRESH), now=MONDAY + HOUR, checkpoint=Checkpoint())
        assert editions.checkpoint(tx, "feed") == Checkpoint()
        assert editions.checkpoint(tx, "other") is None


def test_fetches_are_found_by_their_moment_without_reading_them_all(engine: sa.Engine) -> None:
    """They are never pruned, and every visit of a page asks for the last."""
    row = {"state": "fresh", "items": 1, "new": 0, "skipped": 0, "note": ""}
    rows = [{"source": "feed", "fetched_at": MONDAY + n * HOUR, **row} for n in range(2_000)]
    with writing(engine) as tx:
        tx.execute(sa.insert(metadata.tables["fetches"]), rows)
        tx.execute(sa.text("ANALYZE"))
        assert "ix_fetches_fetched_at" in plan_of(tx, editions.last_fetch)


def plan_of(tx: sa.Connection, ask: Callable[[sa.Connection], object]) -> str:
    """How the database goes about the last statement that a question sends."""
    sent: list[tuple[str, Any]] = []

    def note(_tx: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        sent.append((statement, parameters))

    sa.event.listen(tx, "before_cursor_execute", note)
    ask(tx)
    sa.event.remove(tx, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
    return str(tx.exec_driver_sql(f"{explain} {sent[-1][0]}", sent[-1][1]).all())


def test_editions_come_a_page_at_a_time_newest_first(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for number in range(3):
            announce(tx, number)
            editions.close(tx, MONDAY.date() + number * DAY, now=MONDAY + number * DAY)
        first = editions.page(tx, limit=2)
        second = editions.page(tx, limit=2, before=first[-1].day)
    assert [edition.day.day for edition in first + second] == [22, 21, 20]
    assert [edition.papers for edition in first] == [1, 1]
