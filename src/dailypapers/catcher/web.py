"""The web application of the mail catcher: a folder of emails and the pages written beside them."""

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope


def caught_app(folder: Path) -> FastAPI:
    """Return an application that serves the files of `folder`, and its `index.html` as the first page.

    It never redirects: a redirect would lead to whatever host the request names.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.mount("/", _Files(directory=folder))
    return app


class _Files(StaticFiles):
    """The files of a folder. Starlette's own way to serve an index (`html=True`) redirects folders by `Host`."""

    def get_path(self, scope: Scope) -> str:
        """Return the path of the file that is asked for, relative to the folder."""
        path = super().get_path(scope)
        return "index.html" if path == os.curdir else path
