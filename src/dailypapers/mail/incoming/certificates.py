"""What SNS signs with, and the link that confirms a subscription: asked of Amazon’s own hosts alone.

Knows which addresses are Amazon's. Does not know how something is fetched: whoever makes the certificates says it.
"""

import re
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

#: Hosts of SNS, as its messages name them, in any region and in China.
_HOST = re.compile(r"sns\.[a-z0-9-]{3,32}\.amazonaws\.com(\.cn)?")
#: Certificates that are remembered; a region has one, and a new one each year.
_MOST = 16

#: Returns what an address has; empty where it cannot be had.
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


class Certificates:
    """Certificates by their address, each fetched once."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, url: str) -> bytes:
        """Return a certificate; empty where its address is not Amazon's, or it cannot be had."""
        if not is_of_amazon(url, path_ends=".pem"):
            return b""
        with self._lock:
            if url not in self._known:
                certificate = self._fetch(url)
                if not certificate:
                    return b""
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[url] = certificate
            return self._known[url]

    def confirm(self, url: str) -> bool:
        """Open the link that confirms a subscription; return whether it answered."""
        return is_of_amazon(url) and bool(self._fetch(url))
