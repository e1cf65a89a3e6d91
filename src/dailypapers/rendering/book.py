"""The mail that carries the book of the week to an e-reader: a line for people, the book for the device."""

import datetime as dt
from collections.abc import Mapping, Sequence

from dailypapers.domain.digest import Entry
from dailypapers.domain.message import Attachment, Message
from dailypapers.domain.paper import PaperId
from dailypapers.domain.saved import NO_REMARKS, Remark
from dailypapers.rendering.environment import Templates
from dailypapers.rendering.epub import epub
from dailypapers.rendering.text import one_line

#: A mail of 5 MB in base64, which is as 57 bytes to 78.
MAX_BOOK = 3_600_000


def render_book(
    templates: Templates,
    entries: Sequence[Entry],
    *,
    day: dt.date,
    remarks: Mapping[PaperId, Remark] = NO_REMARKS,
    name: str = "Daily Papers",
) -> Message:
    """Return the mail of a book whose week ends on a day; its subject is the book's title."""
    values = {"count": len(entries), "day": day, "list_name": one_line(name)}
    subject, text = (
        templates.get_template(f"email/book/{part}").render(values) for part in ("subject.txt", "body.txt")
    )
    title = one_line(subject)
    book = epub(entries, templates=templates, title=title, day=day, remarks=remarks, max_bytes=MAX_BOOK)
    attachment = Attachment(f"papers-{day}.epub", "application/epub+zip", book)
    return Message(title, text.strip() + "\n", "", attachment)
