"""The web application of the mail catcher: a folder of emails and the pages written beside them."""

import os
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

_INDEX = "index.html"


def caught_app(folder: Path, *, before_index: Callable[[], None] = lambda: None) -> FastAPI:
    """Return an application that serves the files of `folder`, and its `index.html` as the first page.

    `before_index` is called, in a thread, before that page is served, to bring it up to date. The application never
    redirects: a redirect would lead to whatever host the request names.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.mount("/", _Files(folder, before_index))
    return app


class _Files(StaticFiles):
    """The files of a folder. Starlette's own way to serve an index (`html=True`) redirects folders by `Host`."""

    def __init__(self, folder: Path, before_index: Callable[[], None]) -> None:
        super().__init__(directory=folder)
        self._before_index = before_index

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file; Starlette calls this in a thread."""
        if path == _INDEX:
            self._before_index()
        return super().lookup_path(path)

    def get_path(self, scope: Scope) -> str:
        """Return the path of the file that is asked for, relative to the folder."""
        path = super().get_path(scope)
        return _INDEX if path == os.curdir else path
