"""One request over a connection to an address that was checked: what fetching and posting share.

Knows connections and certificates. Does not know turns, redirects, limits on answers, nor what is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from dailypapers.sources.http.addresses import addresses_of


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of an address."""

    headers: Mapping[str, str]
    method: str = "GET"
    content: bytes = b""


def line_to(where: httpx.URL) -> httpx.AsyncHTTPTransport:
    """Return one connection's transport; it follows no redirect, keeps no cookie and asks no proxy behind our back."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    return httpx.AsyncHTTPTransport(limits=limits, verify=where.scheme == "https")


async def response_of(
    line: httpx.AsyncHTTPTransport, where: httpx.URL, request: Request, *, patience: float, allow_private: bool
) -> httpx.Response:
    """Send a request to the first of the host's addresses that takes a connection; the caller closes the response.

    The addresses share the `patience` (seconds) for connecting, so that one which swallows everything leaves time for
    the next (RFC 8305). Raises `FetchFailed` where an address may not be asked, `OSError` where the name cannot be
    resolved, `httpx.TransportError` where there is no answer.
    """
    addresses = await addresses_of(where.host, where.port or 0, allow_private=allow_private)
    limits = httpx.Timeout(patience, connect=patience / len(addresses))
    for address in addresses[:-1]:
        try:
            return await line.handle_async_request(_to(address, where, request, limits))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await line.handle_async_request(_to(addresses[-1], where, request, limits))


def _to(address: str, where: httpx.URL, request: Request, limits: httpx.Timeout) -> httpx.Request:
    sent = httpx.Request(
        request.method,
        where.copy_with(host=address, username=None, password=None),
        headers={**request.headers, "Host": where.netloc.decode()},
        content=request.content or None,
        # The connection goes to the address that was checked; the certificate must still be the host's.
        extensions={"sni_hostname": where.host, "timeout": limits.as_dict()},
    )
    if where.username:
        sent = next(httpx.BasicAuth(where.username, where.password).auth_flow(sent))
    return sent
