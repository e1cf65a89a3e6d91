"""Papers as a book: what e-readers ask of one, whatever the papers say of themselves."""

import datetime as dt
import io
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

from dailypapers.domain.digest import Entry, Reason, Term, TermKind
from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.domain.saved import Remark
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.rendering.environment import environment
from dailypapers.rendering.epub import epub
from dailypapers.settings import shipped

ENGLISH = environment(shipped("templates"))

PAPERS = [
    Paper(
        PaperId("arxiv", "2604.00001"),
        'Graphs & <b>"bold"</b> \x00\x0b]]>',
        "An abstract <script>alert(1)</script>.",
        ("Ann Lee",),
        url="https://arxiv.org/abs/2604.00001?a=1&b=2",
        published=dt.date(2026, 4, 17),
    ),
    Paper(PaperId("feed", "x"), "Bare"),
]
XHTML = "{http://www.w3.org/1999/xhtml}"


def made(title: str = "x", **options: Any) -> bytes:
    return epub([Entry(paper, "") for paper in PAPERS], templates=ENGLISH, title=title, **options)


def parsed(book: bytes) -> dict[str, ET.Element]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert book[30:58] == b"mimetypeapplication/epub+zip"
        names = [name for name in archive.namelist() if name != "mimetype"]
        return {name: ET.fromstring(archive.read(name)) for name in names}  # noqa: S314 - our own


def test_a_book_has_a_chapter_for_each_paper_and_names_every_file() -> None:
    files = parsed(made(title="Saved & papers", day=dt.date(2026, 4, 20)))
    package = files["book.opf"]
    opf = "{http://www.idpf.org/2007/opf}"
    hrefs = {item.get("href") for item in package.iter(f"{opf}item")}
    assert hrefs == set(files) - {"book.opf", "META-INF/container.xml"}
    ids = {item.get("id") for item in package.iter(f"{opf}item")}
    assert [each.get("idref") in ids for each in package.iter(f"{opf}itemref")] == [True] * 3
    links = [each.get("href") for each in files["nav.xhtml"].iter(f"{XHTML}a")]
    assert links == ["paper-1.xhtml", "paper-2.xhtml"]


def test_foreign_text_stays_text() -> None:
    chapter = parsed(made())["paper-1.xhtml"]
    assert chapter.find(f".//{XHTML}script") is None
    heading = chapter.find(f".//{XHTML}h1")
    assert heading is not None
    assert (heading.text or "").startswith('Graphs & <b>"bold"</b>')
    link = chapter.find(f".//{XHTML}a")
    assert link is not None
    assert link.get("href") == "https://arxiv.org/abs/2604.00001?a=1&b=2"


def test_the_same_papers_give_the_same_book_and_none_give_one_too() -> None:
    assert made() == made()
    assert set(parsed(epub([], templates=ENGLISH, title="x"))) == {"META-INF/container.xml", "book.opf", "nav.xhtml"}


def test_a_chapter_says_why_in_a_sentence_and_what_its_reader_noted() -> None:
    reason = Reason((Term(TermKind.WORDS, "graph", 0.7, "graph neural networks"),))
    by_model = Summary("It goes deeper.", SummaryBy.MODEL, "llama")
    by_authors = Presentation(tldr="We go deeper.")
    entries = [Entry(PAPERS[0], reason, summary=by_model), Entry(PAPERS[1], "", presentation=by_authors)]
    remarks = {PAPERS[0].id: Remark("To read & cite", "See <b>Lemma 2</b>.\nThen 3.")}
    book = parsed(epub(entries, templates=ENGLISH, title="x", remarks=remarks))
    first, second = (" ".join(book[f"paper-{n}.xhtml"].itertext()) for n in (1, 2))
    assert reason.sentence() in first
    assert "It goes deeper. (AI summary, llama)" in " ".join(first.replace("  ", " ").split())
    assert "Note See <b>Lemma 2</b>. Then 3. Collection To read & cite" in first
    assert "(the authors’ own summary)" in second
    assert "Note" not in second


def test_a_book_that_is_too_large_loses_its_last_papers() -> None:
    whole = made()
    names = set(parsed(made(max_bytes=len(whole) - 1)))
    assert "paper-1.xhtml" in names
    assert "paper-2.xhtml" not in names
    assert made(max_bytes=len(whole)) == whole
