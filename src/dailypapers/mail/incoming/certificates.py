"""What SNS signs with, and the link that confirms a subscription: fetched from Amazon’s own hosts alone."""

import re
import threading
from collections.abc import Callable
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

#: Hosts of SNS, as its messages name them, in any region and in China.
_HOST = re.compile(r"sns\.[a-z0-9-]{3,32}\.amazonaws\.com(\.cn)?")
_LONGEST, _SECONDS = 65_536, 10.0
#: Certificates that are remembered; a region has one, and a new one each year.
_MOST = 16

Fetch = Callable[[str], bytes]


def is_of_amazon(url: str, *, path_ends: str = "") -> bool:
    """Return whether an address leads to SNS itself: https, its own host, no other port, no user."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_host = parts.netloc in {parts.hostname, f"{parts.hostname}:443"} and bool(_HOST.fullmatch(parts.hostname or ""))
    return parts.scheme == "https" and is_host and port in {None, 443} and parts.path.endswith(path_ends)


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: what is elsewhere is not Amazon's."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


def fetched(url: str) -> bytes:
    """Return what an address has; empty where it cannot be had."""
    try:
        with build_opener(_NoRedirect).open(Request(url), timeout=_SECONDS) as answer:  # noqa: S310 - https alone
            return bytes(answer.read(_LONGEST))
    except (URLError, OSError, ValueError):
        return b""


class Certificates:
    """Certificates by their address, each fetched once."""

    def __init__(self, fetch: Fetch = fetched) -> None:
        self._fetch = fetch
        self._known: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, url: str) -> bytes:
        """Return a certificate; empty where its address is not Amazon's, or it cannot be had."""
        if not is_of_amazon(url, path_ends=".pem"):
            return b""
        with self._lock:
            if url not in self._known:
                found = self._fetch(url)
                if not found:
                    return b""
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[url] = found
            return self._known[url]

    def confirm(self, url: str) -> bool:
        """Open the link that confirms a subscription; return whether it answered."""
        return is_of_amazon(url) and bool(self._fetch(url))
