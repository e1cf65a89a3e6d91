"""The digest: most relevant first, each paper with its reason, small enough not to be cut off.

    entry → item (foreign text made plain, once for both parts) → templates → packed until it fits

Does not know how the mail travels, nor who reads it.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import jinja2

from dailypapers.domain.digest import Digest, Entry, QuietEntry
from dailypapers.domain.link import Links
from dailypapers.domain.message import Message
from dailypapers.domain.source import source_name
from dailypapers.domain.subscriber import AS_USUAL, Abstracts, Style
from dailypapers.errors import BadSettings
from dailypapers.rendering.environment import in_words, translator_of
from dailypapers.rendering.html import at_most, encoded_size
from dailypapers.rendering.text import extract, one_line, parted, safe_url, shortened

#: Gmail cuts a mail's HTML off at about 102 KB; measured between 99 and 105 KB, so a mail stays well below in all.
MAX_BYTES = 80_000
#: A subject is shown up to about here; shorter ones than ten characters look like spam.
SUBJECT_AT_MOST, SUBJECT_AT_LEAST = 78, 10
#: So many authors are named; four names fit on a line.
_AUTHORS = 4
#: Nothing foreign is longer than this, so that one paper cannot fill a mail.
_TITLE, _AUTHOR, _LABEL, _REASON, _STATUS = 300, 60, 40, 240, 400
#: So much of a title tells what a link is about to somebody who hears links without what stands around them. Nobody
#: hears the ellipsis, and four a paper take bytes.
_BRIEF = 24
_NOTES = 3
#: So many quiet topics are named, each with so much of it and of the nearest paper's title that it takes a line or two.
_QUIET, _TOPIC, _NEAREST = 5, 60, 90
_DATA = re.compile(r"https?://(?:www\.)?(?:zenodo\.org|figshare\.com|huggingface\.co/datasets|kaggle\.com/datasets)/")


@dataclass(frozen=True, slots=True)
class _Shown:
    """How much of its abstract an entry shows: so many characters, two or three lines of a wide window, or all."""

    length: int
    whole: bool = False


_FULL, _HALF, _BARE = _Shown(220), _Shown(110), _Shown(0)
#: What each choice comes down to, step by step, until the mail is small enough; then the last entries go.
_STEPS = {
    Abstracts.WHOLE: (_Shown(220, whole=True), _FULL, _HALF),
    Abstracts.EXTRACT: (_FULL, _HALF),
    Abstracts.NONE: (_BARE,),
}


@dataclass(frozen=True, slots=True)
class _Author:
    """A name; whether the reader follows it, and whether others that are not shown stand before it."""

    name: str
    followed: bool
    gap: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """What a template shows of an entry: plain, bounded text, and addresses that are safe to link to."""

    title: str
    brief: str
    url: str
    authors: tuple[_Author, ...]
    more_authors: int
    extract: str
    rest: str
    reason: str
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    upvotes: int
    code_url: str
    has_data: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class _Quiet:
    """What a template shows of a topic on which nothing came; empty title: no paper comes near."""

    topic: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """A message's two parts, and their bytes as they travel."""

    html: str
    text: str
    size: int


