"""What an alert of Google Scholar or an announcement of arXiv lists, read from the email it came in.

    parts, those of a forwarded email too | Scholar's HTML, or arXiv's text | papers

Knows both formats, forwarded or not. Reads anything in time that grows with its length, and never raises; what it does
not know lists nothing. Nothing is fetched: Scholar's links name the address they lead to.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from dailypapers.domain.forwarded import ForwardedFrom, Listing
from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.errors import BadPaperId
from dailypapers.mail.incoming import parts
from dailypapers.mail.incoming.parts import Parsed
from dailypapers.references.ids import ids_in
from dailypapers.sources.parsing.cleaning import clean, clean_authors, web_address

#: Bytes of an email and characters of a text that are looked at: arXiv's largest days.
_LONGEST = 2_000_000
#: Papers of one email, and emails within emails.
MOST_PAPERS, _DEEPEST = 400, 3
_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_NAME, _LONGEST_ADDRESS = 500, 5_000, 120, 500
_MOST_AUTHORS, _MOST_BLOCKS = 100, 12
#: What programs put before the subject of what they forward.
_FORWARDED = re.compile(r"^(?:\s{0,3}(?:fwd?|wg|tr|i|rv|enc|vs|doorst|转发|轉寄|转寄)\s?[:：])+\s{0,9}", re.IGNORECASE)
_SCHOLAR_NAME = re.compile(r"^(?P<name>.+?)\s[-–—]\s[^-–—]{1,60}$")
_SCHOLAR_HOST = re.compile(r"scholar\.google(?:\.[a-z]{2,3}){1,2}", re.ASCII)
#: What Scholar says a link leads to, before a title.
_KIND = re.compile(r"^(?:\[(?:pdf|html|book|citation|doc|ps|txt|b|c|buch|zitation|图书|引用)\]\s{0,5})+", re.IGNORECASE)
_AUTHORS_END = re.compile(r"\s[-–—]\s|\s?…|\.{3}")
_BLOCKS = frozenset(("p", "div", "br", "tr", "td", "li", "h1", "h2", "h3", "h4", "table"))
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,10})(?P<attributes>(?:[\s/][^<>]{0,4000})?)>|<![^<>]{0,4000}>|(?P<text>[^<]+)|<"
)
_HREF = re.compile(r"""\bhref\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_UNSEEN = frozenset(("style", "script", "title", "head"))
_QUOTE = re.compile(r"^(?:[>|][ \t]?){1,9}", re.MULTILINE)
_ARXIV_ENTRY = re.compile(r"^\\\\[ \t]*\narXiv:\s?(?P<id>[\w./-]{7,30})(?P<rest>[^\n]{0,200})\n", re.MULTILINE)
_ARXIV_FIELD = re.compile(r"^(?P<name>Title|Authors?|Categories|DOI)\s?:\s?", re.IGNORECASE)
_ARXIV_ANY_FIELD = re.compile(r"^[A-Z][\w-]{2,20}\s?:(?:\s|$)")
_ARXIV_NAME = re.compile(r"^\s{0,4}Submissions to:\s{0,4}\n\s{0,4}(?P<name>[^\n]{2,120})$", re.MULTILINE)
_ENDS_ENTRY = re.compile(r"^\\\\", re.MULTILINE)


def listing_in(content: bytes) -> Listing | None:
    """Return what an email lists; `None` where it is neither an alert nor an announcement we know."""
    return _listing(parts.parsed(content, most=_LONGEST), 0)


def _listing(mail: Parsed, depth: int) -> Listing | None:
    plain = (each.decoded(_LONGEST) for each in mail.of_type("text/plain"))
    first = next((listing for text in plain if (listing := _of_arxiv(text))), None)
    subject = parts.decoded_field(mail.headers.first("subject"))
    marked_up = (each.decoded(_LONGEST) for each in mail.of_type("text/html"))
    first = first or next((listing for text in marked_up if (listing := _of_scholar(text, subject))), None)
    if first or depth >= _DEEPEST:
        return first
    within = (parts.parsed(each.octets, most=_LONGEST) for each in mail.of_type("message/rfc822"))
    return next((listing for each in within if (listing := _listing(each, depth + 1))), None)


def _of_arxiv(text: str) -> Listing | None:
    lines = _QUOTE.sub("", text.replace("\r\n", "\n"))
    entries = list(_ARXIV_ENTRY.finditer(lines))[: 4 * MOST_PAPERS]
    ends = [*(entry.start() for entry in entries[1:]), len(lines)][: len(entries)]
    papers = (
        _of_entry(entry["id"], lines[entry.end() : end])
        for entry, end in zip(entries, ends, strict=True)
        if "replaced" not in entry["rest"]
    )
    listed = _each_once(paper for paper in papers if paper)
    if not listed:
        return None
    name = _ARXIV_NAME.search(lines)
    return Listing(ForwardedFrom.ARXIV, f"arXiv: {clean(name['name'])[:_LONGEST_NAME]}" if name else "arXiv", listed)


def _of_entry(identifier: str, text: str) -> Paper | None:
    """Return the paper of an entry; none for a replacement, which has no news, or where something is missing."""
    head, *rest = _ENDS_ENTRY.split(text, maxsplit=2)
    if not rest or head.lstrip().lower().startswith("replaced"):
        return None
    fields = _fields(head)
    abstract = clean(rest[0][:_LONGEST_TEXT])
    title = clean(fields.get("title", ""))[:_LONGEST_TITLE]
    try:
        name = PaperId.parse(f"arXiv:{identifier}")
    except BadPaperId:
        return None
    if not title:
        return None
    authors = clean_authors(fields.get("authors") or fields.get("author", ""), given_first=True)[:_MOST_AUTHORS]
    categories = tuple(fields.get("categories", "").split()[:20])
    also = tuple(each for each in ids_in(fields.get("doi", "")) if each.scheme == "doi")[:1]
    return Paper(name, title, abstract, authors, categories, page_of(name), also=also)


