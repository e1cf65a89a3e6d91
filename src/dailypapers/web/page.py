"""What every page is made with, and the headers every answer carries."""

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import jinja2
import sqlalchemy as sa
import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.links import Signer
from dailypapers.rendering.pages import render_page

log = structlog.get_logger()


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


Answer = Callable[[Request], Awaitable[Response]]


def secured(site: Site) -> Callable[[Request, Answer], Awaitable[Response]]:
    """Every answer carries the headers that keep a page to itself, also the one to a request that broke."""

    async def secure(request: Request, answer: Answer) -> Response:
        request.state.nonce = secrets.token_urlsafe(16)
        try:
            response = await answer(request)
        # This is the boundary of a request: whatever broke is logged, and the visitor reads a calm page.
        except Exception:
            log.exception("page broke", path=request.scope["route"].path if "route" in request.scope else "")
            response = site.page(request, "message", status=500, title="Something broke", message=_BROKEN)
        response.headers.update(_headers(request.state.nonce))
        return response

    return secure


_BROKEN = "It is our fault, and we have been told. Please try again later."


def _headers(nonce: str) -> dict[str, str]:
    """Nothing foreign is loaded, nobody frames us, and no address with a token in it is told to others."""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