def render_digest(
    env: jinja2.Environment,
    digest: Digest,
    *,
    day: dt.date,
    links: Links,
    style: Style = AS_USUAL,
    status: str = "",
    name: str = "Daily Papers",
    template: str = "digest",
) -> Message:
    """Return the digest's message; both parts together travel in at most 80 KB, the link to unsubscribe always in them.

    `status` is the line about sources that were late or down, `name` what the list is called, `template` the folder
    below `email/`. Entries that do not fit are in neither part: both count them and lead to the copy on the web. Who
    reads text only gets a message without HTML. Raises `BadSettings` where the template itself is larger than a mail
    may be.
    """
    values = {
        "day": day,
        "links": links,
        "status": shortened(status, _STATUS),
        "list_name": shortened(name, _TITLE),
        "trending": digest.trending,
        "notes": [shortened(in_words(note, translator_of(env)), _REASON) for note in digest.notes[:_NOTES]],
        "voted": digest.voted,
        "quiet": [_quiet(quiet) for quiet in digest.quiet[:_QUIET]],
        "more_quiet": len(digest.quiet[_QUIET:]),
        "quiet_days": digest.quiet_days,
        "instead": digest.instead,
        "total": len(digest.entries),
        # A reader back from a pause gets more days than the one edition holds.
        "considered": digest.considered if digest.considered >= len(digest.entries) else 0,
    }
    maker = _Maker(env, template, digest, values, links.feedback, style.text_only)
    parts = maker.fitting(_STEPS[style.abstracts])
    top = shortened(digest.entries[0].paper.title, _TITLE) if digest.entries else ""
    return Message(_subject(env.get_template(f"email/{template}/subject.txt"), values, top), parts.text, parts.html)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes a digest's parts, with as many entries and as much of each as it is told."""

    env: jinja2.Environment
    folder: str
    digest: Digest
    values: Mapping[str, object]
    feedback: Mapping[str, str]
    text_only: bool

    def fitting(self, steps: Sequence[_Shown]) -> _Parts:
        """Cut each abstract first, then drop entries from the end, where the least relevant are."""
        count, size = len(self.digest.entries), 0
        for shown in steps:
            parts = self._parts(count, shown)
            if parts.size <= MAX_BYTES:
                return parts
            size = parts.size
        while count:
            count = min(count - 1, count * MAX_BYTES // size)
            parts = self._parts(count, steps[-1])
            if parts.size <= MAX_BYTES:
                return parts
            size = parts.size
        raise BadSettings(
            f"email/{self.folder}: without any papers the email is {size} bytes; the limit is {MAX_BYTES}."
        )

    def _parts(self, count: int, shown: _Shown) -> _Parts:
        values = {
            **self.values,
            "items": [self._item(entry, shown) for entry in self.digest.entries[:count]],
            "outside": [self._item(entry, _BARE) for entry in self.digest.outside],
        }
        html = "" if self.text_only else self._template("body.html").render(values)
        text = self._template("body.txt").render(values).strip() + "\n"
        least = at_most(html) + at_most(text)
        return _Parts(html, text, least if least <= MAX_BYTES else encoded_size(html) + encoded_size(text))

    def _template(self, file: str) -> jinja2.Template:
        return self.env.get_template(f"email/{self.folder}/{file}")

    def _item(self, entry: Entry, shown: _Shown) -> _Item:
        paper, sources = entry.paper, [source_name(source) for source in entry.sources[:3]]
        authors = tuple(_authors(paper.authors, entry.followed))
        title = shortened(paper.title, _TITLE) or one_line(str(paper.id))
        begins, rest = _abstract(paper.abstract, shown)
        apart = self.env.filters["isolated"]
        return _Item(
            title=title,
            brief=shortened(title, _BRIEF).rstrip("…"),
            url=safe_url(paper.url),
            authors=authors,
            more_authors=len(paper.authors) - len(authors),
            extract=begins,
            rest=rest,
            reason=shortened(in_words(entry.reason, translator_of(self.env)), _REASON),
            labels=tuple(apart(shortened(label, _LABEL)) for label in paper.categories[:1] if label),
            sources=tuple(apart(shortened(source, _LABEL)) for source in sources if source),
            upvotes=entry.upvotes,
            code_url=safe_url(paper.code_url),
            has_data=bool(_DATA.match(paper.code_url)),
            feedback=safe_url(self.feedback.get(str(paper.id), "")),
        )


def _quiet(quiet: QuietEntry) -> _Quiet:
    topic, paper = shortened(quiet.topic, _TOPIC), quiet.nearest
    if paper is None:
        return _Quiet(topic, "", "")
    return _Quiet(topic, shortened(paper.title, _NEAREST) or one_line(str(paper.id)), safe_url(paper.url))


def _abstract(text: str, shown: _Shown) -> tuple[str, str]:
    if shown.whole:
        return parted(text, shown.length)
    return (extract(text, shown.length) if shown.length else "", "")


def _authors(names: Sequence[str], followed: Sequence[str]) -> Iterator[_Author]:
    """Yield the first authors, and of the others those the reader follows, wherever they stand."""
    before = -1
    for place in [n for n, name in enumerate(names) if n < _AUTHORS or name in followed][: 2 * _AUTHORS]:
        yield _Author(shortened(names[place], _AUTHOR), names[place] in followed, gap=place > before + 1)
        before = place


def _subject(template: jinja2.Template, values: Mapping[str, object], top: str) -> str:
    """Return the top pick's title as far as it fits, how many more, and the day with its year.

    No two of one reader are the same: there is one digest of a day.
    """
    frame = one_line(template.render(values, title=""))
    title = top or str(values["list_name"])
    subject = one_line(template.render(values, title=shortened(title, SUBJECT_AT_MOST - len(frame) - 1)))
    if len(subject) < SUBJECT_AT_LEAST:
        room = SUBJECT_AT_MOST - len(subject) - 2
        subject = f"{shortened(str(values['list_name']), room)}: {subject}"
    return shortened(subject, SUBJECT_AT_MOST)
