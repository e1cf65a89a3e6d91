"""What a tool has to do, and what all of them share: requests with a key that is seen by nobody else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dailypapers.domain.paper import Paper
from dailypapers.domain.tool import Checked, Outcome, Refusal, Sent
from dailypapers.sources.http.client import Http, Reply

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY = 401, 403, 404, 409, 429
_SERVER_FAULT = 500
_LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Account:
    """By which key a tool is asked, and what is written to."""

    key: str
    target: str = ""


class ToolClient(Protocol):
    """One tool. Raises `FetchFailed` where it cannot be reached."""

    async def check(self, http: Http, account: Account) -> Checked:
        """Try a key; return what is to be written to."""
        ...

    async def save(self, http: Http, account: Account, paper: Paper) -> Outcome:
        """Save a paper, unless it is there already."""
        ...


async def asked(
    http: Http, method: str, url: str, headers: Mapping[str, str], value: object = None
) -> tuple[Reply, Any]:
    """Send a request, with a JSON value where there is one; return the reply and what it holds, `None` if not JSON."""
    content = b"" if value is None else json.dumps(value).encode()
    kind = {"Content-Type": "application/json"} if content else {}
    reply = await http.send(method, url, headers={**headers, **kind}, content=content)
    return reply, _value(reply.content)


def _value(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def fields_of(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one where a value is none: what others answer may be anything."""
    return value if isinstance(value, dict) else {}


def refused(reply: Reply, account: Account, *, forbidden: Refusal = Refusal.KEY) -> Outcome:
    """Return what an answer that is not a success means. What it said is kept without the key."""
    answer = reply.content.decode("utf-8", "replace").replace(account.key, "…") if account.key else ""
    detail = f"{reply.status} {' '.join(answer.split())[:_LONGEST_DETAIL]}".strip()
    if reply.status in {UNAUTHORIZED, FORBIDDEN, NOT_FOUND}:
        why = {UNAUTHORIZED: Refusal.KEY, FORBIDDEN: forbidden, NOT_FOUND: Refusal.TARGET}[reply.status]
        return Outcome(Sent.LATER, detail, refusal=why)
    if reply.status in {CONFLICT, TOO_MANY} or reply.status >= _SERVER_FAULT:
        return Outcome(Sent.LATER, detail, reply.retry_after)
    return Outcome(Sent.IMPOSSIBLE, detail)
