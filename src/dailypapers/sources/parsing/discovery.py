"""Feeds that a web page names as its own: https://html.spec.whatwg.org/multipage/links.html#rel-alternate.

Where it names none, a link within the page may do that is said to lead to one, or whose address looks so.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from dailypapers.sources.parsing.cleaning import web_address

#: The links stand at the head of a page.
_MAX_BYTES = 500_000
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
#: What may be a feed as well, though it is often something else.
_LESS_SURE_TYPES = frozenset({"text/xml", "application/xml", "application/json"})
#: WordPress names an answer of its API so.
_NO_FEED = re.compile(r"/wp-json\b")
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)
#: How addresses of feeds end: /rss, /feed/, /atom.xml, /showFeed?type=etoc&feed=rss, /index.rdf.
_LOOKS_LIKE_FEED = re.compile(
    r"(?:/(?:rss|atom|feeds?)/?|\.(?:rss|atom|rdf)|/\w{0,20}(?:(?:rss|atom)\w{0,20}|feeds?)\.(?:xml|json|php)"
    r"|[?&]feed=(?:rss|atom)\w{0,8})$",
    re.IGNORECASE,
)


def feeds_of(content: bytes, url: str, *, guess: bool = False) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page fetched from `url` names, each once, in its order.

    Feeds of comments, which blogs name beside that of their posts, come last. With `guess` links will do, where none is
    named, that are less surely those of a feed: not for a page that stands where a feed should be, an error's say.
    """
    head = content[:_MAX_BYTES]
    # Beyond a handful of these the parser's time grows with their square.
    if head.count(b"<!") > 1_000:  # noqa: PLR2004
        return ()
    page = _Links()
    page.feed(head.decode("utf-8", "replace"))
    written = page.feeds or (page.less_sure or page.guessed if guess else [])
    addresses = (_joined(page.base or url, _FEED_SCHEME.sub("", address, count=1)) for address in written)
    named = dict.fromkeys(address for address in addresses if address)
    return tuple(sorted(named, key=lambda address: "comment" in address.lower()))


def _joined(base: str, address: str) -> str:
    try:
        return web_address(urljoin(base, address))
    except ValueError:
        return ""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.feeds: list[str] = []
        self.less_sure: list[str] = []
        self.guessed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        address = attributes.get("href", "").strip()
        if tag == "base" and not self.base:
            self.base = web_address(address)
        if not address or _NO_FEED.search(address):
            return
        type_ = attributes.get("type", "").partition(";")[0].strip().lower()
        relations = attributes.get("rel", "").lower().split()
        if tag == "link" and ("feed" in relations or ("alternate" in relations and type_ in _TYPES)):
            self.feeds.append(address)
        elif type_ in (_TYPES if tag == "a" else _LESS_SURE_TYPES if "alternate" in relations else ()):
            self.less_sure.append(address)
        elif tag == "a" and _LOOKS_LIKE_FEED.search(address[:500]):
            self.guessed.append(address)
