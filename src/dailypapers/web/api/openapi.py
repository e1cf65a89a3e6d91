"""The API's description (OpenAPI 3.1), made of the table of operations that requests are checked against."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dailypapers import __version__
from dailypapers.domain.api_key import Scope
from dailypapers.web.api.check import Schema
from dailypapers.web.api.operation import Operation, Parameter, Reply
from dailypapers.web.api.problem import Kind, members

_PROBLEM: Schema = {
    "title": "Problem",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}
_DESCRIPTION = (
    "What programs of your own may do with this newsletter: subscribers and their interests, editions, digests with "
    "the reason for each paper, deliveries with what mail servers said, suppressions, and how the sources stand.\n\n"
    "Every request brings a key in `Authorization: Bearer …`, made with `dailypapers api-keys add`. Times are in UTC "
    "(RFC 3339). Errors are problems (RFC 9457). Lists have pages: `next` and the header `Link` are the address of the "
    "next one. A POST with an `Idempotency-Key` is done once, however often it is sent within a day. Objects may get "
    "further fields; fields that are sent and not known are refused."
)
_TEXT_HEADER = {"schema": {"type": "string"}}
_LIMITS = {"RateLimit": _TEXT_HEADER, "RateLimit-Policy": _TEXT_HEADER}
_NOUNS = {
    "subscribers": "Who reads, and who asked to.",
    "editions": "Each day's papers.",
    "deliveries": "Every email, and what became of it.",
    "digests": "What was in whose digest, and why.",
    "suppressions": "Addresses never to be mailed.",
    "sources": "Where papers come from.",
    "problems": "What can go wrong.",
    "key": "The key itself.",
    "openapi.json": "This description.",
}


def description(home: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the description of these operations of the service at this address."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(home, operation, schemas)
    scopes = "\n".join(f"- `{scope}`" for scope in Scope)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dailypapers",
            "version": __version__,
            "description": f"{_DESCRIPTION}\n\nScopes:\n\n{scopes}",
        },
        "servers": [{"url": f"{home}api/v1"}],
        "tags": [{"name": name, "description": text} for name, text in _NOUNS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "dpk_…"}},
        },
    }


def _operation(home: str, operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described = {
        "operationId": operation.name,
        "tags": [operation.noun],
        "summary": operation.summary,
        "description": _described(operation),
        "security": [{"key": []}] if operation.takes_key else [],
        "parameters": [*map(_parameter, (*operation.parameters, *operation.headers))],
        "responses": {
            **{str(status): _reply(operation, reply, schemas) for status, reply in sorted(operation.replies.items())},
            **_not_modified(operation),
            **_problems(home, kinds_of(operation), schemas),
        },
    }
    if operation.body is not None:
        described["requestBody"] = _request_body(operation, schemas)
    return described


def _described(operation: Operation) -> str:
    scope = "Takes any key." if operation.any_key else "Takes no key."
    scope = f"Takes the scope `{operation.scope}`." if operation.scope else scope
    return f"{operation.description} {scope}".strip()


def _parameter(parameter: Parameter) -> dict[str, Any]:
    example = {"example": parameter.example} if parameter.example is not None else {}
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.description,
        "schema": parameter.schema,
        **example,
    }


def _request_body(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": _hoisted(operation.body, schemas), "example": operation.body_example}
    types = ["application/json", *(["application/merge-patch+json"] if operation.method == "PATCH" else [])]
    return {"required": operation.requires_body, "content": dict.fromkeys(types, content)}


def _reply(operation: Operation, reply: Reply, schemas: dict[str, Any]) -> dict[str, Any]:
    headers = {
        **(_LIMITS if operation.takes_key else {}),
        **({"ETag": _TEXT_HEADER} if operation.has_version and reply.schema else {}),
    }
    described: dict[str, Any] = {"description": reply.description, "headers": headers}
    if reply.schema is not None:
        content = {"schema": _hoisted(reply.schema, schemas), "example": reply.example}
        described["content"] = {"application/json": content}
    return described


def _not_modified(operation: Operation) -> dict[str, Any]:
    if operation.method == "GET" and operation.has_version:
        return {"304": {"description": "You have it already."}}
    return {}


def kinds_of(operation: Operation) -> tuple[Kind, ...]:
    """Return what may go wrong with an operation, in the order of statuses."""
    kinds = set(operation.problems) | {Kind.BROKEN, Kind.PARAMETER}
    if operation.takes_key:
        kinds |= {Kind.KEY, Kind.LIMIT, Kind.AWAY}
    if operation.scope:
        kinds.add(Kind.SCOPE)
    if any(each.where == "path" for each in operation.parameters):
        kinds.add(Kind.NOT_FOUND)
    if any(each.name == "cursor" for each in operation.parameters):
        kinds.add(Kind.CURSOR)
    if operation.body is not None:
        kinds |= {Kind.MALFORMED, Kind.MEDIA, Kind.BODY}
    if operation.writes:
        kinds |= {Kind.TOO_LARGE, Kind.SLOW}
    if operation.takes_idempotency_key:
        kinds.add(Kind.REUSED)
    if operation.is_conditional:
        kinds.add(Kind.CHANGED)
    return tuple(kind for kind in Kind if kind in kinds)


def _problems(home: str, kinds: Iterable[Kind], schemas: dict[str, Any]) -> dict[str, Any]:
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {str(status): _problem(home, of_status, schemas) for status, of_status in by_status.items()}


def _problem(home: str, kinds: Sequence[Kind], schemas: dict[str, Any]) -> dict[str, Any]:
    examples = {kind.slug: {"value": members(home, kind, kind.meaning)} for kind in kinds}
    content = {"schema": _hoisted(_PROBLEM, schemas), "examples": examples}
    described: dict[str, Any] = {
        "description": " ".join(kind.meaning for kind in kinds),
        "content": {"application/problem+json": content},
    }
    needed = {Kind.KEY: "WWW-Authenticate", Kind.SCOPE: "WWW-Authenticate", Kind.LIMIT: "Retry-After"}
    headers = {needed[kind]: _TEXT_HEADER for kind in kinds if kind in needed}
    return {**described, "headers": headers} if headers else described


def _hoisted(schema: Any, schemas: dict[str, Any]) -> Any:
    """Return a schema with each named one in it replaced by a reference; those are added to `schemas`."""
    if isinstance(schema, list):
        return [_hoisted(each, schemas) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    inner = {name: _hoisted(value, schemas) for name, value in schema.items()}
    if not isinstance(schema.get("title"), str):
        return inner
    name = inner.pop("title")
    schemas[name] = inner
    return {"$ref": f"#/components/schemas/{name}"}
