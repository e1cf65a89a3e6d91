"""The style sheet and the scripts: small files of our own, told apart by their content's hash and kept by browsers."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dailypapers.rendering.environment import Templates

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
#: The address changes with the content, so that a year is not too long.
_KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Static:
    """One file as it is served."""

    content: bytes
    packed: bytes
    type: str
    version: str


def load(templates: Templates) -> Mapping[str, Static]:
    """Return all files below `static/`, an operator's own in place of the shipped ones."""
    names = [name for name in templates.list_templates() if name.startswith("static/")]
    return {name.removeprefix("static/"): _read(templates, name) for name in names}


def _read(templates: Templates, name: str) -> Static:
    assert templates.loader is not None  # noqa: S101 - an environment over folders has one
    content = templates.loader.get_source(templates, name)[0].encode()
    version = hashlib.sha256(content).hexdigest()[:12]
    return Static(content, gzip.compress(content, mtime=0), _TYPES[name.rpartition(".")[2]], version)


def show(files: Mapping[str, Static]) -> Callable[[Request, str], Response]:
    """Answer GET /static/name: the file, packed where the browser takes it so."""

    def show_static(request: Request, name: str) -> Response:
        file = files.get(name)
        if file is None:
            raise HTTPException(404)
        headers = {"Cache-Control": _KEPT, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, media_type=file.type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(file.content, media_type=file.type, headers=headers)

    return show_static
