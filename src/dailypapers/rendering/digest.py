"""The digest: most relevant first, each paper with its reason, small enough not to be cut off.

    entry → item (foreign text made plain, once for both parts) → templates → packed until it fits

Does not know how the mail travels, nor who reads it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import jinja2

from dailypapers.domain.digest import Digest, Entry
from dailypapers.domain.link import Links
from dailypapers.domain.message import Message
from dailypapers.errors import BadSettings
from dailypapers.rendering.html import encoded_size
from dailypapers.rendering.text import extract, one_line, safe_url, shortened, source_name

#: Gmail cuts a mail's HTML off at about 102 KB; measured between 99 and 105 KB, so we stay well below.
MAX_BYTES = 80_000
#: Characters of the abstract that are shown, two or three lines of a wide window: all entries get as much as fits.
EXTRACTS = (220, 110, 0)
#: A subject is shown up to about here; shorter ones than ten characters look like spam.
SUBJECT_AT_MOST, SUBJECT_AT_LEAST = 78, 10
#: So many authors are named; four names fit on a line.
_AUTHORS = 4
#: Nothing foreign is longer than this, so that one paper cannot fill a mail.
_TITLE, _AUTHOR, _LABEL, _REASON, _STATUS = 300, 60, 40, 240, 400
_NOTES = 3


@dataclass(frozen=True, slots=True)
class _Item:
    """What a template shows of an entry: plain, bounded text, and addresses that are safe to link to."""

    title: str
    url: str
    authors: tuple[str, ...]
    more_authors: int
    extract: str
    reason: str
    labels: tuple[str, ...]
    upvotes: int
    code_url: str


def render_digest(
    env: jinja2.Environment,
    digest: Digest,
    *,
    day: dt.date,
    links: Links,
    status: str = "",
    name: str = "Daily Papers",
    template: str = "digest",
) -> Message:
    """The digest's message; its HTML travels in at most 80 KB, the link to unsubscribe always in it.

    `status` is the line about sources that were late or down, `name` what the list is called, `template` the folder
    below `email/`. Entries that do not fit in the HTML are counted there and stand in the text part. Raises
    `BadSettings` where the template itself is larger than a mail may be.
    """
    items = [_item(entry, EXTRACTS[0]) for entry in digest.entries]
    values = {
        "day": day,
        "links": links,
        "status": shortened(status, _STATUS),
        "list_name": one_line(name),
        "trending": digest.trending,
        "notes": [shortened(note, _REASON) for note in digest.notes[:_NOTES]],
        "voted": digest.voted,
        "total": len(items),
        # A reader back from a pause gets more days than the one edition holds.
        "considered": digest.considered if digest.considered >= len(items) else 0,
    }
    text = env.get_template(f"email/{template}/body.txt").render(values, items=items)
    html = _fitting(env.get_template(f"email/{template}/body.html"), digest.entries, values)
    return Message(
        _subject(env.get_template(f"email/{template}/subject.txt"), values, items), text.strip() + "\n", html
    )


def _item(entry: Entry, extract_length: int) -> _Item:
    paper = entry.paper
    sources = [source_name(source) for source in entry.sources]
    return _Item(
        title=shortened(paper.title, _TITLE) or one_line(str(paper.id)),
        url=safe_url(paper.url),
        authors=tuple(shortened(author, _AUTHOR) for author in paper.authors[:_AUTHORS]),
        more_authors=max(len(paper.authors) - _AUTHORS, 0),
        extract=extract(paper.abstract, extract_length) if extract_length else "",
        reason=shortened(entry.reason, _REASON),
        labels=tuple(shortened(label, _LABEL) for label in (*paper.categories[:1], *sources[:3]) if label),
        upvotes=entry.signals.upvotes or 0,
        code_url=safe_url(paper.code_url),
    )


def _fitting(template: jinja2.Template, entries: Sequence[Entry], values: dict[str, object]) -> str:
    """First shorter extracts for all, then fewer entries: the best come first, so the last ones go."""
    size, kept = 0, len(entries)
    for length in EXTRACTS:
        html, size = _measured(template, [_item(entry, length) for entry in entries], values)
        if size <= MAX_BYTES:
            return html
    while kept:
        kept = min(kept - 1, kept * MAX_BYTES // size)
        html, size = _measured(template, [_item(entry, 0) for entry in entries[:kept]], values)
        if size <= MAX_BYTES:
            return html
    raise BadSettings(f"{template.name}: it alone makes a mail of {size} bytes; {MAX_BYTES} are the most.")


def _measured(template: jinja2.Template, items: Sequence[_Item], values: dict[str, object]) -> tuple[str, int]:
    html = template.render(values, items=items)
    # A byte becomes three at the most and every 75 get a line break: small mails need not be encoded to be measured.
    at_most = 16 * len(html.encode("utf-8", "replace")) // 5
    return html, at_most if at_most <= MAX_BYTES else encoded_size(html)


def _subject(template: jinja2.Template, values: dict[str, object], items: Sequence[_Item]) -> str:
    """The top pick's title as far as it fits, how many more, and the day: no two are the same."""
    title = items[0].title if items else str(values["list_name"])
    frame = one_line(template.render(values, title="", items=items))
    subject = template.render(values, title=shortened(title, SUBJECT_AT_MOST - len(frame) - 1), items=items)
    if len(one_line(subject)) < SUBJECT_AT_LEAST:
        subject = f"{values['list_name']}: {subject}"
    return shortened(subject, SUBJECT_AT_MOST)
