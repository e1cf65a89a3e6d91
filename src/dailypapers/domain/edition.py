"""An edition: the closed set of one day's announcements."""

import datetime as dt
from dataclasses import dataclass

from dailypapers.domain.i18n import N_, Translator, untranslated
from dailypapers.domain.source import SourceStatus, State, source_name


@dataclass(frozen=True, slots=True)
class Edition:
    """A closed day. Its papers never change; what arrives later belongs to the next one."""

    id: int
    day: dt.date
    closed_at: dt.datetime
    papers: int
    sources: tuple[SourceStatus, ...]


def doubts(sources: tuple[SourceStatus, ...], translate: Translator = untranslated) -> str:
    """Say in one line which of the day's sources were late, short or down; empty where all is well."""
    doubtful = [translate(_WORDS[s.state]).format(source=source_name(s.source)) for s in sources if s.state in _WORDS]
    if not doubtful:
        return ""
    return translate(_LINE).format(doubtful=translate.enumeration(doubtful))


_LINE = N_("Today {doubtful}. Missing papers will follow as soon as they are available.")
_WORDS = {
    State.FAILED: N_("{source} could not be reached"),
    State.STALLED: N_("{source} had no new papers although some were expected"),
    State.WAITING: N_("{source} had not announced its papers yet"),
}
