"""What an address that somebody pastes is as a source: its kind, and what that kind needs. Asks nobody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from dailypapers.domain.category import ARCHIVES, is_arxiv_category, nearest_category, unknown_subject
from dailypapers.domain.text import one_line
from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.bounds import checked_xml
from dailypapers.sources.parsing.cleaning import web_address

_LIST = re.compile(r"/(?:list|rss|atom|catchup|archive)/([A-Za-z.+-]+)")
#: A subject of bioRxiv or medRxiv, in the address of its page.
_COLLECTION = re.compile(r"/collection/([a-z-]+)", re.ASCII)
_ISSN = re.compile(r"(?:ISSN:?\s?)?(\d{4}-\d{3}[\dX])", re.ASCII)
#: Other programs' way to write a feed's address, and an address as people say it.
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=\S)(https?:)?(?://)?", re.ASCII | re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"(?!\d+\.)[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,24}(?::\d{1,5})?(?:[/?]\S*)?")
#: A code as arXiv writes them: of an archive it has.
_CODE = re.compile(rf"(?:{'|'.join(ARCHIVES)})\.[A-Za-z-]+", re.ASCII)
Setting = Mapping[str, str | tuple[str, ...]]


def setting_of(address: str) -> Setting | None:
    """Return the settings of the source that an address, a category of arXiv or an ISSN is of; `None` for others."""
    address = address.strip()
    if is_arxiv_category(address):
        return _arxiv(address)
    if issn := _ISSN.fullmatch(address):
        return {"kind": "crossref", "issns": (issn[1],)}
    url = web_address(_with_scheme(address))
    if not url:
        return None
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return _known(host, url) or {"kind": "feed", "name": host, "url": url}


def _with_scheme(address: str) -> str:
    if feed := _FEED_SCHEME.match(address):
        return f"{feed[1] or 'https:'}//{address[feed.end() :]}"
    return f"https://{address}" if _WITHOUT_SCHEME.fullmatch(address) else address


def _arxiv(codes: str) -> Setting:
    """Write categories as arXiv does, whatever their case."""
    return {"kind": "arxiv", "categories": tuple(nearest_category(code) for code in codes.split("+"))}


def unknown_category_of(address: str) -> str:
    """Return the category of arXiv that an address or a code names although arXiv has none such; empty otherwise."""
    parts = urlsplit(web_address(address))
    listed = _LIST.match(parts.path) if _is_of(parts.hostname or "", "arxiv.org") else None
    code = listed[1] if listed else address if _CODE.fullmatch(address) else ""
    return "" if not code or is_arxiv_category(code) else code


def unknown_sentence(address: str) -> str:
    """Say in a sentence that a source has no category which an address or a code names; empty where all are known."""
    if unknown := unknown_category_of(address):
        nearest = nearest_category(unknown)
        return f"arXiv has no category {unknown}{f'; did you mean {nearest}?' if nearest else '.'}"
    setting = setting_of(address) or {}
    server = str(setting.get("kind"))
    subjects = setting.get("categories", ()) if server in {"biorxiv", "medrxiv"} else ()
    return next(filter(None, (unknown_subject(server, subject) for subject in subjects)), "")


def _known(host: str, url: str) -> Setting | None:
    """Return the settings of a source that is asked in a way of its own."""
    parts = urlsplit(url)
    listed = _LIST.match(parts.path)
    if _is_of(host, "arxiv.org") and listed and is_arxiv_category(listed[1]):
        return _arxiv(listed[1])
    if host == "huggingface.co" and parts.path.startswith("/papers"):
        return {"kind": "huggingface"}
    venue = next(iter(parse_qs(parts.query).get("id", ())), "")
    if host == "openreview.net" and parts.path == "/group" and venue:
        return {"kind": "openreview", "venue": venue}
    search = next(iter(parse_qs(parts.query).get("term", ())), "")
    if host == "pubmed.ncbi.nlm.nih.gov" and search:
        return {"kind": "pubmed", "query": search}
    server = next((each for each in ("biorxiv", "medrxiv") if _is_of(host, f"{each}.org")), "")
    return {"kind": server, **_subjects(parts)} if server else None


def _subjects(parts: SplitResult) -> Setting:
    """Read the subjects of bioRxiv or medRxiv that an address is about: one of a page, several of a feed."""
    page = _COLLECTION.match(parts.path)
    of_feed = re.search(r"(?:^|&)subject=([^&]+)", parts.query)
    written = [page[1]] if page else unquote(of_feed[1]).split("+") if of_feed else []
    subjects = tuple(re.sub("[_-]", " ", each).strip().lower() for each in written)
    return {"categories": subjects} if subjects and "all" not in subjects else {}


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list of feeds."""

    name: str
    #: Empty where it is no address of the web.
    url: str


def read_opml(content: bytes) -> tuple[Outline, ...]:
    """Read a list of feeds (http://opml.org/spec2.opml), folders and all. Raises `FetchFailed` for what is none.

    What has an address that is not one of the web comes with an empty one.
    """
    root = checked_xml(content, "it")
    if root.tag.lower() != "opml":
        raise FetchFailed("it is not a list of feeds (OPML)")
    return tuple(_outlines(root))


def _outlines(root: ET.Element) -> Iterator[Outline]:
    for element in root.iter("outline"):
        # Programs differ in how they write the name of the attribute.
        attributes = {name.lower(): value for name, value in element.attrib.items()}
        if written := attributes.get("xmlurl", "").strip():
            url = web_address(_with_scheme(written))
            name = one_line(attributes.get("title") or attributes.get("text") or "")
            yield Outline(name or urlsplit(url).hostname or written[:80], url)


def write_opml(outlines: Sequence[Outline]) -> str:
    """Write a list of feeds for other programs."""
    named = ((quoteattr(each.name), quoteattr(each.url)) for each in outlines)
    lines = [f'    <outline type="rss" text={name} title={name} xmlUrl={url}/>' for name, url in named]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>dailypapers</title></head>'
    return "\n".join([head, "  <body>", *lines, "  </body>", "</opml>", ""])
