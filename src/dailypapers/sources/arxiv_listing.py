"""arXiv's listing pages of a day: /list/CATEGORY/new, and /catchup/CATEGORY/DATE for any of the past ninety days.

Knows their HTML. Unlike the feeds they say how many papers there are, and so whether what was read is all of it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from dailypapers.domain.paper import NOTHING_SHOWN, Paper, PaperId, Presentation, page_of
from dailypapers.domain.source import Announcement, AnnounceType, Skipped
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import Reading
from dailypapers.sources.parsing.cleaning import clean, clean_authors

#: The days that /catchup goes back.
CATCHUP_DAYS = 90
#: Two thousand papers with their abstracts take five million bytes.
_MAX_BYTES = 15_000_000
#: Comments and the like, of which a page has a handful; the parser's time grows with their square.
_MAX_DECLARATIONS = 1_000
_SECTION = re.compile(
    r"(?P<kind>New|Cross|Replacement)\s+submissions\b.*?showing\s+(?:(?:first|last)\s+)?(?P<shown>[\d,]+)\s+of\s+(?P<all>[\d,]+)",
    re.IGNORECASE,
)
#: A heading of papers that is none of those, for whatever arXiv may call them one day.
_OTHER_SECTION = re.compile(r"\bshowing\b.*\bentries\b", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_ABSTRACT_PAGE = re.compile(r"(?:https://arxiv\.org)?/abs/([\w./-]{5,40})")
_DAY = re.compile(r"(?:new listings for|on)\s+\w+,\s+(?P<day>\d{1,2}\s+\w+\s+\d{4})\s*$", re.IGNORECASE)
_NOTHING = re.compile(r"\bNo (?:further )?updates (?:today|for)\b", re.IGNORECASE)
_CODE = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)")
_TYPES = {"new": AnnounceType.NEW, "cross": AnnounceType.CROSS, "replacement": AnnounceType.REPLACE}
_FIELDS = {
    "list-title": "title",
    "list-authors": "authors",
    "list-comments": "comments",
    "list-journal-ref": "journal",
    "list-subjects": "subjects",
}
_LABELS = frozenset({"Title:", "Authors:", "Comments:", "Journal-ref:", "Subjects:"})
#: Not every paper has one, and only this page says which do.
_HTML_PAGE = re.compile(r"https://arxiv\.org/html/[\w./-]{1,60}")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page says of a category's day."""

    reading: Reading
    #: The day the page is about; `None` where it does not say.
    day: dt.date | None
    #: Papers it says there are, by type; empty where it says that there are none.
    printed: Mapping[AnnounceType, int]
    #: Whether as many were read as it says there are.
    is_complete: bool


def read_listing(content: bytes, *, category: str, day: dt.date, source: str = "arxiv") -> Listing:
    """Read a page, its first one of at most two thousand papers. Raises `FetchFailed` where it is not a listing."""
    if len(content) > _MAX_BYTES or content.count(b"<!") > _MAX_DECLARATIONS:
        raise FetchFailed(f"the page of {category} is larger than any listing")
    page = _Page()
    page.feed(content.decode("utf-8", "replace"))
    page.close()
    if not page.is_listing:
        raise FetchFailed(f"the page of {category} is not a listing of arXiv")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    for number, item in enumerate(page.items, 1):
        try:
            announcements.append(_announcement(item, day=day, source=source))
        except (BadPaperId, ValueError) as error:
            skipped.append(Skipped(f"{category} page item {number}", str(error)))
    missing = _missing(page.printed, announcements)
    remarks = [f"The page of {category} says {missing}"] if missing else []
    remarks += [f"The page of {category} has papers under “{heading[:80]}”" for heading in page.others[:1]]
    remarks += [f"The page of {category} is cut off"] if not page.is_ended else []
    reading = Reading(tuple(announcements), tuple(skipped), tuple(remarks))
    return Listing(reading, page.day, page.printed, not remarks and not skipped)


def _missing(printed: Mapping[AnnounceType, int], announcements: Iterable[Announcement]) -> str:
    types = [item.type for item in announcements]
    return ", ".join(
        f"{count} {kind.value}, {types.count(kind)} were read"
        for kind, count in printed.items()
        if types.count(kind) != count
    )


