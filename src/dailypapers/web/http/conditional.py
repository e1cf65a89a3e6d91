"""Conditional answers (RFC 9110, 13): what somebody has already is not sent again."""

import datetime as dt
import hashlib
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request
from fastapi.responses import Response


def conditional(
    request: Request, content: bytes, type_: str, *, cache_control: str, modified: dt.datetime | None = None
) -> Response:
    """Return the content with validators, or 304 where the request's say that it is there already.

    If-Modified-Since counts only where there is no If-None-Match (13.1.3).
    """
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": cache_control, "Vary": "Accept-Language"}
    if modified:
        headers["Last-Modified"] = format_datetime(modified.astimezone(dt.UTC).replace(microsecond=0), usegmt=True)
    if _is_there(request, etag, modified):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=type_, headers=headers)


def _is_there(request: Request, etag: str, modified: dt.datetime | None) -> bool:
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None:
        return bool({name.strip().removeprefix("W/") for name in if_none_match.split(",")} & {etag, "*"})
    since = _moment(request.headers.get("if-modified-since", ""))
    return bool(since and modified and modified.replace(microsecond=0) <= since)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
