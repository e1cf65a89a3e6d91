"""Feeds that a web page names as its own: https://html.spec.whatwg.org/multipage/links.html#rel-alternate."""

from html.parser import HTMLParser
from urllib.parse import urljoin

from dailypapers.sources.parsing.cleaning import web_address

#: The links stand at the head of a page.
_MAX_BYTES = 500_000
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})


def feeds_of(content: bytes, url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page fetched from `url` names, each once, in its order.

    Feeds of comments, which blogs name beside that of their posts, come last.
    """
    head = content[:_MAX_BYTES]
    # Beyond a handful of these the parser's time grows with their square.
    if head.count(b"<!") > 1_000:  # noqa: PLR2004
        return ()
    page = _Links()
    page.feed(head.decode("utf-8", "replace"))
    addresses = (_joined(page.base or url, address) for address in page.feeds)
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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = web_address(attributes.get("href", ""))
        is_alternate = "alternate" in attributes.get("rel", "").lower().split()
        if tag == "link" and is_alternate and attributes.get("type", "").strip().lower() in _TYPES:
            self.feeds.append(attributes.get("href", "").strip())
