"""How fresh a source is: what its answer and the store say, judged by one rule.

Pure. Freshness is decided by ids that nobody knew before, never by a feed's dates, its length or its emptiness. Does
not know how the evidence is gathered; `intake.freshness` does.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dailypapers.domain.source import Fetched, Freshness, SourceStatus, State

#: A source is asked for its habits as far back as this: an outage of two weeks must not yet look like one.
HABIT = dt.timedelta(days=28)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a source right after its answer has been stored."""

    answer: Fetched
    #: Announcements that this source had not made before: new papers and cross-lists, and replacements.
    new: int = 0
    replaced: int = 0
    #: The highest id it had announced before this answer; empty where none is known or its ids have no order.
    highest_before: str = ""
    #: Its fetches of the last `HABIT`, oldest first, without this one.
    history: Sequence[SourceStatus] = ()


def judge(evidence: Evidence, *, now: dt.datetime) -> Freshness:
    """Judge how far a source can be trusted at this moment, and say why in a note for the operator.

    Fresh is only what brought an announcement nobody knew. Everything else is quiet where nothing was to be expected (a
    weekend, a second look on one day, a source that seldom announces), and otherwise waiting.
    """
    answer = evidence.answer
    if answer.failure:
        return Freshness(State.FAILED, note=answer.failure)
    state, why = _state(evidence, now)
    return Freshness(state, answer.items, evidence.new, len(answer.skipped), _note(evidence, why))


def _state(evidence: Evidence, now: dt.datetime) -> tuple[State, str]:
    if evidence.new or evidence.replaced:
        return State.FRESH, ""
    zone = ZoneInfo(evidence.answer.zone)
    today = now.astimezone(zone).date()
    fetches_today = (fetch for fetch in evidence.history if fetch.fetched_at.astimezone(zone).date() == today)
    if any(fetch.state is State.FRESH for fetch in fetches_today):
        return State.QUIET, "Everything it announced today was already known"
    if today.weekday() >= _SATURDAY:
        return State.QUIET, "Nothing is expected at a weekend"
    if _seldom_announces(evidence.history, today, zone):
        return State.QUIET, "It seldom announces on a weekday"
    return State.WAITING, "New papers were expected"


def _seldom_announces(history: Sequence[SourceStatus], today: dt.date, zone: ZoneInfo) -> bool:
    """Whether it brought something new on less than half of the weekdays on which it answered."""
    new_by_day: dict[dt.date, int] = {}
    for fetch in history:
        day = fetch.fetched_at.astimezone(zone).date()
        if day < today and day.weekday() < _SATURDAY and fetch.state is not State.FAILED:
            new_by_day[day] = new_by_day.get(day, 0) + fetch.new
    busy_days = sum(new > 0 for new in new_by_day.values())
    return 2 * busy_days < len(new_by_day)


def _note(evidence: Evidence, why: str) -> str:
    sentences = (", ".join(_counts(evidence)), why, *evidence.answer.remarks)
    return ". ".join(sentence.rstrip(".") for sentence in sentences if sentence) + "."


def _counts(evidence: Evidence) -> Iterator[str]:
    answer = evidence.answer
    yield "1 item" if answer.items == 1 else f"{answer.items} items"
    if answer.items:
        yield f"{evidence.new or 'none'} new"
    if answer.skipped:
        yield f"{len(answer.skipped)} skipped"
    if evidence.highest_before and evidence.highest_before == answer.checkpoint.highest_id:
        yield f"highest id {evidence.highest_before} as before"
    if answer.unchanged:
        yield f"{answer.unchanged} of {answer.asked} answers unchanged since last time (304)"
