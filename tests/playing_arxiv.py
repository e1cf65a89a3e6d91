"""Pages as arXiv's own templates write them, and its feeds: by hand, for days that tests make up."""

import datetime as dt
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.playing_sources import Answer

_HEADINGS = {"new": "New submissions", "cross": "Cross submissions", "replacement": "Replacement submissions"}


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a listing."""

    id: str
    title: str = "A title"
    kind: str = "new"
    authors: Sequence[str] = ("Ann Lee",)
    subjects: Sequence[str] = ("Machine Learning (cs.LG)",)
    abstract: str = "More about it."


def new_page(day: dt.date, papers: Iterable[Listed], *, printed: Mapping[str, int] | None = None) -> bytes:
    """The page /list/CATEGORY/new; `printed` are counts that do not fit."""
    head = f"<h1>Machine Learning</h1><ul><li>New submissions</li></ul><h3>Showing new listings for {_long(day)}</h3>"
    return _page(head, papers, printed or {}, nothing="No updates today.")


def catchup_page(day: dt.date, papers: Iterable[Listed]) -> bytes:
    """The page /catchup/CATEGORY/DATE."""
    head = f"<h1>Catchup results for Machine Learning on {day:%a, %d %b %Y}</h1>"
    return _page(head, papers, {}, nothing=f"No updates for {day:%a, %d %b %Y}")


def arxiv_feed(*ids: str, replaced: Sequence[str] = ()) -> Answer:
    """A feed of these papers."""
    items = "".join(
        f"<item><title>Paper {id_}</title><link>https://arxiv.org/abs/{id_}</link>"
        f"<description>arXiv:{id_}v1 Announce Type: {kind}\nAbstract: More.</description></item>"
        for kind, listed in (("new", ids), ("replace", replaced))
        for id_ in listed
    )
    return Answer(f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>')


def numbered(day: dt.date, count: int) -> list[str]:
    """Ids that were given on a day."""
    return [f"{day:%y%m}.{day.day:02}{number:03}" for number in range(1, count + 1)]


def _long(day: dt.date) -> str:
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _page(head: str, papers: Iterable[Listed], printed: Mapping[str, int], *, nothing: str) -> bytes:
    papers = tuple(papers)
    kinds = [kind for kind in _HEADINGS if kind in printed or any(paper.kind == kind for paper in papers)]
    lists = "".join(_list(kind, [paper for paper in papers if paper.kind == kind], printed.get(kind)) for kind in kinds)
    return (
        f"<!DOCTYPE html><html><body><div id='content-inner'><div id='dlpage'>{head}"
        f"<div class='paging'>Total of {len(papers)} entries </div>{lists or f'<p>{nothing}</p>'}"
        "</div></div></body></html>"
    ).encode()


def _list(kind: str, papers: Sequence[Listed], printed: int | None) -> str:
    count = len(papers) if printed is None else printed
    heading = f"{_HEADINGS[kind]} (showing {count} of {count} entries)"
    return f"<dl id='articles'><h3>{heading}</h3>{''.join(map(_item, papers))}</dl>"


def _item(paper: Listed) -> str:
    authors = ", ".join(f'<a href="https://arxiv.org/a" rel="nofollow">{name}</a>' for name in paper.authors)
    first, *others = paper.subjects
    subjects = f'<span class="primary-subject">{first}</span>' + "".join(f"; {other}" for other in others)
    crossed = {"cross": "(cross-list from math.OC)", "replacement": "(replaced)"}.get(paper.kind, "")
    return f"""<dt><a name='item1'>[1]</a>
      <a href ="/abs/{paper.id}" title="Abstract" id="{paper.id}">arXiv:{paper.id}</a> {crossed}
      [<a href="/pdf/{paper.id}" title="Download PDF" id="pdf-{paper.id}">pdf</a>]</dt>
    <dd><div class='meta'>
      <div class='list-title mathjax'><span class='descriptor'>Title:</span>
        {html.escape(paper.title)}
      </div>
      <div class='list-authors'>{authors}</div>
      <div class='list-comments mathjax'><span class='descriptor'>Comments:</span> 12 pages</div>
      <div class='list-subjects'><span class='descriptor'>Subjects:</span>
        {subjects}
      </div>
      <p class='mathjax'>
        {paper.abstract}
      </p></div></dd>"""
