"""A polite and careful way to fetch: one address in, one answer read to its end out.

Knows manners (who we are, one request at a time per host, waiting when told to, asking only for what changed) and
danger (private networks, endless answers, redirects). Does not know what the bytes mean.
"""

import asyncio
import random
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count, islice
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from dailypapers import __version__
from dailypapers.domain.source import Checkpoint
from dailypapers.errors import FetchFailed
from dailypapers.sources.http.exchange import Request, line_to, response_of
from dailypapers.sources.http.gate import HostGate, MemoryGate, Turn
from dailypapers.sources.http.limits import Body
from dailypapers.sources.http.retry import TRY_AGAIN, Failure, cooldown, pause, retry_after

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PARTIAL = 206
_NOT_MODIFIED = 304
_BAD = 400
_TOO_MANY_REQUESTS = 429
#: What says of a host that it is not there, or not now; a connection that is cut may be about one address.
_HOST_IS_AWAY = (httpx.ConnectError, httpx.TimeoutException, TimeoutError, OSError)
_CHARSET = re.compile(r";\s{0,5}charset\s{0,5}=\s{0,5}[\"']?([\w.:+-]{1,40})", re.IGNORECASE | re.ASCII)
_ACCEPT = "application/atom+xml, application/rss+xml, application/json, application/xml;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that was read to its end, under the address that was asked for."""

    url: str
    status: int
    content: bytes
    etag: str = ""
    last_modified: str = ""
    not_modified: bool = False
    #: The encoding that its header names; empty where it names none.
    charset: str = ""
    #: Where it came from in the end, redirects followed: what its relative links are relative to.
    final_url: str = ""

    def forgotten(self) -> "Response":
        """The same answer without what would let the next one be "unchanged"."""
        return replace(self, etag="", last_modified="")


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered to something that was sent, whatever the status."""

    status: int
    content: bytes
    #: By their names in lower case.
    headers: Mapping[str, str]
    #: The seconds that the server asks to wait before the next request.
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    content: bytes


class Http:
    """Our client; use it as an async context manager, one per run.

    An attempt takes at most `deadline` seconds, and none is begun `patience` seconds after the first, so that a host in
    trouble holds up a day for two minutes at most. Once all attempts at a host have failed, it gets one a request.
    `contact` is an address or page for the sources' operators. `gate` says when a host may be asked; where none is
    given, it is one in memory in which `pace` replaces every host's seconds between requests. `rng` is there to be
    replaced in tests.
    """

    #: Is told what is done for `get`, a sentence a step.
    on_step: Callable[[str], object] | None = None

    def __init__(
        self,
        *,
        contact: str = "",
        allow_private: bool = False,
        pace: float | None = None,
        retries: int = 3,
        backoff: float = 2.0,
        max_bytes: int = 50_000_000,
        timeout: float = 30.0,
        deadline: float = 75.0,
        patience: float = 45.0,
        gate: HostGate | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._agent = _agent(contact)
        self._allow_private = allow_private
        self._gate = gate or MemoryGate(pace=pace)
        self._retries = retries
        self._backoff = backoff
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._deadline = deadline
        self._patience = patience
        self._troubled: set[str] = set()
        self._rng = rng or random.Random()  # noqa: S311 - it spreads retries; nothing secret hangs on it
        self._lines: dict[tuple[str, str, int | None], httpx.AsyncHTTPTransport] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def get(self, url: str, *, since: Checkpoint | None = None, also: Collection[int] = ()) -> Response:
        """Fetch an address; with `since`, only if it changed (RFC 9110, section 13).

        Redirects are followed, each checked like the first address. 429, 5xx and lost connections are tried again.
        Raises `FetchFailed` with one sentence where there is no good answer; a status in `also` counts as good.
        """
        validators = _validators(url, since)
        headers = {"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"} | validators
        where = _address(url)
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._ask(where, headers)
            if answer.status not in _REDIRECTS:
                response = _response(url, answer, also=also, is_conditional=bool(validators))
                return replace(response, final_url=str(where))
            where = _next_address(where, answer.headers.get("location", ""))
            self._tell(f"It redirects to {shown(where)}.")
        raise FetchFailed(f"{shown(url)} redirects more than {MAX_REDIRECTS} times.")

    async def send(self, method: str, url: str, *, headers: Mapping[str, str], content: bytes = b"") -> Reply:
        """Send something once, with the host's turn but without redirects and tries of our own.

        A refusal is an answer. Raises `FetchFailed` where there is none: then nobody knows whether it was done.
        """
        where = _address(url)
        request = Request({"User-Agent": self._agent, "Accept-Encoding": "gzip", **headers}, method, content)
        async with self._gate.turn(where.netloc.decode()) as turn:
            await _waited(turn, where)
            try:
                async with asyncio.timeout(self._deadline):
                    answer = await self._read(where, request)
            except (httpx.TransportError, OSError) as error:
                why = str(error).rstrip(".") if isinstance(error, FetchFailed) else _described(error)
                raise FetchFailed(f"{where.host} could not be reached: {why}.") from error
            finally:
                await turn.answered()
        sent_headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, answer.content, sent_headers, retry_after(answer.headers))

    async def _ask(self, where: httpx.URL, headers: dict[str, str]) -> _Answer:
        place = where.netloc.decode()
        async with self._gate.turn(place) as turn:
            give_up_at = asyncio.get_running_loop().time() + self._patience
            for attempt in count():
                await _waited(turn, where)
                started = asyncio.get_running_loop().time()
                try:
                    outcome = await self._try_once(where, headers)
                except FetchFailed:
                    await turn.answered()
                    raise
                if isinstance(outcome, _Answer):
                    self._tell(_step(where, outcome, asyncio.get_running_loop().time() - started))
                    await turn.answered()
                    self._troubled.discard(place)
                    return outcome
                rest = pause(outcome, attempt, base=self._backoff, rng=self._rng)
                if self._is_last(attempt, place) or asyncio.get_running_loop().time() + rest > give_up_at:
                    await self._give_up(turn, place, outcome, rest)
                    raise FetchFailed(_given_up(where, outcome, attempts=attempt + 1))
                self._tell(f"{shown(where)}: {outcome.why}; the next try is in {rest:.0f} s.")
                await turn.answered(rest=rest)
        raise AssertionError("not reached: the attempts have no end")

    def _tell(self, sentence: str) -> None:
        if self.on_step:
            self.on_step(sentence)

    def _is_last(self, attempt: int, place: str) -> bool:
        return attempt >= self._retries or place in self._troubled

    async def _give_up(self, turn: Turn, place: str, failure: Failure, rest: float) -> None:
        """Have the host left alone for a while if it is down or has had enough; else it may serve other addresses."""
        self._troubled.add(place)
        if failure.is_hosts:
            rest = cooldown(failure, rng=self._rng)
        await turn.answered(rest=rest, is_closed=failure.is_hosts)

    async def _try_once(self, where: httpx.URL, headers: dict[str, str]) -> _Answer | Failure:
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._read(where, Request(headers))
        except FetchFailed as error:
            raise FetchFailed(f"{shown(where)} could not be fetched: {str(error).rstrip('.')}.") from error
        except (httpx.TransportError, OSError) as error:
            return Failure(_described(error), is_hosts=isinstance(error, _HOST_IS_AWAY))
        if answer.status in TRY_AGAIN:
            after = retry_after(answer.headers)
            is_hosts = answer.status == _TOO_MANY_REQUESTS or after is not None
            return Failure(f"it answered {answer.status}", after, is_hosts=is_hosts)
        return answer

    async def _read(self, where: httpx.URL, request: Request) -> _Answer:
        response = await response_of(
            await self._line(where), where, request, patience=self._timeout, allow_private=self._allow_private
        )
        try:
            body = Body(response.headers.get("content-encoding", ""), limit=self._max_bytes)
            async for chunk in response.aiter_raw():
                body.add(chunk)
            return _Answer(response.status_code, response.headers, body.content())
        finally:
            await response.aclose()

    async def _line(self, where: httpx.URL) -> httpx.AsyncHTTPTransport:
        """Keep one connection per host: it is never shared by hosts that happen to share an address."""
        key = (where.scheme, where.host, where.port)
        if key not in self._lines:
            self._lines[key] = await self._open.enter_async_context(line_to(where))
        return self._lines[key]


def without_password(url: str | httpx.URL) -> str:
    """Write an address without the name and the password that open it."""
    return re.sub(r"(?<=://)[^/?#]*@", "", str(url))


def shown(url: str | httpx.URL) -> str:
    """Write an address as it may be printed: without a password, and not too long."""
    return without_password(url)[:200]


def _step(where: httpx.URL, answer: _Answer, seconds: float) -> str:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()[:60]
    what = f", {kind}" if kind.isprintable() and kind else ""
    return f"{shown(where)} answered {answer.status} in {seconds:.1f} s: {len(answer.content):,} bytes{what}."


def _given_up(where: httpx.URL, failure: Failure, *, attempts: int) -> str:
    tried = f" ({attempts} attempts)" if attempts > 1 else ""
    wait = f"; it asks us to wait {failure.retry_after:.0f} s" if failure.retry_after else ""
    return f"{shown(where)} could not be fetched: {failure.why}{tried}{wait}."


async def _waited(turn: Turn, where: httpx.URL) -> None:
    try:
        await turn.wait()
    except FetchFailed as error:
        raise FetchFailed(f"{shown(where)} could not be fetched: {error}.") from error


def _agent(contact: str) -> str:
    printable = "".join(c for c in contact if " " <= c <= "~").strip()
    return f"dailypapers/{__version__} (+{printable or 'no contact set'})"


def _validators(url: str, since: Checkpoint | None) -> dict[str, str]:
    headers = {
        "If-None-Match": dict(since.etags).get(url) if since else None,
        "If-Modified-Since": dict(since.last_modified).get(url) if since else None,
    }
    return {name: value for name, value in headers.items() if value}


def _address(url: str) -> httpx.URL:
    try:
        where = httpx.URL(url)
        host = where.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchFailed(f"“{shown(url)}” is not a web address.") from error
    if where.scheme not in {"http", "https"} or not host:
        raise FetchFailed(f"“{shown(url)}” is not a web address: it must begin with https:// or http://.")
    return where


def _next_address(where: httpx.URL, location: str) -> httpx.URL:
    if not location:
        raise FetchFailed(f"{shown(where)} redirects without saying where to.")
    try:
        there = _address(urljoin(str(where), location))
    except ValueError as error:
        raise FetchFailed(f"{shown(where)} redirects to “{shown(location)}”, which is not a web address.") from error
    if where.scheme == "https" and there.scheme == "http":
        raise FetchFailed(f"{shown(where)} redirects to {shown(there)}, which is not encrypted.")
    return there


def _response(url: str, answer: _Answer, *, also: Collection[int], is_conditional: bool) -> Response:
    if answer.status >= _BAD and answer.status not in also:
        raise FetchFailed(f"{shown(url)} answered {answer.status}.")
    if answer.status == _PARTIAL or (answer.status == _NOT_MODIFIED and not is_conditional):
        raise FetchFailed(f"{shown(url)} answered {answer.status}, which does not fit what it was asked.")
    good = answer.status < _BAD
    return Response(
        url=url,
        status=answer.status,
        content=answer.content,
        etag=_validator(answer.headers.get("etag", "")) if good else "",
        last_modified=_validator(answer.headers.get("last-modified", "")) if good else "",
        not_modified=answer.status == _NOT_MODIFIED,
        charset=_charset(answer.headers.get("content-type", "")),
    )


def _charset(content_type: str) -> str:
    named = _CHARSET.search(content_type)
    return named[1] if named else ""


def _validator(written: str) -> str:
    """Keep what can be sent back as it came; a header with other characters would be refused by our own side."""
    return written if written.isascii() and written.isprintable() else ""


#: What went wrong with a connection, the narrower kinds first.
_TROUBLES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((httpx.TimeoutException, TimeoutError), "it took too long"),
    ((socket.gaierror,), "its host's name cannot be resolved"),
    ((ConnectionRefusedError,), "its host refuses connections"),
    ((httpx.ReadError, httpx.WriteError), "the connection was lost before the answer was whole"),
    ((httpx.RemoteProtocolError,), "the answer broke off, or is not HTTP"),
    ((ssl.SSLError,), "no encrypted connection could be made"),
    ((httpx.ConnectError,), "its host cannot be reached"),
)
_MAX_CAUSES = 8


def _described(error: Exception) -> str:
    causes = tuple(islice(_causes(error), _MAX_CAUSES))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid ({cause.verify_message})"
    own = f"{type(error).__name__}: {str(error)[:150]}" if str(error) else type(error).__name__
    # The client wraps what the system said.
    return next((why for kinds, why in _TROUBLES if any(isinstance(cause, kinds) for cause in causes)), own)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
