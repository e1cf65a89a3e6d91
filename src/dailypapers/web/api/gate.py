"""The way in: every request to the API goes through here, and every error leaves as a problem.

    match | recognise the key | count | check | claim the idempotency key | handle | keep the answer

What an operation changes, its line in the audit log and the answer that is kept are one transaction.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
import structlog
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from dailypapers.accounts import api_keys as keys
from dailypapers.accounts.api_keys import Refusal
from dailypapers.domain.api_key import ApiKey
from dailypapers.errors import DatabaseUnreachable
from dailypapers.store import api_answers, api_keys
from dailypapers.store.database import reading, writing
from dailypapers.web.api import check
from dailypapers.web.api.limiter import Limiter, headers_of
from dailypapers.web.api.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    Answer,
    Call,
    Operation,
    Parameter,
    lacking,
)
from dailypapers.web.api.problem import Kind, Problem, answer
from dailypapers.web.api.wire import etag_of, written
from dailypapers.web.http.page import WebContext

log = structlog.get_logger()

_TYPES = frozenset({"application/json"})
_PATCH_TYPES = _TYPES | {"application/merge-patch+json"}
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
#: What is wrong with a body is told up to here.
_FAULTS_TOLD = 20
_RETRY_SECONDS = 30
#: An answer may be stored by who asked, and is theirs alone.
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


@dataclass(frozen=True)
class Api:
    """Answers requests by a table of operations."""

    context: WebContext
    operations: Sequence[Operation]

    @cached_property
    def _limiter(self) -> Limiter:
        return Limiter(self.context.engine)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Operation]]:
        return [(_pattern(each.path), each) for each in self.operations]

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        body = b"" if request.method in {"GET", "HEAD"} else await request.body()
        return await run_in_threadpool(self._answer, request, body)

    def _answer(self, request: Request, body: bytes) -> Response:
        headers = dict(_HEADERS)
        try:
            return self._handled(request, body, headers)
        except Problem as refused:
            refused.headers = {**headers, **refused.headers}
            problem = refused
        except DatabaseUnreachable:
            problem = Problem(Kind.AWAY, headers={**headers, "Retry-After": str(_RETRY_SECONDS)})
        # This is the boundary of a request: whatever broke is logged, and the program reads a problem.
        except Exception:
            log.exception("request to the API broke", method=request.method)
            problem = Problem(Kind.BROKEN, headers=headers)
        return answer(self.context.home, problem)

    def _handled(self, request: Request, body: bytes, headers: dict[str, str]) -> Response:
        now = self.context.clock()
        operation, path = self._matched(request)
        key = self._recognised(request, operation, headers, now=now)
        path_values, query = _path(operation, path), _query(operation, request)
        sent = _headers(operation, request)
        value = _body(operation, request, body)
        transaction: Callable[[sa.Engine], AbstractContextManager[sa.Connection]]
        transaction = writing if operation.writes else reading
        with transaction(self.context.engine) as tx:
            if_match = _versions(sent.get(IF_MATCH.name, ""))
            call = Call(self.context, tx, now, operation, key, path_values, query, value, if_match)
            if key and IDEMPOTENCY_KEY.name in sent:
                key_hash = self.context.signer.keyed_hash("api.idempotency", sent[IDEMPOTENCY_KEY.name])
                return _once(call, key, key_hash, _fingerprint(call, request, body), headers)
            answer = operation.handle(call)
        return _response(operation, answer, sent.get(IF_NONE_MATCH.name, ""), headers)

    def _matched(self, request: Request) -> tuple[Operation, Mapping[str, str]]:
        """Return what is asked for. Raises a `Problem` where there is no such thing, or it cannot be done with it."""
        path = request.scope["path"].removeprefix("/api/v1")
        here = [(match, each) for pattern, each in self._patterns if (match := pattern.fullmatch(path))]
        if not here or not request.scope["path"].startswith("/api/v1/"):
            raise Problem(Kind.NOT_FOUND)
        method = "GET" if request.method == "HEAD" else request.method
        for match, each in here:
            if each.method == method:
                return each, match.groupdict()
        methods = {each.method for _, each in here}
        allowed = sorted(methods | ({"HEAD"} if "GET" in methods else set()))
        raise Problem(Kind.METHOD, headers={"Allow": ", ".join(allowed)})

    def _recognised(
        self, request: Request, operation: Operation, headers: dict[str, str], *, now: dt.datetime
    ) -> ApiKey | None:
        """Return the key that is brought, counted. Raises a `Problem` where one is needed and this is not enough."""
        if not operation.takes_key:
            return None
        _refuse_keys_in_addresses(request)
        with reading(self.context.engine) as tx:
            key = keys.recognise(tx, _bearer(request), now=now)
        if isinstance(key, Refusal):
            challenge = 'Bearer realm="dailypapers", error="invalid_token"'
            raise Problem(Kind.KEY, key.value, headers={"WWW-Authenticate": challenge})
        left = self._limiter.count(key, now=now)
        headers.update(headers_of(left))
        if left.is_exceeded:
            detail = f"This key may make {left.limit} requests a minute; try again in {left.reset} seconds."
            raise Problem(Kind.LIMIT, detail, headers={"Retry-After": str(left.reset)})
        if key.last_used_on != now.date():
            with writing(self.context.engine) as tx:
                api_keys.note_use(tx, key.id, day=now.date())
        if operation.scope is not None and operation.scope not in key.scopes:
            raise lacking(operation.scope)
        return key


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), re.DOTALL)


def _refuse_keys_in_addresses(request: Request) -> None:
    if keys.holds_key(request.url.query):
        detail = (
            "A key does not belong in an address, which servers and proxies log: send it as “Authorization: Bearer …”, "
            "and revoke this one."
        )
        raise Problem(Kind.PARAMETER, detail)


def _bearer(request: Request) -> str:
    """Return the key of a request (RFC 6750, 2.1). Raises a `Problem` where there is none."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        detail = "Send an API key as “Authorization: Bearer …”; `dailypapers api-keys add` makes one."
        raise Problem(Kind.KEY, detail, headers={"WWW-Authenticate": 'Bearer realm="dailypapers"'})
    return text.strip()


