"""What an address that somebody pastes is as a source: its kind, and what that kind needs. Asks nobody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from dailypapers.domain.category import ARCHIVES, is_arxiv_category
from dailypapers.domain.text import one_line
from dailypapers.errors import FetchFailed
from dailypapers.sources.parsing.bounds import checked_xml
from dailypapers.sources.parsing.cleaning import web_address

_LIST = re.compile(r"/(?:list|rss|atom|catchup)/([A-Za-z.+-]+)")
#: A code as arXiv writes them: of an archive it has.
_CODE = re.compile(rf"(?:{'|'.join(ARCHIVES)})\.[A-Za-z-]+", re.ASCII)
Setting = Mapping[str, str | tuple[str, ...]]


def setting_of(address: str) -> Setting | None:
    """Return the settings of the source that an address is of, or a category of arXiv; `None` where it is neither."""
    if is_arxiv_category(address):
        return {"kind": "arxiv", "categories": (address,)}
    url = web_address(address)
    if not url:
        return None
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return _known(host, url) or {"kind": "feed", "name": host, "url": url}


def unknown_category_of(address: str) -> str:
    """Return the category of arXiv that an address or a code names although arXiv has none such; empty otherwise."""
    parts = urlsplit(web_address(address))
    listed = _LIST.match(parts.path) if _is_of(parts.hostname or "", "arxiv.org") else None
    code = listed[1] if listed else address if _CODE.fullmatch(address) else ""
    return "" if not code or is_arxiv_category(code) else code


def _known(host: str, url: str) -> Setting | None:
    """Return the settings of a source that is asked in a way of its own."""
    parts = urlsplit(url)
    listed = _LIST.match(parts.path)
    if _is_of(host, "arxiv.org") and listed and is_arxiv_category(listed[1]):
        return {"kind": "arxiv", "categories": tuple(listed[1].split("+"))}
    if host == "huggingface.co" and parts.path.startswith("/papers"):
        return {"kind": "huggingface"}
    venue = next(iter(parse_qs(parts.query).get("id", ())), "")
    if host == "openreview.net" and parts.path == "/group" and venue:
        return {"kind": "openreview", "venue": venue}
    server = next((each for each in ("biorxiv", "medrxiv") if _is_of(host, f"{each}.org")), "")
    return {"kind": server} if server else None


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list of feeds."""

    name: str
    url: str


def read_opml(content: bytes) -> tuple[Outline, ...]:
    """Read a list of feeds (http://opml.org/spec2.opml), folders and all. Raises `FetchFailed` for what is none."""
    root = checked_xml(content, "it")
    if root.tag != "opml":
        raise FetchFailed("it is not a list of feeds (OPML)")
    return tuple(_outlines(root))


def _outlines(root: ET.Element) -> Iterator[Outline]:
    for element in root.iter("outline"):
        url = web_address(element.get("xmlUrl", ""))
        if url:
            name = one_line(element.get("title") or element.get("text") or "")
            yield Outline(name or urlsplit(url).hostname or url, url)


def write_opml(outlines: Sequence[Outline]) -> str:
    """Write a list of feeds for other programs."""
    named = ((quoteattr(each.name), quoteattr(each.url)) for each in outlines)
    lines = [f'    <outline type="rss" text={name} title={name} xmlUrl={url}/>' for name, url in named]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>dailypapers</title></head>'
    return "\n".join([head, "  <body>", *lines, "  </body>", "</opml>", ""])
