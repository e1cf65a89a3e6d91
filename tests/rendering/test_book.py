"""The mail of a book: a title, a line, and a file within its bounds."""

import datetime as dt

from tests.rendering.test_epub import ENGLISH, PAPERS, parsed

from dailypapers.domain.digest import Entry
from dailypapers.rendering.book import MAX_BOOK, render_book


def test_a_mail_of_a_book_is_titled_as_the_book_and_has_no_html() -> None:
    message = render_book(ENGLISH, [Entry(paper, "") for paper in PAPERS], day=dt.date(2026, 4, 25), name="Our\nPapers")
    assert message.subject == "Our Papers: the week to 25 Apr 2026"
    assert message.html == ""
    assert message.attachment
    assert len(message.attachment.content) <= MAX_BOOK
    titles = [
        title.text for title in parsed(message.attachment.content)["book.opf"].iter() if title.tag.endswith("title")
    ]
    assert titles == [message.subject]
