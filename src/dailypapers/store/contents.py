"""Contents as JSON: how `domain.content` is kept in a row of the outbox. What has its usual value is left out."""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.digest import QuietTopic
from dailypapers.domain.i18n import LazyString, Pattern
from dailypapers.domain.paper import Signals
from dailypapers.domain.saved import SavedNews
from dailypapers.domain.subscriber import Abstracts, Style

_COUNTS = tuple(each.name for each in fields(Signals))
_PAPERS = 4096


def to_json(content: Content) -> dict[str, object]:
    """Write a content as JSON values."""
    return {
        "text_only": content.style.text_only,
        "abstracts": content.style.abstracts.value,
        "notes": [_note(note) for note in content.notes],
        "papers": {name: _about(about) for name, about in content.papers.items()},
        **_quiet(content),
    }


def _quiet(content: Content) -> dict[str, object]:
    topics = [[quiet.topic, quiet.nearest_id] for quiet in content.quiet]
    document = {"quiet": topics, "quiet_days": content.quiet_days, "instead": content.instead}
    document |= {"considered": content.considered, "in_reply_to": content.in_reply_to}
    document |= {"language": content.style.language, "figures": content.style.figures}
    document |= {"saved": [[_note(news.text), news.url] for news in content.saved]}
    document |= {"group": list(content.group)} if content.group[0] else {}
    document |= {"book": list(content.book), "summary_language": content.summary_language}
    return {name: value for name, value in document.items() if value}


def from_json(document: Mapping[str, Any]) -> Content:
    """Read a content back."""
    return Content(
        _style(document),
        tuple(_sentence(note) for note in document["notes"]),
        {name: _read_about(about) for name, about in document["papers"].items()},
        tuple(QuietTopic(topic, nearest_id) for topic, nearest_id in document.get("quiet", ())),
        document.get("quiet_days", 0),
        document.get("instead", False),
        document.get("considered", 0),
        document.get("in_reply_to", ""),
        tuple(SavedNews(_sentence(text), url) for text, url in document.get("saved", ())),
        summary_language=document.get("summary_language", ""),
        book=tuple(document.get("book", ())),
        group=(stored[0], stored[1]) if (stored := document.get("group")) else (0, 0),
    )


def _style(document: Mapping[str, Any]) -> Style:
    language, figures = document.get("language", ""), document.get("figures", False)
    return Style(bool(document["text_only"]), Abstracts(document["abstracts"]), language, figures)


def _note(note: str) -> object:
    if not isinstance(note, LazyString):
        return note
    return {"pattern": note.pattern, "count": note.many, "values": note.values}


def _sentence(note: str | Mapping[str, Any]) -> str:
    if isinstance(note, str):
        return note
    stored = note["pattern"]
    pattern: Pattern = stored if isinstance(stored, str) else (stored[0], stored[1])
    return LazyString(pattern, count=note["count"], **note["values"])


@lru_cache(maxsize=_PAPERS)
def _about(about: AboutPaper) -> Mapping[str, object]:
    """Return what is said of a paper, the same in the contents of all readers."""
    counted = {name: getattr(about.signals, name) for name in _COUNTS}
    usual = Signals()
    known = {"sources": list(about.sources)} | ({"without_figure": True} if about.without_figure else {})
    return known | {n: count for n, count in counted.items() if count != getattr(usual, n)}


def _read_about(document: Mapping[str, Any]) -> AboutPaper:
    counts = tuple([(name, document[name]) for name in document if name in _COUNTS])
    return _about_of(tuple(document["sources"]), counts, document.get("without_figure", False))


@lru_cache(maxsize=_PAPERS)
def _about_of(sources: tuple[str, ...], counts: tuple[tuple[str, Any], ...], without_figure: bool) -> AboutPaper:
    """Return the same for the same paper of an edition, which stands in many contents."""
    return AboutPaper(sources, Signals(**dict(counts)), without_figure)
