"""Papers as an EPUB 3 book for e-readers: a contents page, and a chapter for each paper with its abstract.

All text is foreign: it is escaped, and freed of what XML 1.0 does not allow. Nothing in the book is loaded from
elsewhere. The same papers give the same bytes. See https://www.w3.org/TR/epub-33/.
"""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Sequence
from html import escape

from dailypapers.domain.paper import Paper, page_of
from dailypapers.domain.text import valid_xml
from dailypapers.rendering.text import one_line, safe_url

#: What is not stated is as old as ZIP's calendar, so that the bytes do not depend on the day.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = "2000-01-01T00:00:00Z"
_CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)


def epub(papers: Sequence[Paper], *, title: str, language: str = "en", day: dt.date | None = None) -> bytes:
    """Return the book; `day` is the date that it bears."""
    files = {
        "META-INF/container.xml": _CONTAINER,
        "book.opf": _package(papers, title, language, day),
        "nav.xhtml": _contents(papers, title, language),
        **{_file(number): _chapter(paper, language) for number, paper in enumerate(papers, 1)},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # The type stands first and as it is, so that programs tell a book by its first bytes (EPUB OCF 4.3).
        archive.writestr(zipfile.ZipInfo("mimetype", _EPOCH), b"application/epub+zip")
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("utf-8", "replace"))
    return buffer.getvalue()


def _package(papers: Sequence[Paper], title: str, language: str, day: dt.date | None) -> str:
    names = "\n".join(str(paper.id) for paper in papers)
    identifier = hashlib.sha256(f"{title}\n{names}".encode("utf-8", "replace")).hexdigest()[:32]
    date = f"<dc:date>{day.isoformat()}</dc:date>" if day else ""
    files = [_file(number) for number in range(1, len(papers) + 1)]
    items = "".join(f'<item id="{_id(file)}" href="{file}" media-type="application/xhtml+xml"/>' for file in files)
    spine = "".join(f'<itemref idref="{_id(file)}"/>' for file in files)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:dailypapers:{identifier}</dc:identifier><dc:title>{_text(title)}</dc:title>'
        f'<dc:language>{_text(language)}</dc:language>{date}<meta property="dcterms:modified">{_MODIFIED}</meta>'
        '</metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'{items}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>\n'
    )


def _contents(papers: Sequence[Paper], title: str, language: str) -> str:
    links = "".join(
        f'<li><a href="{_file(number)}">{_text(paper.title)}</a></li>' for number, paper in enumerate(papers, 1)
    )
    # A list without entries is not allowed (EPUB 3.3, 7.4).
    listed = f"<ol>{links}</ol>" if links else '<ol><li><a href="nav.xhtml">–</a></li></ol>'
    return _page(f'<nav epub:type="toc"><h1>{_text(title)}</h1>{listed}</nav>', title, language)


def _chapter(paper: Paper, language: str) -> str:
    url = safe_url(paper.url) or safe_url(page_of(paper.id))
    link = f'<p><a href="{escape(valid_xml(url))}">{_text(url)}</a></p>' if url else ""
    date = f"<p>{paper.published.isoformat()}</p>" if paper.published else ""
    body = f"<h1>{_text(paper.title)}</h1><p>{_text(', '.join(paper.authors))}</p>{date}<p>{_text(paper.abstract)}</p>"
    return _page(body + link, paper.title, language)


def _page(body: str, title: str, language: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{_text(language)}">'
        f"<head><title>{_text(title)}</title></head><body>{body}</body></html>\n"
    )


def _file(number: int) -> str:
    return f"paper-{number}.xhtml"


def _id(file: str) -> str:
    return file.removesuffix(".xhtml")


def _text(text: str) -> str:
    return escape(valid_xml(one_line(text)))
