"""A digest as chats show it: the same picks and reasons as the mail, and no link by which others could act.

Each service's file beside this one writes it as that service takes it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import jinja2

from dailypapers.domain.digest import Digest, Entry
from dailypapers.domain.i18n import N_, NN_
from dailypapers.domain.person import given_first
from dailypapers.rendering.dates import plain_date
from dailypapers.rendering.environment import translator_of
from dailypapers.rendering.items import reason_of, title_of
from dailypapers.rendering.text import one_line, safe_url, shortened

#: Authors that are named.
_AUTHORS = 4
_LONGEST_NAME = 80
_LEAD = NN_("{count} paper for you", "{count} papers for you")
_TRENDING = NN_("{count} trending paper", "{count} trending papers")
_WEB = N_("Read the whole digest on the web")
_OUTSIDE = N_("From outside your topics")


@dataclass(frozen=True, slots=True)
class ChatItem:
    """One paper."""

    id: str
    title: str
    url: str
    authors: str
    reason: str
    outside: str = ""
    """That it is from outside the reader's topics; empty for their own."""

    @property
    def why(self) -> str:
        """The reason, with what stands before it."""
        return f"{self.outside}: {self.reason}" if self.outside else self.reason


@dataclass(frozen=True, slots=True)
class ChatDigest:
    """A digest, in words."""

    name: str
    day: dt.date
    title: str
    lead: str
    items: tuple[ChatItem, ...]
    web: str
    web_label: str
    status: str = ""
    """The line about sources that were late or down."""

    def first(self, count: int) -> "ChatDigest":
        """The same with so many papers; the others are on the web."""
        return replace(self, items=self.items[:count])


def chat_digest(
    env: jinja2.Environment, digest: Digest, *, day: dt.date, web: str, name: str, status: str = ""
) -> ChatDigest:
    """Put a digest into words; `web` is the address of its copy on the web."""
    translate = translator_of(env)
    own = [_item(env, entry) for entry in digest.entries]
    others = [_item(env, entry, outside=translate(_OUTSIDE)) for entry in digest.outside]
    pattern = _TRENDING if digest.trending else _LEAD
    lead = translate(pattern, len(own)).format(count=translate.number(len(own)))
    short = shortened(name, _LONGEST_NAME)
    title = f"{short}, {plain_date(day, translate.locale)}"
    return ChatDigest(short, day, title, lead, (*own, *others), web, translate(_WEB), shortened(status, 500))


def _item(env: jinja2.Environment, entry: Entry, *, outside: str = "") -> ChatItem:
    names = [given_first(one_line(name)) for name in entry.paper.authors]
    authors = translator_of(env).enumeration(names[:_AUTHORS]) + (" …" if len(names) > _AUTHORS else "")
    url, paper_id = safe_url(entry.paper.url), str(entry.paper.id)
    return ChatItem(paper_id, title_of(entry.paper), url, shortened(authors, 300), reason_of(env, entry), outside)


def fitting(digest: ChatDigest, make: Callable[[ChatDigest], bytes], *, most: int, at_most: int = 1_000) -> bytes:
    """Return what `make` makes of as many of the papers as fit into so many bytes, `at_most` papers."""
    count = min(len(digest.items), at_most)
    content = make(digest.first(count))
    while len(content) > most and count:
        count -= max(1, count * (len(content) - most) // (2 * len(content)))
        content = make(digest.first(count))
    return content


def lines(*parts: str) -> str:
    """Return what is there of these, a line each."""
    return "\n".join(part for part in parts if part)


def escaped(text: str, characters: str) -> str:
    """Return a text with a backslash before each of these characters."""
    return "".join(f"\\{each}" if each in characters else each for each in text)
