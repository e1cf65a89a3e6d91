"""What every page is made with, and the headers every answer carries."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import jinja2
import sqlalchemy as sa
import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.digests.choose import Composing
from dailypapers.digests.preview import Previews
from dailypapers.digests.render import Press
from dailypapers.links import Signer
from dailypapers.rendering.pages import render_page
from dailypapers.subscriptions import Wishes
from dailypapers.web.door import Door
from dailypapers.web.static import Static

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Site:
    """The pages' means."""

    engine: sa.Engine
    press: Press
    composing: Composing
    #: What a subscriber gets who names nothing.
    defaults: Wishes
    #: Whose midnight parts one edition's day from the next.
    zone: str
    clock: Callable[[], dt.datetime]
    #: What anybody would get today; in memory.
    previews: Previews
    static: Mapping[str, Static] = field(default_factory=dict)
    #: Who may come in and subscribe.
    door: Door = field(default_factory=Door)

    @property
    def signer(self) -> Signer:
        """Reads and signs the tokens in addresses."""
        return self.press.signer

    @property
    def templates(self) -> jinja2.Environment:
        """Of mails and pages."""
        return self.press.templates

    def page(self, request: Request, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Render a page; `root` is the path all our addresses begin with, `static` finds a file's address."""
        shared = {"root": self.root, "home": self.home, "list_name": self.press.sender.name, "static": self.address_of}
        html = render_page(self.templates, name, **shared, path=request.url.path, **values)
        return HTMLResponse(html, status)

    def address_of(self, file: str) -> str:
        """A static file's address, which changes with its content."""
        return f"{self.root}static/{file}?{self.static[file].version}"

    @property
    def home(self) -> str:
        """The front page's address."""
        return f"{self.signer.base_url}/"

    @property
    def root(self) -> str:
        """The front page's path: a service may live below another's address."""
        return f"{urlsplit(self.signer.base_url).path}/"


Answer = Callable[[Request], Awaitable[Response]]


def secured(site: Site) -> Callable[[Request, Answer], Awaitable[Response]]:
    """Every answer carries the headers that keep a page to itself, also the one to a request that broke."""

    async def secure(request: Request, answer: Answer) -> Response:
        try:
            response = await answer(request)
        # This is the boundary of a request: whatever broke is logged, and the visitor reads a calm page.
        except Exception:
            log.exception("page broke", path=request.scope["route"].path if "route" in request.scope else "")
            response = site.page(request, "message", status=500, title="Something broke", message=_BROKEN)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return secure


_BROKEN = "It is our fault, and we have been told. Please try again later."
#: Nothing foreign is loaded, nobody frames us, and no address with a token in it is told to others.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
