"""The digest one would get, as a part of a page: beneath the front page's topic field, and beside the preferences.

Shows, and changes nothing. It is made from what strangers type, so that all of it is bounded.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.digests.choose import ReaderContext
from dailypapers.digests.preview import Snapshot
from dailypapers.digests.stated import warnings
from dailypapers.domain.digest import Digest, Entry
from dailypapers.domain.edition import Edition
from dailypapers.domain.graphemes import beginning
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import MAX_CHARACTERS, MAX_TRIED_TOPICS
from dailypapers.domain.profile import profile_of
from dailypapers.domain.subscriber import Abstracts, Style, Subscriber
from dailypapers.domain.text import one_line, printable
from dailypapers.errors import Busy
from dailypapers.references.read import split as split_references
from dailypapers.rendering.pages import render_page
from dailypapers.rendering.summary import key_sentence
from dailypapers.rendering.text import extract
from dailypapers.web.http.page import WebContext

_PARTED = re.compile(r"[,;\n]")
#: So many seconds later a busy service is asked again.
_AGAIN = 2
#: So many picks are shown beside a form, with so many characters of their abstracts.
_SHOWN, _EXTRACT = 12, 220


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview shows: a digest and the edition it is from, or why there is none."""

    #: trending, digest, preparing, busy.
    state: str
    edition: Edition | None = None
    digest: Digest | None = None
    notes: tuple[str, ...] = ()
    #: By topic that may be misspelt the address that shows what was probably meant.
    corrections: Mapping[str, str] = field(default_factory=dict)
    #: What topics that match nothing today matched in the week before.
    earlier: tuple[Entry, ...] = ()
    #: Whether it stands below the form to subscribe.
    may_subscribe: bool = False
    #: So many more picks than are shown.
    more: int = 0
    #: How many of the reader's votes count in it, and where to vote on each paper, by its id.
    counted: int = 0
    votes: Mapping[str, str] = field(default_factory=dict)
    #: Which fields of a form cannot be saved as they are, and why in a word; and the bounds that the sentences name.
    troubles: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, object] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The answer's status: who finds us busy may come again."""
        return 503 if self.state == "busy" else 200


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /preview?topic=…: the digest for these topics as a fragment; without any, what is trending."""

    def show_preview(request: Request) -> HTMLResponse:
        return answer(context, for_topics(context, topics(request.query_params.getlist("topic"))))

    return show_preview


def answer(context: WebContext, shown: Shown) -> HTMLResponse:
    """Return a preview as an answer by itself."""
    headers = {"Retry-After": str(_AGAIN)} if shown.state == "busy" else None
    return HTMLResponse(fragment(context, shown), shown.status, headers)


def fragment(context: WebContext, shown: Shown) -> str:
    """Return a preview as HTML."""
    return render_page(context.templates, "_preview", shown=shown, root=context.root)


def trending(snapshot: Snapshot) -> Shown:
    """Return what somebody gets who names nothing; the reason of each is its badge, and is not said twice."""
    entries = tuple(replace(entry, reason="") for entry in snapshot.trending.entries)
    return Shown("trending", snapshot.edition, replace(snapshot.trending, entries=entries))


def for_topics(context: WebContext, topics: tuple[str, ...]) -> Shown:
    """Return the digest somebody would get for these topics; what is trending where there are none.

    Profiles among them are no topics: the papers they list are read once somebody has subscribed.
    """
    topics = tuple(topic for topic in topics if profile_of(topic) is None)
    snapshot = context.previews.snapshot(now=context.clock())
    if snapshot and not topics:
        return trending(snapshot)
    interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
    shown = of(context, ReaderContext(context.defaults.amount, interests), notes=warnings(interests))
    if shown.digest is None:
        return shown
    return replace(
        shown,
        corrections=_corrections(shown.digest, topics, context.root),
        earlier=earlier(context, shown.digest),
        may_subscribe=context.sign_up_policy.open,
    )


def earlier(context: WebContext, digest: Digest) -> tuple[Entry, ...]:
    """Return what the topics of a digest that match nothing today matched in the week before; nothing when busy."""
    try:
        return context.previews.earlier([quiet.topic for quiet in digest.quiet], now=context.clock())
    except Busy:
        return ()


def _corrections(digest: Digest, topics: Sequence[str], root: str) -> Mapping[str, str]:
    return {
        hint.topic: f"{root}?{urlencode([('topic', hint.instead if t == hint.topic else t) for t in topics])}"
        for hint in digest.hints
        if hint.instead
    }


def of(
    context: WebContext, asking: ReaderContext, *, reader: Subscriber | None = None, notes: tuple[str, ...] = ()
) -> Shown:
    """Return the digest somebody would get, with what a `reader` has forwarded."""
    try:
        found = context.previews.of(asking, reader=reader, now=context.clock())
    except Busy:
        return Shown("busy")
    if found is None:
        return Shown("preparing")
    edition, digest = found
    return Shown("digest", edition, digest, notes)


def shortened(shown: Shown, style: Style) -> Shown:
    """Return a preview that takes little room: the first papers, with as much of each abstract as the mail shows."""
    if shown.digest is None:
        return shown
    entries = tuple(
        replace(e, paper=replace(e.paper, abstract=_part(e.paper.abstract, style))) for e in shown.digest.entries
    )
    return replace(shown, digest=replace(shown.digest, entries=entries[:_SHOWN]), more=max(len(entries) - _SHOWN, 0))


def _part(abstract: str, style: Style) -> str:
    if style.abstracts is Abstracts.WHOLE:
        return abstract
    if style.abstracts is Abstracts.SUMMARY:
        return key_sentence(abstract)
    return extract(abstract, _EXTRACT) if style.abstracts is Abstracts.EXTRACT else ""


def topics(written: Iterable[str]) -> tuple[str, ...]:
    """Return topics as they can be used: several in one field are parted by commas, and each comes once.

    BibTeX and RIS behind them are left out.
    """
    parts = [
        part
        for text in list(written)[:MAX_TRIED_TOPICS]
        for part in _PARTED.split(split_references(text)[0][: MAX_TRIED_TOPICS * MAX_CHARACTERS])
    ]
    return tidy(parts, most=MAX_TRIED_TOPICS, longest=MAX_CHARACTERS)


def tidy(written: Iterable[str], *, most: int, longest: int) -> tuple[str, ...]:
    """Return texts on one line each, without control characters or duplicates; at most `most`, none of them empty."""
    plain = (printable(text[: 2 * longest], other=" ") for text in written)
    lines = (beginning(one_line(text), longest).rstrip() for text in plain)
    return tuple(dict.fromkeys(line for line in lines if line))[:most]
