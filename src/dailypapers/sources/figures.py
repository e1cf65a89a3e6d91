"""A figure of a paper: the thumbnail that Hugging Face made of it, or the first figure of arXiv's HTML.

    thumbnail's address, or arXiv's page | its first figure's address, on the same host | bytes

Knows the markup of LaTeXML, which makes arXiv's HTML. Does not know what the bytes are.
"""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from dailypapers.errors import FetchFailed
from dailypapers.sources.http.client import Http

ARXIV = "https://arxiv.org"
#: Where no figure has come by here, the paper has none worth its reading time.
_MAX_HTML = 3_000_000
_PIECE = 50_000
_MAX_ADDRESS = 2000


async def from_address(http: Http, url: str) -> bytes:
    """Return what is at a picture's address. Raises `FetchFailed`."""
    return (await http.get(url)).content


async def from_arxiv(http: Http, arxiv_id: str, *, base_url: str = ARXIV) -> bytes:
    """Return the first figure of arXiv's HTML of a paper. Raises `FetchFailed` where there is no HTML or no figure."""
    page = f"{base_url.rstrip('/')}/html/{arxiv_id}"
    html = (await http.get(page)).content[:_MAX_HTML].decode("utf-8", "replace")
    address = first_figure(html, page)
    if not address:
        raise FetchFailed(f"{page} shows no figure.")
    return (await http.get(address)).content


def first_figure(html: str, page: str) -> str:
    """Return the address of the first picture within a figure; empty where there is none on the same host."""
    reader = _Reader()
    for begin in range(0, len(html), _PIECE):
        reader.feed(html[begin : begin + _PIECE])
        if reader.source:
            return _on_same_host(page, reader.base, reader.source)
    return ""


def _on_same_host(page: str, base: str, source: str) -> str:
    try:
        # A page's address names a folder, whether or not it ends like one: pictures lie below it.
        address = urljoin(urljoin(f"{page}/" if not base else page, base), source)
        is_here = urlsplit(address)[:2] == urlsplit(page)[:2]
    except ValueError:
        return ""
    return address if is_here and len(address) <= _MAX_ADDRESS else ""


class _Reader(HTMLParser):
    """Looks for the first picture within a figure that is not a table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.source = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the page's base, and the first picture."""
        values = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = values.get("href", "")
        elif tag == "figure" and "ltx_table" not in values.get("class", "").split():
            self._depth += 1
        elif tag == "img" and self._depth and not self.source and _is_picture(values.get("src", "")):
            self.source = values["src"].strip()

    def handle_endtag(self, tag: str) -> None:
        """Leave a figure."""
        if tag == "figure":
            self._depth = max(self._depth - 1, 0)


def _is_picture(source: str) -> bool:
    return bool(source.strip()) and not source.startswith("data:") and not source.lower().endswith((".svg", ".pdf"))
