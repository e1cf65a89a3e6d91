"""The digest: most relevant first, each paper with its reason, small enough not to be cut off.

    entry → item (`items`) → templates → packed until it fits

Renders one digest for one reader. `two_passes` makes the same mail from what many readers share. Does not know how the
mail travels, nor who reads it.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import jinja2

from dailypapers.domain.channel import is_switched_off
from dailypapers.domain.digest import Digest, Entry
from dailypapers.domain.link import Links, vote_address
from dailypapers.domain.message import Message
from dailypapers.domain.subscriber import AS_USUAL, Style
from dailypapers.errors import BadSettings
from dailypapers.rendering.environment import in_words, translator_of
from dailypapers.rendering.html import most_bytes, weight
from dailypapers.rendering.items import (
    BARE,
    LONGEST_SENTENCE,
    LONGEST_TITLE,
    Item,
    Shown,
    item_of,
    quiet_item,
    reason_of,
    steps_of,
)
from dailypapers.rendering.text import one_line, safe_url, shortened

#: Gmail cuts a mail's HTML off at about 102 KB; measured between 99 and 105 KB, so a mail stays well below in all.
MAX_BYTES = 80_000
#: Soft line breaks around what is filled in for a reader are not foreseen in a part's size.
_FOR_BREAKS = 1_000
#: A subject is shown up to about here; shorter ones than ten characters look like spam.
SUBJECT_AT_MOST, SUBJECT_AT_LEAST = 78, 10
_STATUS = 400
_NOTES = 3
#: So many things that became of saved papers are told.
_SAVED_NEWS = 20
#: So many quiet topics are named.
_QUIET = 5


class HasSize(Protocol):
    """What is packed."""

    @property
    def size(self) -> int:
        """Return the bytes it takes at most as it travels."""
        ...


T = TypeVar("T", bound=HasSize)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A message's two parts, and their bytes as they travel."""

    html: str
    text: str

    @property
    def size(self) -> int:
        return most_bytes(weight(self.html) + weight(self.text))


@dataclass(frozen=True, slots=True)
class Frame:
    """What every mail of one list and day says around its papers."""

    day: dt.date
    #: The line about sources that were late or down.
    status: str = ""
    #: What the list is called.
    name: str = "Daily Papers"
    #: The folder below `email/`.
    template: str = "digest"


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
    max_bytes: int | None = None,
) -> Message:
    """Return the digest's message; both parts together travel in at most 80 KB, the link to unsubscribe always in them.

    With `max_bytes` they are no larger than that, and show no abstracts where that is what it takes.

    `status` is the line about sources that were late or down, `name` what the list is called, `template` the folder
    below `email/`. Entries that do not fit are in neither part: both count them and lead to the copy on the web. Who
    reads text only gets a message without HTML. Raises `BadSettings` where the template itself is larger than a mail
    may be.
    """
    frame = Frame(day, status, name, template)
    values = {**digest_values(env, digest, frame), "links": links}
    maker = _Maker(env, template, digest, values, safe_url(links.feedback), style.text_only)
    steps = steps_of(style) if max_bytes is None else (*steps_of(replace(style, figures=False)), BARE)
    parts = fitting(len(digest.entries), steps, maker.parts, template, max_bytes or MAX_BYTES)
    return Message(subject_of(env, digest, frame, values), parts.text, parts.html)


def digest_values(env: jinja2.Environment, digest: Digest, frame: Frame) -> dict[str, Any]:
    """Return what a digest's templates are rendered with, but for its papers and links."""
    return {
        "day": frame.day,
        "status": shortened(frame.status, _STATUS),
        "list_name": shortened(frame.name, LONGEST_TITLE),
        "trending": digest.trending,
        "notes": [shortened(in_words(note, translator_of(env)), LONGEST_SENTENCE) for note in digest.notes[:_NOTES]],
        "unusable": any(not is_switched_off(note) for note in digest.notes),
        "voted": digest.voted,
        "quiet": [quiet_item(quiet) for quiet in digest.quiet[:_QUIET]],
        "more_quiet": len(digest.quiet[_QUIET:]),
        "quiet_days": digest.quiet_days,
        "instead": digest.instead,
        "saved_news": [
            (shortened(in_words(news.text, translator_of(env)), LONGEST_SENTENCE), safe_url(news.url))
            for news in digest.saved[:_SAVED_NEWS]
        ],
        "total": len(digest.entries),
        "several_days": digest.is_of_several_days,
        # Digests composed by older versions may hold more days than the one edition they count.
        "considered": digest.considered if digest.considered >= len(digest.entries) else 0,
    }


def fitting(
    count: int, steps: Sequence[Shown], make: Callable[[int, Shown], T], template: str, max_bytes: int = MAX_BYTES
) -> T:
    """Return what `make` makes of so many entries, small enough for a mail.

    Each abstract is cut first, then entries are dropped from the end, where the least relevant are. Raises
    `BadSettings` where it is too large without any.
    """
    size, room = 0, min(max_bytes, MAX_BYTES) - _FOR_BREAKS
    for shown in steps:
        made = make(count, shown)
        if made.size <= room:
            return made
        size = made.size
    while count:
        count = max(0, min(count - 1, count * room // size))
        made = make(count, steps[-1])
        if made.size <= room:
            return made
        size = made.size
    raise BadSettings(f"email/{template}: without any papers the email is {size} bytes; the limit is {max_bytes}.")


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes a digest's parts, with as many entries and as much of each as it is told."""

    env: jinja2.Environment
    folder: str
    digest: Digest
    values: Mapping[str, object]
    feedback: str
    text_only: bool

    def parts(self, count: int, shown: Shown) -> _Parts:
        values = {
            **self.values,
            "items": [self._item(entry, shown, n) for n, entry in enumerate(self.digest.entries[:count], 1)],
            "outside": [self._item(entry, BARE, 0) for entry in self.digest.outside],
        }
        html = "" if self.text_only else self._template("body.html").render(values)
        return _Parts(html, self._template("body.txt").render(values).strip() + "\n")

    def _template(self, file: str) -> jinja2.Template:
        return self.env.get_template(f"email/{self.folder}/{file}")

    def _item(self, entry: Entry, shown: Shown, number: int) -> Item:
        reason, feedback = reason_of(self.env, entry), vote_address(self.feedback, entry.paper_id)
        return item_of(self.env, entry, shown, number=number, first=number == 1, reason=reason, feedback=feedback)


def subject_of(env: jinja2.Environment, digest: Digest, frame: Frame, values: Mapping[str, object]) -> str:
    """Return the top pick's title as far as it fits, how many more, and the day with its year.

    No two of one reader are the same: there is one digest of a day.
    """
    template, name = env.get_template(f"email/{frame.template}/subject.txt"), str(values["list_name"])
    title = (shortened(digest.entries[0].paper.title, LONGEST_TITLE) if digest.entries else "") or name
    around = one_line(template.render(values, title=""))
    subject = one_line(template.render(values, title=shortened(title, SUBJECT_AT_MOST - len(around) - 1)))
    if len(subject) < SUBJECT_AT_LEAST:
        subject = f"{shortened(name, SUBJECT_AT_MOST - len(subject) - 2)}: {subject}"
    return shortened(subject, SUBJECT_AT_MOST)
