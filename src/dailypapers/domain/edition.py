"""An edition: the closed set of one day's announcements."""

import datetime as dt
from dataclasses import dataclass

from dailypapers.domain.source import SourceStatus, State


@dataclass(frozen=True, slots=True)
class Edition:
    """A closed day. Its papers never change; what arrives later belongs to the next one."""

    id: int
    day: dt.date
    closed_at: dt.datetime
    papers: int
    sources: tuple[SourceStatus, ...]


def status_line(sources: tuple[SourceStatus, ...]) -> str:
    """Say in one line what a reader should know of today's sources; empty where all is well."""
    doubtful = [
        f"{s.source} {_WORDS[s.state]}" for s in sources if s.state in {State.FAILED, State.STALLED, State.WAITING}
    ]
    if not doubtful:
        return ""
    return f"Today {'; '.join(doubtful)}. What is missing follows as soon as it can be had."


_WORDS = {
    State.FAILED: "could not be reached",
    State.STALLED: "had nothing new although it should have",
    State.WAITING: "had not announced yet",
}