def _fields(head: str) -> dict[str, str]:
    """Return the fields of an entry; a line that begins none goes on with the one before."""
    fields: dict[str, str] = {}
    current = ""
    for line in head.splitlines()[:200]:
        if match := _ARXIV_FIELD.match(line):
            current = match["name"].lower()
            fields[current] = line[match.end() :]
        elif _ARXIV_ANY_FIELD.match(line):
            current = ""
        elif current:
            fields[current] = f"{fields[current]} {line.strip()}"
    return fields


def _of_scholar(text: str, subject: str) -> Listing | None:
    if "scholar" not in text:
        return None
    page = _Alert()
    for token in _TOKEN.finditer(text):
        page.read(token)
    papers = _each_once(paper for item in page.items if (paper := _of_item(item)))
    if not papers:
        return None
    stripped = _FORWARDED.sub("", subject.strip())
    name = _SCHOLAR_NAME.match(stripped)
    query = clean((name["name"] if name else stripped), plain=True).strip("\"'“”„«»‘’「」 ")
    return Listing(ForwardedFrom.SCHOLAR, query[:_LONGEST_NAME] or "Google Scholar", papers)


@dataclass
class _Item:
    """One paper as the page shows it: blocks of text below its title."""

    address: str
    title: str = ""
    blocks: list[str] = field(default_factory=list)


@dataclass
class _Alert:
    """Scholar's alert: titles link to /scholar_url, below each stand its authors and what it says.

    The standard library's parser takes quadratic time for tags that do not end.
    """

    items: list[_Item] = field(default_factory=list)
    _is_in_title: bool = False
    _unseen: int = 0

    def read(self, token: re.Match[str]) -> None:
        """Take the next tag or text."""
        name = (token["name"] or "").lower()
        if name in _UNSEEN:
            self._unseen = max(self._unseen + (-1 if token["end"] else 1), 0)
        elif name == "a":
            self._is_in_title = not token["end"] and self._begins(token["attributes"])
        elif name in _BLOCKS:
            self._break()
        elif token["text"] and self.items and not self._unseen:
            self._take(html.unescape(token["text"]))

    def _begins(self, attributes: str) -> bool:
        """Begin a paper at a link to one; return whether it is one."""
        href = _HREF.search(attributes)
        address = _unwrapped(html.unescape(href[1] or href[2] or href[3] or "")) if href else ""
        if address and len(self.items) <= MOST_PAPERS:
            self.items.append(_Item(address))
        return bool(address)

    def _take(self, text: str) -> None:
        """Take text as a part of the title, or as what stands below it."""
        item = self.items[-1]
        if self._is_in_title:
            item.title = (item.title + text)[:_LONGEST_TITLE]
        elif item.blocks:
            item.blocks[-1] = (item.blocks[-1] + text)[:_LONGEST_TEXT]

    def _break(self) -> None:
        if self.items and not self._is_in_title and len(self.items[-1].blocks) < _MOST_BLOCKS:
            blocks = self.items[-1].blocks
            if not blocks or blocks[-1].strip():
                blocks.append("")


def _unwrapped(href: str) -> str:
    """Return the address that a link of Scholar's to a paper leads to; empty for any other link."""
    try:
        link = urlsplit(href.strip())
        if not _SCHOLAR_HOST.fullmatch((link.hostname or "").lower()):
            return ""
        path, query = link.path, parse_qs(link.query, max_num_fields=50)
    except ValueError:
        return ""
    if path == "/scholar_url":
        address = query.get("url", [""])[0]
        return web_address(address) if len(address) <= _LONGEST_ADDRESS else ""
    # What Scholar knows by citations alone leads to a search of Scholar's own.
    is_result = path == "/scholar" and "cluster" in query
    return href.strip() if is_result and len(href) <= _LONGEST_ADDRESS else ""


def _of_item(item: _Item) -> Paper | None:
    title = _KIND.sub("", clean(item.title, plain=True))
    if not title:
        return None
    blocks = [line for block in item.blocks if (line := clean(block, plain=True))]
    # Scholar cuts long lists short; the first author is always there.
    listed = _AUTHORS_END.split(blocks[0], maxsplit=1)[0] if blocks else ""
    authors = clean_authors(listed, given_first=True)[:_MOST_AUTHORS]
    ids = tuple(dict.fromkeys(ids_in(item.address)))[:1] or _named_in(blocks[:1])
    name = ids[0] if ids else PaperId("url", item.address)
    snippet = blocks[1] if len(blocks) > 1 else ""
    return Paper(name, title, snippet, authors, url=page_of(name) or item.address)


def _named_in(blocks: Iterable[str]) -> tuple[PaperId, ...]:
    """Return the arXiv id that Scholar names as where a paper appeared."""
    return tuple(each for block in blocks for each in ids_in(block) if each.scheme == "arxiv")[:1]


def _each_once(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    return tuple(_first_of_each(papers))[:MOST_PAPERS]


def _first_of_each(papers: Iterable[Paper]) -> Iterator[Paper]:
    met: set[str] = set()
    for paper in papers:
        if met.isdisjoint(paper.names()):
            yield paper
        met.update(paper.names())
