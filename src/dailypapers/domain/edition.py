"""An edition: the closed set of one day's announcements."""

import datetime as dt
from dataclasses import dataclass

from dailypapers.domain.i18n import N_, Translator, untranslated
from dailypapers.domain.source import SourceStatus, State


@dataclass(frozen=True, slots=True)
class Edition:
    """A closed day. Its papers never change; what arrives later belongs to the next one."""

    id: int
    day: dt.date
    closed_at: dt.datetime
    papers: int
    sources: tuple[SourceStatus, ...]


def status_line(sources: tuple[SourceStatus, ...], say: Translator = untranslated) -> str:
    """Say in one line what a reader should know of today's sources, by `say` translated; empty where all is well."""
    doubtful = [say(_WORDS[s.state]).format(source=s.source) for s in sources if s.state in _WORDS]
    if not doubtful:
        return ""
    return say(_LINE).format(doubtful=say(_SEMICOLON).join(doubtful))


_SEMICOLON = N_("; ")
_LINE = N_("Today {doubtful}. What is missing follows as soon as it can be had.")
_WORDS = {
    State.FAILED: N_("{source} could not be reached"),
    State.STALLED: N_("{source} had nothing new although it should have"),
    State.WAITING: N_("{source} had not announced yet"),
}
