"""Post one body to one web address, as carefully as is fetched: checked addresses, no redirect, a limit in time.

Knows danger as the client does. Never raises; what it says of a failure names no address, because some addresses are
secrets themselves.
"""

import asyncio
import socket
from collections.abc import Mapping

import httpx

from dailypapers import __version__
from dailypapers.domain.event import Posted
from dailypapers.errors import FetchFailed
from dailypapers.sources.http.exchange import Request, line_to, response_of
from dailypapers.sources.http.retry import retry_after

#: Seconds that the other side may take, from the look-up of its name to the head of its answer.
_PATIENCE = 10.0
#: Bytes of a body; who is told things is not sent files.
LONGEST = 65_536


async def post(
    url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST", allow_private: bool = False
) -> Posted:
    """Post a body; returns the answer's status or why there is none. What is answered is not read.

    The connection goes to an address that was checked: a public one, unless `allow_private`.
    """
    if len(body) > LONGEST:
        return Posted(why=f"is longer than {LONGEST} bytes")
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _post(httpx.URL(url), body, headers, method, allow_private=allow_private)
    except (httpx.InvalidURL, httpx.TransportError, FetchFailed, OSError, ValueError) as error:
        return Posted(why=_why(error))


def _why(error: Exception) -> str:
    """Say what went wrong, in the order from what is more to what is less of a kind."""
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        ((httpx.TimeoutException, TimeoutError), "took too long"),
        (socket.gaierror, "its host's name cannot be resolved"),
        (FetchFailed, "cannot be posted to: it is on a private network, or its host has no valid name"),
        ((httpx.InvalidURL, ValueError), "is not a web address"),
    )
    return next((why for kind, why in kinds if isinstance(error, kind)), f"no answer ({type(error).__name__})")


async def _post(
    where: httpx.URL, body: bytes, headers: Mapping[str, str], method: str, *, allow_private: bool
) -> Posted:
    if where.scheme not in {"http", "https"} or not where.host:
        raise httpx.InvalidURL("neither https nor http")
    request = Request({**headers, "User-Agent": f"dailypapers/{__version__}"}, method, body)
    async with line_to(where) as line:
        response = await response_of(
            line,
            where.copy_with(username=None, password=None),
            request,
            patience=_PATIENCE,
            allow_private=allow_private,
        )
        await response.aclose()
    return Posted(response.status_code, retry_after=retry_after(response.headers))
