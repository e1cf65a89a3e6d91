"""The catching server's page: a folder of mails and the pages written beside them."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles


def caught_app(folder: Path) -> FastAPI:
    """Serve the folder as it is."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/", StaticFiles(directory=folder, html=True))
    return app
