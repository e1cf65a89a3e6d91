"""Fetch a small thing that a request waits for, once: checked addresses, no redirect, a limit in size and time.

For what is looked at while somebody waits for our answer, outside of any event loop. Sources are fetched by the client.
"""

import asyncio

from dailypapers.errors import FetchFailed
from dailypapers.sources.http.client import Http, Reply

#: Bytes of an answer, and seconds that it may take: certificates have two thousand.
LONGEST, _SECONDS = 65_536, 10.0
_OK = 200


def fetch_once(url: str, *, allow_private: bool = False) -> bytes:
    """Return what an address has; empty where it cannot be had, redirects, or answers anything but 200 (RFC 9110).

    The connection goes to an address that was checked: a public one, unless `allow_private`.
    """
    try:
        reply = asyncio.run(_reply(url, allow_private=allow_private))
    except FetchFailed:
        return b""
    return reply.content if reply.status == _OK else b""


async def _reply(url: str, *, allow_private: bool) -> Reply:
    client = Http(allow_private=allow_private, pace=0, max_bytes=LONGEST, timeout=_SECONDS, deadline=_SECONDS)
    async with client as http:
        return await http.send("GET", url, headers={})
