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
    comments: str = ""
    journal: str = ""
    html_url: str = ""


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
    remarks = "".join(
        f"<div class='list-{name} mathjax'><span class='descriptor'>{label}</span> {html.escape(text)}</div>"
        for name, label, text in (
            ("comments", "Comments:", paper.comments),
            ("journal-ref", "Journal-ref:", paper.journal),
        )
        if text
    )
    page = f', <a href="{paper.html_url}" title="View HTML" id="html-{paper.id}">html</a>' if paper.html_url else ""
    return f"""<dt><a name='item1'>[1]</a>
      <a href ="/abs/{paper.id}" title="Abstract" id="{paper.id}">arXiv:{paper.id}</a> {crossed}
      [<a href="/pdf/{paper.id}" title="Download PDF" id="pdf-{paper.id}">pdf</a>{page}]</dt>
    <dd><div class='meta'>
      <div class='list-title mathjax'><span class='descriptor'>Title:</span>
        {html.escape(paper.title)}
      </div>
      <div class='list-authors'>{authors}</div>
      {remarks}
      <div class='list-subjects'><span class='descriptor'>Subjects:</span>
        {subjects}
      </div>
      <p class='mathjax'>
        {paper.abstract}
      </p></div></dd>"""


def api_page(papers: Iterable[Listed], *, start: int = 0, total: int | None = None, more: str = "") -> Answer:
    """A page of the API; `more` is put into each entry."""
    papers = tuple(papers)
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{paper.id}v1</id><title>{paper.title}</title>"
        f"<published>2026-01-05T09:00:00Z</published><summary>{paper.abstract}</summary>"
        f"{''.join(f'<author><name>{name}</name></author>' for name in paper.authors)}"
        f'<arxiv:primary_category term="cs.LG"/><category term="stat.ML"/><category term="cs.LG"/>{more}</entry>'
        for paper in papers
    )
    return Answer(
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>'
        f"<opensearch:totalResults>{len(papers) if total is None else total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{entries}</feed>"
    )


def api_error(why: str) -> Answer:
    """An error as the API says it: an entry."""
    return Answer(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>'
        f"<entry><id>http://arxiv.org/api/errors</id><title>Error</title><summary>{why}</summary></entry></feed>"
    )


def oai_page(papers: Iterable[Listed], *, token: str = "") -> Answer:
    """A page of OAI-PMH in the format "arXiv", with a deleted record at its end."""
    records = "".join(
        f"<record><header><identifier>oai:arXiv.org:{paper.id}</identifier><datestamp>2026-01-06</datestamp>"
        '<setSpec>cs:cs:LG</setSpec></header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/">'
        f"<id>{paper.id}</id><created>2026-01-05</created><authors><author><keyname>Lee</keyname>"
        f"<forenames>Ann</forenames></author></authors><title>{paper.title}</title>"
        "<categories>cs.LG stat.ML</categories>"
        f"<comments>12 pages</comments><abstract>  {paper.abstract}\n</abstract></arXiv></metadata></record>"
        for paper in papers
    )
    deleted = '<record><header status="deleted"><identifier>oai:arXiv.org:0000.0000</identifier></header></record>'
    more = f'<resumptionToken cursor="0" completeListSize="9">{token}</resumptionToken>'
    return _oai(f"<ListRecords>{records}{deleted}{more}</ListRecords>")


def oai_error(code: str) -> Answer:
    """An error as OAI-PMH says it."""
    return _oai(f'<error code="{code}">It cannot be.</error>')


def _oai(inside: str) -> Answer:
    return Answer(f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inside}</OAI-PMH>')
