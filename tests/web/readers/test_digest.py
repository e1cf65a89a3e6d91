"""The web copy: all picks, for reading; it opens nothing else."""

import httpx
import pytest
import sqlalchemy as sa
from bibtexparser.entrypoint import parse_string
from tests.web.a_digest import CELLS, GRAPHS, Got, a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.content import Content
from dailypapers.domain.link import Purpose
from dailypapers.domain.paper import Presentation
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Style
from dailypapers.domain.summary import Spent
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.domain.vote import Vote
from dailypapers.store import contents, outbox, papers, schema, summaries, thumbnails, votes
from dailypapers.store.database import reading, writing
from dailypapers.web.http.page import WebContext


def link(got: Got) -> str:
    return LINKS.url(Purpose.DIGEST, got.reader, issued=NOW, about=got.delivery)


async def test_the_copy_holds_every_pick_with_its_reason(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    before = everything(engine)
    shown = await pages.get(link(got))
    assert shown.status_code == 200
    assert "Monday, 20 April 2026" in shown.text
    assert "Deeper Graph Neural Networks &amp; &lt;Friends&gt;" in shown.text
    assert CELLS.title in shown.text
    assert "Matches your topic “graph neural networks”" in shown.text
    assert everything(engine) == before


async def test_a_copy_that_is_passed_on_opens_nothing_else(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    shown = await pages.get(link(got))
    assert '<meta name="robots" content="noindex">' in shown.text
    for purpose in ("unsubscribe", "preferences", "saved", "data"):
        assert f"/{purpose}/" not in shown.text
    assert "alice@example.org" not in shown.text


async def test_a_button_of_the_copy_votes(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    shown = await pages.get(link(got))
    action = shown.text.partition('formaction="')[2].partition('"')[0]
    assert action.endswith("/like")
    assert (await pages.post(action)).status_code == 200
    with reading(engine) as tx:
        assert votes.of_paper(tx, got.reader, got.papers[0]) == {Vote.LIKE}


async def test_the_papers_come_as_bibtex_and_ris(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    bib = await pages.get(f"{link(got)}/papers.bib")
    assert bib.headers["content-disposition"] == 'attachment; filename="papers-2026-04-20.bib"'
    assert [
        [field.value for field in entry.fields if field.key in {"eprint", "doi"}]
        for entry in parse_string(bib.text).entries
    ] == [
        [GRAPHS.id.value],
        [CELLS.id.value],
    ]
    ris = await pages.get(f"{link(got)}/papers.ris")
    assert ris.text.count("ER  - ") == 2
    assert (await pages.get(f"{link(got)}/papers.exe")).status_code == 404


async def test_what_is_from_outside_the_topics_stands_apart(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine, outside=True)
    shown = await pages.get(link(got))
    assert "One pick" in shown.text
    assert shown.text.index("Trending outside the subscriber’s topics") < shown.text.index(CELLS.title)
    assert shown.text.count('formaction="') == 8
    assert (await pages.get(f"{link(got)}/papers.ris")).text.count("ER  - ") == 2


async def test_a_digest_of_somebody_else_or_of_nobody_is_a_calm_page(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    for about in (other.delivery, 999, 0):
        answer = await pages.get(LINKS.url(Purpose.DIGEST, got.reader, issued=NOW, about=about))
        assert answer.status_code == 410


async def test_a_digest_that_never_arrived_says_so(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        outbox.expire(tx, now=NOW.replace(year=2027))
    shown = await pages.get(link(got))
    assert "This digest is empty" in shown.text


async def test_the_copy_shows_the_sentence_of_the_email_with_its_author_the_figure_and_all_links(
    pages: httpx.AsyncClient, context: WebContext, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(context.templates.globals, "figures", "http://pages/figures/")
    got = a_digest(engine)
    shown = Presentation(
        comment="12 pages, accepted at ICML 2026",
        journal="J. Graphs 7",
        organization="University of Somewhere",
        project_url="https://graphs.github.io/",
        models=3,
    )
    picture = Thumbnail("0" * 32, 480, 300)
    style = Style(figures=True)
    with writing(engine) as tx:
        papers.add(tx, [Announcement(GRAPHS, "huggingface", NOW.date(), presentation=shown)], now=NOW)
        summaries.put(tx, got.papers[0], "en", "Graphs go deeper.", model="llama", day=NOW.date(), spent=Spent())
        thumbnails.put(tx, got.papers[0], picture, b"jpeg", day=NOW.date())
        content = contents.to_json(Content(style))
        tx.execute(sa.update(schema.outbox).where(schema.outbox.c.id == got.delivery).values(content=content))
    page = (await pages.get(link(got))).text
    assert 'Graphs go deeper. <span class="soft">(AI summary, llama, 20 Apr 2026)</span>' in page
    assert "<summary>Abstract" in page
    assert f'src="/figures/{picture.file_name}"' in page
    assert 'alt="Figure of “Deeper Graph Neural Networks &amp; &lt;Friends&gt;”"' in page
    assert "University of Somewhere · J. Graphs 7 · 12 pages, accepted at ICML 2026" in page
    for words in ("PDF<", "Project page<", "Models (3)<"):
        assert words in page
    archived = (await pages.get("/archive/2026-04-20")).text
    assert "Models (3)<" in archived
    assert "<img" not in archived
