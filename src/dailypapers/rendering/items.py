"""What a template shows of an entry: plain, bounded text, and addresses that are safe to link to.

Foreign text is made plain here, once for both parts of a mail.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import jinja2

from dailypapers.domain.digest import Entry, QuietEntry
from dailypapers.domain.paper import Paper
from dailypapers.domain.person import given_first
from dailypapers.domain.resource import Resource, institution_of, venue_of
from dailypapers.domain.source import source_name
from dailypapers.domain.subscriber import Abstracts, Style
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.domain.text import is_right_to_left, isolated
from dailypapers.rendering.environment import in_words, translator_of
from dailypapers.rendering.summary import summary_of
from dailypapers.rendering.text import extract, one_line, parted, safe_url, shortened

#: So many authors are named; four names fit on a line.
_AUTHORS = 4
#: Nothing foreign is longer than this, so that one paper cannot fill a mail.
LONGEST_TITLE, LONGEST_SENTENCE = 300, 240
_AUTHOR, _LABEL = 60, 40
#: So much of a title tells what a link is about to somebody who hears links without what stands around them. Nobody
#: hears the ellipsis, and four a paper take bytes.
_BRIEF = 24
#: So much of a quiet topic and of the nearest paper's title is shown that it takes a line or two.
_TOPIC, _NEAREST = 60, 90
_SOURCES = 3
#: Where a paper appears, and who made it, each in so many characters that all is told of it takes two lines.
_VENUE, _INSTITUTION, _MODEL = 60, 40, 40


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of its abstract an entry shows: so many characters, two or three lines of a wide window, or all."""

    length: int
    whole: bool = False
    #: Whether it links to what can be had of the paper besides.
    resources: bool = True
    #: So many characters of a sentence that sums it up, in place of the abstract.
    summary: int = 0
    #: Whether it shows a figure of the paper.
    figures: bool = False


_FULL, _HALF, _TIGHT, _NO_ABSTRACT = Shown(220), Shown(110), Shown(110, resources=False), Shown(0)
#: A sentence of an abstract has some 170 characters, and one in a hundred has more than 400.
_SUMMARY, _BRIEF_SUMMARY = Shown(0, summary=400), Shown(0, summary=180)
_TIGHT_SUMMARY = Shown(0, resources=False, summary=110)
BARE = Shown(0, resources=False)
#: What each choice comes down to, step by step, until the mail is small enough; then the last entries go.
STEPS = {
    Abstracts.SUMMARY: (_SUMMARY, _BRIEF_SUMMARY, _TIGHT_SUMMARY),
    Abstracts.WHOLE: (Shown(220, whole=True), _FULL, _HALF, _TIGHT),
    Abstracts.EXTRACT: (_FULL, _HALF, _TIGHT),
    Abstracts.NONE: (_NO_ABSTRACT, BARE),
}


@cache
def steps_of(style: Style) -> tuple[Shown, ...]:
    """Return what entries come down to, step by step, in mails of a style; figures go before the last step."""
    *steps, last = STEPS[style.abstracts]
    return (*(replace(step, figures=style.figures) for step in steps), last)


@dataclass(frozen=True, slots=True)
class Author:
    """A name; whether the reader follows it, and whether others that are not shown stand before it."""

    name: str
    followed: bool
    gap: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, and its size on the page."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Item:
    """What a template shows of an entry."""

    #: Its place among the entries, from 1; 0 outside them.
    number: int | str
    #: Whether it is the most relevant one.
    first: bool
    title: str
    brief: str
    url: str
    authors: tuple[Author, ...]
    more_authors: int
    #: What is shown of the abstract: its beginning and the rest, or else the sentence that sums the paper up.
    extract: str
    rest: str
    #: Who wrote that sentence, where it is not one of the abstract's: “authors” or “model”; and which model, when.
    summary_by: str
    model: str
    model_day: dt.date | None
    reason: str
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    published: dt.date | None
    #: Where it appears, and who made it; empty where nobody says so.
    venue: str
    institution: str
    upvotes: int
    #: What can be had of it, of each kind one.
    resources: tuple[Resource, ...]
    feedback: str
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class QuietItem:
    """What a template shows of a topic on which nothing came; empty title: no paper comes near."""

    topic: str
    title: str
    url: str


