"""Contents as JSON: how `domain.content` is kept in a row of the outbox. What has its usual value is left out."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from dailypapers.domain.content import AboutPaper, Content, GroupSnapshot
from dailypapers.domain.digest import QuietTopic
from dailypapers.domain.i18n import LazyString, Pattern
from dailypapers.domain.paper import Signals
from dailypapers.domain.saved import Remark, SavedNews
from dailypapers.domain.subscriber import Abstracts, Style

_COUNTS = tuple(each.name for each in fields(Signals))
_PAPERS = 4096
#: Contents that are kept for the next mails; one without papers is some 100 bytes.
_CONTENTS = 1024
#: What a bit of a paper's number `known` stands for, from the lowest on; new ones come last.
_KNOWN = (
    *("figure", "summary", "abstract", "authors", "categories", "code_url", "published", "url", "organization"),
    *("ai_summary", "ai_keywords", "project_url", "thumbnail_url", "media_urls", "comment", "journal", "affiliations"),
    *("pdf_url", "html_url", "models", "datasets", "tldr"),
)
#: What an earlier version stored as `without_figure`: nothing else was settled.
_WITHOUT_FIGURE = (1 << len(_KNOWN)) - 1 - (1 << _KNOWN.index("figure"))


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
    document |= {"remarks": {name: [each.collection, each.note] for name, each in content.remarks.items()}}
    document |= {"group_snapshot": _snapshot(content.group_snapshot) if content.group_snapshot else None}
    return {name: value for name, value in document.items() if value}


def from_json(document: Mapping[str, Any]) -> Content:
    """Read a content back."""
    return Content(
        _style(document),
        tuple(_sentence(note) for note in document["notes"]),
        {name: _read_about(name, about) for name, about in document["papers"].items()},
        tuple(QuietTopic(topic, nearest_id) for topic, nearest_id in document.get("quiet", ())),
        document.get("quiet_days", 0),
        document.get("instead", False),
        document.get("considered", 0),
        document.get("in_reply_to", ""),
        tuple(SavedNews(_sentence(text), url) for text, url in document.get("saved", ())),
        summary_language=document.get("summary_language", ""),
        book=tuple(document.get("book", ())),
        remarks={name: Remark(*kept) for name, kept in document.get("remarks", {}).items()},
        group=(stored[0], stored[1]) if (stored := document.get("group")) else (0, 0),
        group_snapshot=_read_snapshot(snapshot) if (snapshot := document.get("group_snapshot")) else None,
    )


def _snapshot(group: GroupSnapshot) -> list[str]:
    closes_on = group.ballot_closes_on
    return [group.name, group.zone, closes_on.isoformat() if closes_on else ""]


def _read_snapshot(stored: Sequence[str]) -> GroupSnapshot:
    name, zone, closes_on = stored
    return GroupSnapshot(name, zone, dt.date.fromisoformat(closes_on) if closes_on else None)


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
    settled = {} if about.known is None else {"known": _to_bits(about.known)}
    told = {name: count for name, count in counted.items() if count != getattr(usual, name)}
    return {"sources": list(about.sources)} | settled | told


def _to_bits(known: frozenset[str]) -> int:
    return sum(1 << n for n, name in enumerate(_KNOWN) if name in known)


@lru_cache(maxsize=_PAPERS)
def about_to_text(about: AboutPaper) -> str:
    """Write what stood beside a paper as JSON; the same text for whom the same is said of it."""
    return json.dumps(_about(about))


@lru_cache(maxsize=_PAPERS)
def about_from_text(text: str) -> AboutPaper:
    """Read back what stood beside a paper."""
    return _about_in(json.loads(text))


@lru_cache(maxsize=_CONTENTS)
def from_text(document: str) -> Content:
    """Read a content back from JSON; that of most digests of an edition is the same."""
    return from_json(json.loads(document))


#: What was read last of a paper, by its name: in the contents of most readers the same is said of it.
_last_read: dict[str, tuple[Mapping[str, Any], AboutPaper]] = {}


def _read_about(name: str, document: Mapping[str, Any]) -> AboutPaper:
    last = _last_read.get(name)
    if last is None or last[0] != document:
        if len(_last_read) >= _PAPERS:
            _last_read.clear()
        last = _last_read[name] = ({**document}, _about_in(document))
    return last[1]


def _about_in(document: Mapping[str, Any]) -> AboutPaper:
    counts = tuple([(name, document[name]) for name in document if name in _COUNTS])
    known = document.get("known", _WITHOUT_FIGURE if document.get("without_figure") else None)
    return _about_of(tuple(document["sources"]), counts, known)


@lru_cache(maxsize=_PAPERS)
def _about_of(sources: tuple[str, ...], counts: tuple[tuple[str, Any], ...], known: int | None) -> AboutPaper:
    """Return the same for the same paper of an edition, which stands in many contents."""
    names = None if known is None else frozenset(name for n, name in enumerate(_KNOWN) if known >> n & 1)
    return AboutPaper(sources, Signals(**dict(counts)), names)
