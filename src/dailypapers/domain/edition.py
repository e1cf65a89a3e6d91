"""An edition: the closed set of one day's announcements."""

import datetime as dt
from collections.abc import Iterator
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


def doubts(sources: tuple[SourceStatus, ...], translate: Translator = untranslated, *, is_past: bool = False) -> str:
    """Say in one line which of the day's sources, or of their categories, were late, short or down.

    Empty where all is well. `is_past`: it is read on any later day.
    """
    doubtful = [sentence for status in sources for sentence in _doubts(status, translate)]
    if not doubtful:
        return ""
    return translate(_LINE_OF_PAST if is_past else _LINE).format(doubtful=translate.enumeration(doubtful))


def _doubts(status: SourceStatus, translate: Translator) -> Iterator[str]:
    name = source_name(status.source)
    if status.state in _WORDS:
        yield translate(_words(status.state, status.new)).format(source=name)
        return
    by_words: dict[str, list[str]] = {}
    for lacking in status.lacking:
        by_words.setdefault(_words(lacking.state, lacking.new), []).append(lacking.category)
    for words, categories in by_words.items():
        yield translate(words).format(source=f"{name} ({', '.join(categories)})")


def _words(state: State, new: int) -> str:
    return _SHORT if new and state is not State.FAILED else _WORDS[state]


_LINE = N_("Today {doubtful}. Missing papers will follow as soon as they are available.")
_LINE_OF_PAST = N_("That day, {doubtful}. Papers missing here are in later editions.")
_WORDS = {
    State.FAILED: N_("{source} could not be reached"),
    State.STALLED: N_("{source} had no new papers although some were expected"),
}
_SHORT = N_("{source} had fewer new papers than expected")
