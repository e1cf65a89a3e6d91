"""How fresh a source is: what its answer and the store say, judged by one rule.

Pure. Freshness is decided by ids that nobody knew before, never by a feed's dates, its length or its emptiness. Does
not know how the evidence is gathered; `intake.freshness` does.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from zoneinfo import ZoneInfo

from dailypapers.domain.source import Fetched, Freshness, SourceDay, State

#: A source is asked for its habits as far back as this: an outage of two weeks must not yet look like one.
HABIT = dt.timedelta(days=35)
_SATURDAY = 5
#: Days of one kind from which a habit is read; fewer tell nothing.
_ENOUGH_DAYS = 3
#: A day on which less than this share of the usual came is not over; of small numbers it says nothing.
_SHORT = 0.25
#: Where a second route can tell, it is asked from here on: that costs a page, and half a feed is seen.
_DOUBTFUL = 0.7
_SHORT_OF = 10
#: Papers a day from which a category is missed although others of its source have come; fewer fail to come at times.
_MISSED = 5
#: What a source is called for its categories together: the first of these that one of them is in.
_GRAVEST = (State.FRESH, State.FAILED, State.STALLED, State.WAITING, State.QUIET)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a source, or of one of its categories, right after its answer has been stored."""

    answer: Fetched
    #: Announcements that this source had not made before: new papers and cross-lists, and replacements.
    new: int = 0
    replaced: int = 0
    #: The highest id it had announced before this answer; empty where none is known or its ids have no order.
    highest_before: str = ""
    #: Its days of the last `HABIT`, oldest first; today's, if it was asked before, among them.
    history: Sequence[SourceDay] = ()
    #: Whether other categories of the source have given something new today: then it does announce today.
    has_fresh_siblings: bool = False


def day_of(answer: Fetched, now: dt.datetime) -> dt.date:
    """Return which day it is where the source is."""
    return now.astimezone(ZoneInfo(answer.zone)).date()


def judge(evidence: Evidence, *, now: dt.datetime) -> Freshness:
    """Judge how far a source can be trusted at this moment, and say why in a note for the operator.

    Fresh is only what brought announcements nobody knew, and about as many as usual. Everything else is quiet where
    nothing was to be expected (a weekend, a holiday, a second look on one day, a source that seldom announces), and
    otherwise waiting.
    """
    answer = evidence.answer
    if answer.failure:
        return Freshness(State.FAILED, note=answer.failure)
    state, why = _state(evidence, day_of(answer, now))
    return Freshness(state, answer.items, evidence.new, len(answer.skipped), _note(evidence, why))


def together(whole: Freshness, by_category: Mapping[str, Freshness]) -> Freshness:
    """Call a source what its categories are: fresh if one is, or else the gravest; the note names those that lack."""
    if not by_category:
        return whole
    states = {freshness.state for freshness in by_category.values()}
    lacking = [
        f"{category}: {freshness.note.rstrip('.')}"
        for category, freshness in by_category.items()
        if freshness.state in _LACKING and freshness.state is not State.FAILED  # Failures are among the remarks.
    ]
    note = ". ".join([whole.note.rstrip("."), *lacking]) + "."
    return replace(whole, state=gravest(states), note=note)


def gravest(states: Collection[State]) -> State:
    """Return what a source is called whose categories are in these states, one at least."""
    return next(state for state in _GRAVEST if state in states)


_LACKING = (State.WAITING, State.STALLED, State.FAILED)


def lacks(state: State) -> bool:
    """Whether something of a day is missing."""
    return state in _LACKING


def after(before: State | None, now: State) -> State:
    """Return a day's state after one more look at the source.

    What has come stays come, whatever a later look says; and what is given up stays so until something comes.
    """
    if before is State.FRESH or now is State.FRESH:
        return State.FRESH
    return State.STALLED if before is State.STALLED and now is State.WAITING else now


def usual(history: Sequence[SourceDay], day: dt.date, *, is_daily: bool = False) -> float | None:
    """Return how many new papers are usual on such a day: the median of this weekday, or of all working days.

    `None` where too few days are known. A source that announces daily by its own word does not make a habit of its
    outages: days on which it stalled are left out. Of others they count, for that may be how they are.
    """
    left_out = {State.FAILED, State.STALLED} if is_daily else {State.FAILED}
    counted = [each for each in history if each.day < day and each.state not in left_out]
    same = [each.new for each in counted if each.day.weekday() == day.weekday()]
    if len(same) >= _ENOUGH_DAYS:
        return median(same)
    if day.weekday() >= _SATURDAY:
        return None
    working = [each.new for each in counted if each.day.weekday() < _SATURDAY]
    return median(working) if working else None


