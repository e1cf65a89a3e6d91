"""What every page is made with, and the headers every answer carries."""

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import jinja2
import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.links import Signer
from dailypapers.rendering.pages import render_page


@dataclass(frozen=True, slots=True)
class Site:
    """The pages' means."""

    engine: sa.Engine
    signer: Signer
    templates: jinja2.Environment
    clock: Callable[[], dt.datetime]

    def page(self, request: Request, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Render a page; its inline style carries the answer's nonce."""
        html = render_page(self.templates, name, csp_nonce=request.state.nonce, home=self.home, **values)
        return HTMLResponse(html, status)

    @property
    def home(self) -> str:
        """The front page's address."""
        return f"{self.signer.base_url}/"


async def secure(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Nothing foreign is loaded, nobody frames us, and no address with a token in it is told to others."""
    request.state.nonce = secrets.token_urlsafe(16)
    response = await answer(request)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{request.state.nonce}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
