"""What is said of a source in the morning, and when nothing is."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.source import Freshness, State
from dailypapers.intake.status import lacks_of_week, sentence, standings, worth_telling
from dailypapers.store import editions, source_days
from dailypapers.store.database import writing

FRIDAY = dt.datetime(2026, 4, 17, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_what_left_the_settings_is_no_longer_told(engine: sa.Engine) -> None:
    later = FRIDAY + 3 * DAY
    with writing(engine) as tx:
        for category in ("", "cs.AI", "cs.CV"):
            source_days.record(tx, "arxiv", category, FRIDAY.date(), Freshness(State.FRESH, new=3), now=FRIDAY)
        source_days.record(tx, "nature", "", FRIDAY.date(), Freshness(State.FRESH, new=3), now=FRIDAY)
        assert all(each.needs_attention for each in standings(tx, now=later))
        for category in ("", "cs.AI"):
            source_days.record(tx, "arxiv", category, later.date(), Freshness(State.FRESH, new=3), now=later)
        listed = [(each.source, each.category) for each in standings(tx, now=later)]
        assert listed == [("arxiv", ""), ("arxiv", "cs.AI")]
        *_, nature = standings(tx, now=later, sources={"arxiv", "nature"})
    assert sentence(nature).startswith("nature has not been fetched since 2026-04-17 08:00 UTC; the last new paper")


def test_sources_are_followed_by_their_categories_and_only_trouble_is_told(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for n, state in enumerate((State.FRESH, State.QUIET, State.QUIET, State.FRESH, State.STALLED)):
            now = FRIDAY + n * DAY
            fresh = Freshness(state, new=4 if state is State.FRESH else 0)
            source_days.record(tx, "arxiv", "", now.date(), fresh, now=now)
            source_days.record(tx, "arxiv", "cs.AI", now.date(), fresh, now=now)
            source_days.record(tx, "other", "", now.date(), Freshness(State.WAITING), now=now)
        listed = standings(tx, now=now, sources={"arxiv"})
        assert [(each.source, each.category, each.usual) for each in listed] == [
            ("arxiv", "", 4),
            ("arxiv", "cs.AI", 4),
        ]
        assert [each.source for each in standings(tx, now=now)] == ["arxiv", "arxiv", "other"]
    assert sentence(listed[1]) == (
        "arXiv cs.AI: stalled on 2026-04-21; the last new paper came on 2026-04-20 at 08:00 UTC."
    )


def test_an_operator_is_told_of_what_is_out_for_two_days_in_a_row(engine: sa.Engine) -> None:
    states = (State.FRESH, State.STALLED, State.QUIET, State.QUIET, State.FAILED, State.WAITING)
    told = []
    with writing(engine) as tx:
        # From a Thursday to a Tuesday.
        for n, state in enumerate(states):
            now = FRIDAY + (n - 1) * DAY
            for category, here in (("", State.FRESH), ("cs.AI", state), ("cs.CV", State.FRESH)):
                source_days.record(tx, "arxiv", category, now.date(), Freshness(here, new=1), now=now)
            for category in ("", "cs.AI"):
                source_days.record(tx, "mirror", category, now.date(), Freshness(state), now=now)
            told.append(worth_telling(standings(tx, now=now)))
    assert [len(each) for each in told] == [0, 0, 0, 0, 2, 2]
    assert told[4][0].startswith("arXiv cs.AI: failed since 2026-04-17 (4 days); ")
    assert told[4][1] == "mirror: failed since 2026-04-17 (4 days); nothing new yet."


def test_what_was_out_and_is_well_again_is_told_for_a_week(engine: sa.Engine) -> None:
    """A source that was out as a whole is named once, not once more for each of its categories."""
    with writing(engine) as tx:
        for n, (whole, part) in enumerate(((State.STALLED, State.STALLED), (State.FRESH, State.FAILED))):
            now = FRIDAY + n * DAY
            editions.record_fetch(tx, "arxiv", Freshness(whole), now=now)
            editions.record_fetch(tx, "arxiv", Freshness(part), now=now, category="cs.AI")
            editions.close(tx, now.date(), now=now)
        later = FRIDAY + 2 * DAY
        for category in ("", "cs.AI"):
            for n, state in enumerate((State.FRESH, State.STALLED if category else State.FRESH, State.FRESH)):
                when = FRIDAY + n * DAY
                source_days.record(tx, "arxiv", category, when.date(), Freshness(state, new=3), now=later)
        listed = standings(tx, now=later)
        whole_lack, part_lack = lacks_of_week(tx, listed, now=later)
        assert lacks_of_week(tx, listed, now=later + 8 * DAY) == ()
    assert whole_lack.sentence() == "arXiv lacked papers in the edition of 2026-04-17; they have come since."
    assert part_lack.sentence() == (
        "arXiv cs.AI lacked papers in the editions of 2026-04-17, 2026-04-18; "
        "not all of those days could be asked for again."
    )