def item_of(
    env: jinja2.Environment, entry: Entry, shown: Shown, *, number: int | str, first: bool, reason: str, feedback: str
) -> Item:
    """Return what a template shows of an entry; reason and address to vote are those of `reason_of` and `safe_url`."""
    paper = entry.paper
    authors = authors_of(env, paper, entry.followed)
    title = title_of(paper)
    begins, rest = _abstract(paper.abstract, shown)
    summary = _summary(entry, shown.summary)
    apart = env.filters["isolated"]
    sources = [source_name(source) for source in entry.sources[:_SOURCES]]
    return Item(
        number=number,
        first=first,
        title=title,
        brief=brief_of(title),
        url=safe_url(paper.url),
        authors=authors,
        more_authors=len(paper.authors) - len(authors),
        extract=summary.text if shown.summary else begins,
        rest=rest,
        summary_by="" if summary.by is SummaryBy.ABSTRACT else summary.by.value,
        model=apart(shortened(summary.model, _MODEL)),
        model_day=summary.day,
        reason=reason,
        labels=tuple(apart(shortened(label, _LABEL)) for label in paper.categories[:1] if label),
        sources=tuple(apart(shortened(source, _LABEL)) for source in sources if source),
        published=paper.published,
        venue=apart(shortened(venue_of(entry.presentation), _VENUE)),
        institution=apart(shortened(institution_of(entry.presentation), _INSTITUTION)),
        upvotes=entry.upvotes,
        resources=tuple(linkable(entry.resources)) if shown.resources else (),
        feedback=feedback,
        figure=figure_of(env, entry) if shown.figures else None,
    )


def figure_of(env: jinja2.Environment, entry: Entry) -> Figure | None:
    """Return the figure of an entry at half its size in pixels; `None` without one, or where none are shown."""
    thumbnail, place = entry.thumbnail, str(env.globals["figures"])
    if thumbnail is None or not place:
        return None
    return Figure(f"{place}{thumbnail.file_name}", max(thumbnail.width // 2, 1), max(thumbnail.height // 2, 1))


def linkable(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Yield those whose addresses are safe to link to."""
    for resource in resources:
        if url := safe_url(resource.url):
            yield replace(resource, url=url)


def title_of(paper: Paper) -> str:
    """Return a paper's title, or its id where it has none."""
    return shortened(paper.title, LONGEST_TITLE) or one_line(str(paper.id))


def brief_of(title: str) -> str:
    """Return the beginning of a title, which tells what a link is about."""
    return shortened(title, _BRIEF).rstrip("…")


def reason_of(env: jinja2.Environment, entry: Entry) -> str:
    """Return why an entry was picked, in the language of the templates."""
    return shortened(in_words(entry.reason, translator_of(env)), LONGEST_SENTENCE)


def quiet_item(quiet: QuietEntry) -> QuietItem:
    """Return what a template shows of a topic on which nothing came."""
    topic, paper = shortened(quiet.topic, _TOPIC), quiet.nearest
    if paper is None:
        return QuietItem(topic, "", "")
    return QuietItem(topic, shortened(paper.title, _NEAREST) or one_line(str(paper.id)), safe_url(paper.url))


def _abstract(text: str, shown: Shown) -> tuple[str, str]:
    if shown.whole:
        return parted(text, shown.length)
    return (extract(text, shown.length) if shown.length else "", "")


def _summary(entry: Entry, length: int) -> Summary:
    """Return the sentence that sums a paper up: the model's that the service asked, its authors', or another's."""
    if not length:
        return Summary("")
    summary = summary_of(entry)
    return replace(summary, text=shortened(summary.text, length))


def authors_of(env: jinja2.Environment, paper: Paper, followed: Sequence[str] = ()) -> tuple[Author, ...]:
    """Return the authors that are named: the first ones, and those the reader follows."""
    return tuple(_authors(paper.authors, followed, env.filters["isolated"]))


def _authors(names: Sequence[str], followed: Sequence[str], apart: Callable[[str], str]) -> Iterator[Author]:
    """Yield the first authors, and of the others those the reader follows, wherever they stand.

    A name that is written the other way than its neighbours does not turn them round.
    """
    before = -1
    for place in [n for n, name in enumerate(names) if n < _AUTHORS or name in followed][: 2 * _AUTHORS]:
        name = shortened(given_first(names[place]), _AUTHOR)
        shown = isolated(name) if is_right_to_left(name) else apart(name)
        yield Author(shown, names[place] in followed, gap=place > before + 1)
        before = place