@dataclass(slots=True)
class _Item:
    """An entry as it is collected: texts by field."""

    type: AnnounceType
    texts: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return "".join(self.texts.get(name, ()))


def _announcement(item: _Item, *, day: dt.date, source: str) -> Announcement:
    id_, version = PaperId.parse_version(item.text("id").strip())
    title = clean(item.text("title"), plain=True)
    if not title:
        raise ValueError(f"{id_} has no title.")
    paper = Paper(
        id=id_,
        title=title,
        abstract=clean(item.text("abstract"), plain=True),
        authors=clean_authors(item.text("authors"), given_first=True),
        categories=tuple(dict.fromkeys(_CODE.findall(item.text("subjects")))),
        url=page_of(id_),
    )
    presented = _presentation(item)
    presentation = None if presented == NOTHING_SHOWN else presented
    return Announcement(paper, source, day, type=item.type, version=version, presentation=presentation)


def _presentation(item: _Item) -> Presentation:
    page = item.text("html")
    return Presentation(
        comment=clean(item.text("comments"), plain=True),
        journal=clean(item.text("journal"), plain=True),
        html_url=page if _HTML_PAGE.fullmatch(page) else "",
    )


class _Page(HTMLParser):
    """Collects the headings of a page and the texts of its entries."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[_Item] = []
        self.printed: dict[AnnounceType, int] = {}
        self.day: dt.date | None = None
        #: Headings above papers of an unknown type.
        self.others: list[str] = []
        #: Whether it came to its end.
        self.is_ended = False
        self._type: AnnounceType | None = None
        self._says_nothing = False
        #: Where the text that comes next belongs: the field of the last entry, "heading", or nowhere.
        self._field = ""
        #: The element that ends the field, and how many of its name are open inside.
        self._element = ""
        self._depth = 0
        self._heading: list[str] = []

    @property
    def is_listing(self) -> bool:
        return bool(self.printed) or self._says_nothing

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == self._element:
            self._depth += 1
        elif tag in _HEADINGS:
            self._begin("heading", tag)
        elif tag == "dt" and self._type:
            self.items.append(_Item(self._type))
        elif self.items and tag == "a" and (page := _ABSTRACT_PAGE.fullmatch(attributes.get("href") or "")):
            self.items[-1].texts.setdefault("id", [page[1]])
        elif self.items and tag == "a" and attributes.get("title") == "View HTML":
            self.items[-1].texts["html"] = [attributes.get("href") or ""]
        elif self.items and tag == "div":
            classes = (attributes.get("class") or "").split()
            name = next((_FIELDS[each] for each in classes if each in _FIELDS), "")
            if name:
                self._begin(name, tag)
        elif self.items and tag == "p" and "mathjax" in (attributes.get("class") or ""):
            self._begin("abstract", tag)

    def _begin(self, name: str, element: str) -> None:
        self._field, self._element, self._depth = name, element, 1

    def handle_endtag(self, tag: str) -> None:
        self.is_ended = self.is_ended or tag in {"body", "html"}
        if tag != self._element:
            return
        self._depth -= 1
        if self._depth == 0:
            if self._field == "heading":
                self._read_heading(" ".join("".join(self._heading).split()))
                self._heading.clear()
            self._field = self._element = ""

    def handle_data(self, data: str) -> None:
        if self._field == "heading":
            self._heading.append(data)
        elif self._field and data.strip() not in _LABELS:
            self.items[-1].texts.setdefault(self._field, []).append(data)
        elif _NOTHING.search(data):
            self._says_nothing = True

    def _read_heading(self, heading: str) -> None:
        if section := _SECTION.search(heading):
            self._type = _TYPES[section["kind"].lower()]
            self.printed[self._type] = int(section["all"].replace(",", ""))
        elif _OTHER_SECTION.search(heading):
            self.others.append(heading)
            self._type = None
        elif day := _DAY.search(heading):
            self.day = _date(day["day"])


def _date(text: str) -> dt.date | None:
    for form in ("%d %B %Y", "%d %b %Y"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    return None