#: A source that was not asked for longer than this is not asked every day.
ASKED_WITHIN = dt.timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source, or one of its categories, stands: what came on its last day, against what is usual."""

    source: str
    #: Empty for the source as a whole.
    category: str
    last: SourceDay
    #: New papers that are usual on such a day; `None` where too few days are known.
    usual: float | None
    #: When it last gave something new; `None` where it has not within the days that are looked at.
    new_at: dt.datetime | None
    #: The first day of which something is missing; `None` where nothing is.
    out_since: dt.date | None
    #: Whether it has not been asked for more than a day.
    is_unasked: bool
    #: How many days in a row something is missing of, without quiet ones between them and one that is not over.
    days_out: int = 0

    @property
    def needs_attention(self) -> bool:
        """Whether an operator should have a look."""
        is_over = self.last.state in {State.STALLED, State.FAILED}
        return self.is_unasked or is_over or (self.out_since is not None and self.out_since < self.last.day)


def standing(source: str, category: str, days: Sequence[SourceDay], *, now: dt.datetime) -> Standing:
    """Say how a source stands by its days, oldest first, one at least."""
    last = days[-1]
    out = _days_out(days)
    fetch_moments = [each.fetched_at for each in days if each.fetched_at]
    return Standing(
        source,
        category,
        last,
        usual(days, last.day, is_daily=bool(category)),
        max((each.new_at for each in days if each.new_at), default=None),
        out[0] if out else None,
        not fetch_moments or now - max(fetch_moments) > ASKED_WITHIN,
        len(out) - (bool(out) and last.state is State.WAITING),
    )


def _days_out(days: Sequence[SourceDay]) -> list[dt.date]:
    """Return the last days in a row of which something is missing; quiet weekends do not end an outage."""
    out: list[dt.date] = []
    for each in reversed(days):
        if lacks(each.state):
            out.append(each.day)
        elif each.state is not State.QUIET or each.day.weekday() < _SATURDAY:
            break
    return out[::-1]


def days_to_repair(
    history: Sequence[SourceDay], *, since: dt.date, today: dt.date, is_quiet: Callable[[dt.date], bool]
) -> list[dt.date]:
    """Return the days from `since` to yesterday of which something is missing, or on which nobody asked."""
    state_of = {each.day: each.state for each in history}
    days = (since + dt.timedelta(days=n) for n in range((today - since).days))
    return [day for day in days if not is_quiet(day) and (day not in state_of or lacks(state_of[day]))]


def _state(evidence: Evidence, today: dt.date) -> tuple[State, str]:
    answer, history = evidence.answer, evidence.history
    earlier_today = sum(each.new for each in history if each.day == today)
    new_today = evidence.new + earlier_today
    expected = usual(history, today, is_daily=answer.is_daily)
    was_fresh = any(each.day == today and each.state is State.FRESH for each in history)
    least = (_DOUBTFUL if answer.is_verifiable else _SHORT) * (expected or 0.0)
    # What was fresh before has been found to be enough, or the second route has said so.
    if _is_short(new_today, expected, least) and not (answer.quiet_because or was_fresh):
        return State.WAITING, f"About {expected:.0f} new papers are usual on a {today:%A}, {new_today or 'none'} so far"
    if evidence.new or evidence.replaced:
        return State.FRESH, ""
    if was_fresh:
        return State.QUIET, "Everything it announced today was already known"
    if answer.is_whole and earlier_today:
        return State.FRESH, answer.quiet_because
    return _empty(evidence, expected, today)


def _is_short(new_today: int, expected: float | None, least: float) -> bool:
    return expected is not None and expected >= _SHORT_OF and new_today < least


def _empty(evidence: Evidence, expected: float | None, today: dt.date) -> tuple[State, str]:
    """Tell what it means that nothing new has come today."""
    answer = evidence.answer
    if answer.quiet_because:
        return State.QUIET, answer.quiet_because
    if today.weekday() >= _SATURDAY and not expected:
        return State.QUIET, "Nothing is expected at a weekend"
    if evidence.has_fresh_siblings:
        return _alone(evidence, expected, today)
    if expected == 0:
        return State.QUIET, "It seldom announces on a weekday"
    return State.WAITING, "New papers were expected"


def _alone(evidence: Evidence, expected: float | None, today: dt.date) -> tuple[State, str]:
    """Tell what it means that of a source's categories this one has nothing."""
    days = [each for each in evidence.history if each.day < today and each.state is not State.FAILED]
    if len(days) >= _ENOUGH_DAYS and not any(each.new for each in days):
        return State.WAITING, f"It has announced nothing for {(today - days[0].day).days} days, unlike other categories"
    if expected is not None and expected >= _MISSED:
        return State.WAITING, "New papers were expected, as in other categories"
    return State.QUIET, "Other categories had new papers, this one has few"


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
