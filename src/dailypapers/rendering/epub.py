"""Papers as an EPUB 3 book for e-readers: a contents page, and a chapter for each paper.

A chapter holds the paper in a sentence, why it was picked, its abstract, and what its reader noted. All text is
foreign: it is escaped, and freed of what XML 1.0 does not allow. Nothing in the book is loaded from elsewhere.
The same papers give the same bytes. See https://www.w3.org/TR/epub-33/.
"""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from dailypapers.domain.digest import Entry
from dailypapers.domain.i18n import N_
from dailypapers.domain.paper import PaperId, page_of
from dailypapers.domain.saved import NO_REMARKS, NOTHING_REMARKED, Remark
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.domain.text import valid_xml
from dailypapers.rendering.environment import Templates, in_words, language_of, translator_of
from dailypapers.rendering.summary import summary_of
from dailypapers.rendering.text import one_line, safe_url

#: What is not stated is as old as ZIP's calendar, so that the bytes do not depend on the day.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = "2000-01-01T00:00:00Z"
_CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)


#: So much of its papers a book keeps that is too large, each time.
_CUT = 0.9


def epub(
    entries: Sequence[Entry],
    *,
    templates: Templates,
    title: str,
    day: dt.date | None = None,
    remarks: Mapping[PaperId, Remark] = NO_REMARKS,
    max_bytes: int | None = None,
) -> bytes:
    """Return the book, in the language of the templates; `day` is the date that it bears.

    With `max_bytes` the last papers are left out until the book is as small.
    """
    book = _book(entries, templates, title, day, remarks)
    while max_bytes is not None and len(book) > max_bytes and entries:
        entries = entries[: int(len(entries) * _CUT)]
        book = _book(entries, templates, title, day, remarks)
    return book


def _book(
    entries: Sequence[Entry], templates: Templates, title: str, day: dt.date | None, remarks: Mapping[PaperId, Remark]
) -> bytes:
    language = language_of(templates)
    chapters = (_chapter(entry, templates, remarks.get(entry.paper.id, NOTHING_REMARKED)) for entry in entries)
    files = {
        "META-INF/container.xml": _CONTAINER,
        "book.opf": _package(entries, title, language, day),
        "nav.xhtml": _contents(entries, title, language),
        **{_file(number): chapter for number, chapter in enumerate(chapters, 1)},
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


def _package(entries: Sequence[Entry], title: str, language: str, day: dt.date | None) -> str:
    names = "\n".join(str(entry.paper.id) for entry in entries)
    identifier = hashlib.sha256(f"{title}\n{names}".encode("utf-8", "replace")).hexdigest()[:32]
    date = f"<dc:date>{day.isoformat()}</dc:date>" if day else ""
    files = [_file(number) for number in range(1, len(entries) + 1)]
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


def _contents(entries: Sequence[Entry], title: str, language: str) -> str:
    links = "".join(
        f'<li><a href="{_file(number)}">{_text(entry.paper.title)}</a></li>' for number, entry in enumerate(entries, 1)
    )
    # A list without entries is not allowed (EPUB 3.3, 7.4).
    listed = f"<ol>{links}</ol>" if links else '<ol><li><a href="nav.xhtml">–</a></li></ol>'
    return _page(f'<nav epub:type="toc"><h1>{_text(title)}</h1>{listed}</nav>', title, language)


def _chapter(entry: Entry, templates: Templates, remark: Remark) -> str:
    paper, translate = entry.paper, translator_of(templates)
    url = safe_url(paper.url) or safe_url(page_of(paper.id))
    link = f'<p><a href="{escape(valid_xml(url))}">{_text(url)}</a></p>' if url else ""
    date = paper.published.isoformat() if paper.published else ""
    paragraphs = (", ".join(paper.authors), date, in_words(entry.reason, translate))
    head = f"<h1>{_text(paper.title)}</h1>" + "".join(f"<p>{_text(each)}</p>" for each in paragraphs if each)
    body = f"{head}{_summary(entry, templates)}<p>{_text(paper.abstract)}</p>{''.join(_remarked(remark, templates))}"
    return _page(body + link, paper.title, language_of(templates))


def _summary(entry: Entry, templates: Templates) -> str:
    """Return the paper in a sentence and who wrote it; nothing where it is a sentence of the abstract."""
    summary = summary_of(entry)
    if not summary.text or summary.by is SummaryBy.ABSTRACT:
        return ""
    return f"<p><em>{_text(summary.text)}</em> ({_text(_written_by(summary, templates))})</p>"


def _written_by(summary: Summary, templates: Templates) -> str:
    translate = translator_of(templates)
    if summary.by is SummaryBy.AUTHORS:
        return translate(N_("the authors’ own summary"))
    return translate(N_("AI summary, {model}")).format(model=summary.model)


def _remarked(remark: Remark, templates: Templates) -> Iterator[str]:
    """Yield what the reader keeps beside the paper; a note keeps its lines."""
    translate = translator_of(templates)
    if remark.note:
        lines = "<br/>".join(_text(line) for line in remark.note.splitlines())
        yield f"<h2>{_text(translate(N_('Note')))}</h2><p>{lines}</p>"
    if remark.collection:
        yield f"<h2>{_text(translate(N_('Collection')))}</h2><p>{_text(remark.collection)}</p>"


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