def _path(operation: Operation, texts: Mapping[str, str]) -> Mapping[str, Any]:
    values = {}
    for each in operation.parameters:
        if each.where == "path":
            values[each.name] = _value(each, texts[each.name])
            if any(check.faults(each.schema, values[each.name])):
                raise Problem(Kind.NOT_FOUND)
    return values


def _query(operation: Operation, request: Request) -> Mapping[str, Any]:
    """Return what stands behind the question mark. Raises a `Problem` for what is unknown, there twice, or wrong."""
    parameters = {each.name: each for each in operation.parameters if each.where == "query"}
    values: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        if name not in parameters:
            those = ", ".join(parameters) or "none"
            raise _wrong_parameter(name, f"is not known here; those that are known: {those}")
        if name in values:
            raise _wrong_parameter(name, "is given twice")
        values[name] = _value(parameters[name], text)
        for fault in check.faults(parameters[name].schema, values[name]):
            raise _wrong_parameter(name, fault.detail)
    return values


def _value(parameter: Parameter, text: str) -> Any:
    return int(text) if parameter.is_number and _NUMBER.fullmatch(text) else text


def _wrong_parameter(name: str, detail: str) -> Problem:
    printable = name[:100].encode("utf-8", "replace").decode()
    return Problem(Kind.PARAMETER, f"The parameter “{printable}” {detail}.", parameter=printable)


def _body(operation: Operation, request: Request, content: bytes) -> Any:
    """Return the body, checked. Raises a `Problem` where it cannot be read, or is not what the operation takes."""
    if operation.body is None or (not content and not operation.requires_body):
        return None
    type_, _, options = request.headers.get("content-type", "").partition(";")
    is_utf8 = options.strip().lower().replace('"', "") in {"", "charset=utf-8"}
    is_packed = request.headers.get("content-encoding", "identity").strip().lower() != "identity"
    types = _PATCH_TYPES if operation.method == "PATCH" else _TYPES
    if type_.strip().lower() not in types or not is_utf8 or is_packed:
        raise Problem(Kind.MEDIA)
    try:
        value = check.read(content)
    except check.NotJson as error:
        raise Problem(Kind.MALFORMED, str(error)) from None
    _require_valid(operation.body, value)
    return value


def _require_valid(schema: check.Schema, value: Any) -> None:
    wrong = [fault for fault, _ in zip(check.faults(schema, value), range(_FAULTS_TOLD), strict=False)]
    if wrong:
        first = wrong[0]
        detail = f"{first.pointer or 'The body'} {first.detail}."
        raise Problem(Kind.BODY, detail, errors=[{"pointer": each.pointer, "detail": each.detail} for each in wrong])


def _headers(operation: Operation, request: Request) -> Mapping[str, str]:
    """Return the headers that are looked at. Raises a `Problem` for one that cannot be what it is for."""
    values: dict[str, str] = {}
    for each in operation.headers:
        if each.name in request.headers:
            values[each.name] = ", ".join(request.headers.getlist(each.name))
            for fault in check.faults(each.schema, values[each.name]):
                raise Problem(Kind.PARAMETER, f"The header {each.name} {fault.detail}.", parameter=each.name)
    return values


def _fingerprint(call: Call, request: Request, body: bytes) -> str:
    """Return a keyed hash of what a request asks for: equal for the same request, and nobody can try out addresses."""
    about = f"{request.method} {request.scope['path']} {request.url.query} {request.headers.get('if-match', '')}\n"
    return call.context.signer.keyed_hash("api.request", about + body.decode("utf-8", "replace"))


def _once(call: Call, key: ApiKey, key_hash: str, fingerprint: str, headers: Mapping[str, str]) -> Response:
    """Do what is asked for, or answer as before where it was done."""
    before = api_answers.claim(call.tx, key.id, key_hash, fingerprint=fingerprint, now=call.now)
    if before is None:
        answer = call.operation.handle(call)
        api_answers.keep(
            call.tx, key.id, key_hash,
            status=answer.status, headers=answer.headers, body=answer.body, subscriber_id=answer.subscriber_id,
        )  # fmt: skip
        return _rendered(call.operation, answer, headers)
    if before.fingerprint != fingerprint:
        raise Problem(Kind.REUSED)
    again = Answer(before.body, before.status, before.headers)
    return _rendered(call.operation, again, {**headers, "Idempotency-Replayed": "true"})


def _versions(text: str) -> frozenset[str]:
    return frozenset(tag.strip() for tag in text.split(",") if tag.strip())


def _response(operation: Operation, answer: Answer, known_versions: str, headers: Mapping[str, str]) -> Response:
    """Return the answer, or 304 where its version is among those that are known (RFC 9110, 13.1.2)."""
    if known_versions and {tag.removeprefix("W/") for tag in _versions(known_versions)} & {"*", etag_of(answer.body)}:
        return Response(status_code=304, headers={**headers, "ETag": etag_of(answer.body)})
    return _rendered(operation, answer, headers)


def _rendered(operation: Operation, answer: Answer, headers: Mapping[str, str]) -> Response:
    all_headers = {**headers, **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=all_headers)
    if operation.has_version:
        all_headers["ETag"] = etag_of(answer.body)
    return Response(written(answer.body), answer.status, all_headers, "application/json")
