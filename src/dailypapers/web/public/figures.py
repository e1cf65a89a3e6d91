"""Small pictures of papers' figures, for mail programs and pages: of our own address, and nothing else is loaded."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dailypapers.domain.thumbnail import NAME
from dailypapers.store import thumbnails
from dailypapers.store.database import reading
from dailypapers.web.http.page import WebContext

#: A name is its content's hash, so that what was loaded once is never asked for again; web mail shows it on its pages.
_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "cross-origin"}


def show(context: WebContext) -> Callable[[Request, str], Response]:
    """Answer GET /figures/NAME.jpg: the picture, the same for everybody; 404 where it is kept no more."""

    def show_figure(request: Request, name: str) -> Response:
        stem, dot, ending = name.partition(".")
        if not NAME.fullmatch(stem) or dot + ending != ".jpg":
            raise HTTPException(404)
        etag = f'"{stem}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={**_HEADERS, "ETag": etag})
        with reading(context.engine) as tx:
            content = thumbnails.contents(tx, [stem]).get(stem)
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type="image/jpeg", headers={**_HEADERS, "ETag": etag})

    return show_figure
