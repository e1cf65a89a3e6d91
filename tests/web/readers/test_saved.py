"""Saved papers: shown, taken out by a button, put back, and taken away as files."""

import httpx
import sqlalchemy as sa
from tests.web.a_digest import CELLS, GRAPHS, Got, a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.link import Purpose
from dailypapers.domain.vote import Vote
from dailypapers.store import saved as store
from dailypapers.store import votes
from dailypapers.store.database import reading, writing


def saving(engine: sa.Engine) -> tuple[Got, str]:
    got = a_digest(engine)
    with writing(engine) as tx:
        for paper in got.papers:
            votes.cast(tx, got.reader, paper, Vote.SAVE, now=NOW)
        votes.cast(tx, got.reader, got.papers[0], Vote.LIKE, now=NOW)
    return got, LINKS.url(Purpose.SAVED, got.reader, issued=NOW)


def saved(engine: sa.Engine, got: Got) -> list[int]:
    with reading(engine) as tx:
        return [cast.paper_id for cast in votes.of_subscriber(tx, got.reader, Vote.SAVE)]


async def test_saved_papers_are_shown_and_nothing_changes(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    _, link = saving(engine)
    before = everything(engine)
    shown = await pages.get(link)
    assert "2 papers" in shown.text
    assert GRAPHS.title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in shown.text
    assert everything(engine) == before


async def test_a_paper_is_taken_out_and_put_back(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got, link = saving(engine)
    out = await pages.post(link, data={"paper": str(CELLS.id)})
    assert "was removed from your saved papers" in out.text
    assert saved(engine, got) == [got.papers[0]]
    await pages.post(link, data={"paper": str(CELLS.id), "again": "1"})
    assert set(saved(engine, got)) == set(got.papers)


async def test_taking_out_leaves_the_other_votes(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got, link = saving(engine)
    await pages.post(link, data={"paper": str(GRAPHS.id)})
    with reading(engine) as tx:
        assert votes.of_paper(tx, got.reader, got.papers[0]) == {Vote.LIKE}


async def test_rubbish_in_the_form_changes_nothing(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    _, link = saving(engine)
    before = everything(engine)
    for form in ({}, {"paper": ""}, {"paper": "arxiv:1"}, {"paper": "\0" * 9}, {"paper": "x" * 100_000}, {"x": "1"}):
        assert (await pages.post(link, data=form)).status_code == 200
    assert everything(engine) == before


async def test_a_form_with_a_file_where_a_word_belongs_is_a_calm_page(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    _, link = saving(engine)
    before = everything(engine)
    answer = await pages.post(link, files={"paper": ("paper.txt", b"x")})
    assert (answer.status_code, "We couldn’t read this form" in answer.text) == (400, True)
    assert everything(engine) == before


async def test_files_hold_the_saved_papers(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    _, link = saving(engine)
    assert (await pages.get(f"{link}/papers.bib")).text.count("@") == 2
    assert (await pages.get(f"{link}/papers.ris")).text.count("TY  - ") == 2


async def test_an_empty_list_says_how_to_fill_it(pages: httpx.AsyncClient, alice: int) -> None:
    assert "No saved papers yet" in (await pages.get(LINKS.url(Purpose.SAVED, alice, issued=NOW))).text


async def test_a_note_and_a_collection_are_kept_shown_and_searched(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    _, link = saving(engine)
    sent = {
        "paper": str(CELLS.id),
        "describe": "1",
        "collection": " My  thesis ",
        "note": "U\u0308bersicht:\r\nread <again>",
    }
    done = await pages.post(link, data=sent)
    assert "Your note on" in done.text
    page = (await pages.get(link)).text
    assert "Übersicht:\nread &lt;again&gt;" in page
    assert "My thesis (1)" in page
    for query, shown in (
        ({"in": "My thesis"}, [CELLS]),
        ({"q": "ubersicht"}, [CELLS]),
        ({"q": "lee graph"}, [GRAPHS]),
        ({"q": "thesis faster"}, [CELLS]),
        ({"q": "graph", "in": "My thesis"}, []),
        ({"in": "other"}, []),
    ):
        text = (await pages.get(link, params=query)).text
        titles = [paper for paper in (GRAPHS, CELLS) if f"> {paper.title[:20]}" in text]
        assert (query, titles) == (query, shown)
    assert "None of your saved papers matches" in text


async def test_files_carry_notes_and_hold_what_is_looked_for(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    _, link = saving(engine)
    note = "50 % of it {holds}\nTY  - JOUR"
    await pages.post(link, data={"paper": str(CELLS.id), "describe": "1", "collection": "Thesis, 1", "note": note})
    bib = (await pages.get(f"{link}/papers.bib", params={"in": "Thesis, 1"})).text
    assert (bib.count("@"), "keywords = {Thesis 1}" in bib) == (1, True)
    assert r"annote = {50 \% of it \textbraceleft{}holds\textbraceright{} TY - JOUR}" in bib
    ris = (await pages.get(f"{link}/papers.ris")).text
    assert ris.count("TY  - ") == 2
    assert "N1  - 50 % of it {holds} TY - JOUR\r\n" in ris
    assert "KW  - Thesis, 1\r\n" in ris


async def test_what_is_no_note_is_bounded_and_breaks_nothing(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got, link = saving(engine)
    form = {"paper": str(CELLS.id), "describe": "1", "collection": "x\0" * 900, "note": "\0\u202ey" * 9000}
    assert (await pages.post(link, data=form)).status_code == 200
    with reading(engine) as tx:
        (kept,) = store.of_readers(tx, [got.reader], paper_id=got.papers[1])
    assert (len(kept.remark.collection) <= 60, len(kept.remark.note) <= 2000) == (True, True)
    assert set(kept.remark.note) == {"y"}


async def test_only_who_saved_a_paper_can_note_something_about_it(
    pages: httpx.AsyncClient, engine: sa.Engine, bob: int
) -> None:
    saving(engine)
    before = everything(engine)
    link = LINKS.url(Purpose.SAVED, bob, issued=NOW)
    await pages.post(link, data={"paper": str(CELLS.id), "describe": "1", "note": "mine"})
    assert everything(engine) == before
