"""What every page is made with, and the headers every answer carries."""

import datetime as dt
import gzip
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.digests.preview import Previews
from dailypapers.domain.account import OidcProvider
from dailypapers.domain.clock import Clock
from dailypapers.domain.finding import Finding
from dailypapers.domain.i18n import N_, Translator
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.tool import ToolKind
from dailypapers.inbound.webhooks import WebhookOptions
from dailypapers.library.search import Finder
from dailypapers.posting.channels import ChannelOptions
from dailypapers.rendering.environment import Templates, translator_of
from dailypapers.rendering.pages import render_page
from dailypapers.tokens import Signer
from dailypapers.web.http import language
from dailypapers.web.http.static import Static
from dailypapers.web.public.sign_up_policy import SignUpPolicy

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WebContext:
    """The pages' means."""

    engine: sa.Engine
    renderer: MailRenderer
    digest_options: DigestOptions
    #: What a subscriber gets who names nothing.
    defaults: Preferences
    #: Whose midnight parts one edition's day from the next.
    zone: str
    clock: Clock
    #: What anybody would get today; in memory.
    previews: Previews
    static: Mapping[str, Static] = field(default_factory=dict)
    #: Who may come in and subscribe.
    sign_up_policy: SignUpPolicy = field(default_factory=SignUpPolicy)
    #: The index of all papers; somebody else keeps it up.
    finder: Finder | None = None
    #: By which providers that tell of bounces are known.
    webhooks: WebhookOptions = field(default_factory=WebhookOptions)
    #: What whoever asks for counts must say; without it there are none.
    metrics_token: str = field(default="", repr=False)
    #: Counts the mails that came in and could not be read.
    count_unread: Callable[[], int] = lambda: 0
    #: Who else may tell us who an operator or a reader is; `None` where nobody may.
    oidc: OidcProvider | None = None
    #: To which tools readers may send what they save.
    tools: Collection[ToolKind] = ()
    #: Whether readers may have the papers of a week sent to their e-readers.
    has_e_readers: bool = False
    #: Whether readers' assistants can ask at /mcp.
    has_mcp: bool = False
    #: Where readers forward alerts to, each with a token behind a plus; empty where none are taken.
    alert_address: str = ""
    #: Looks how this installation stands; `None` where nobody can.
    check: Callable[[dt.datetime], list[Finding]] | None = None
    #: What readers' channels are tried out with; `None` where digests are not posted.
    channels: ChannelOptions | None = None

    @property
    def operators_oidc(self) -> OidcProvider | None:
        """By whom operators sign in; `None` where only our own accounts count."""
        return self.oidc if self.oidc and self.oidc.for_operators else None

    @property
    def readers_oidc(self) -> OidcProvider | None:
        """By whom readers are members of groups; `None` where they are invited alone."""
        return self.oidc if self.oidc and self.oidc.for_readers else None

    @property
    def signer(self) -> Signer:
        """Reads and signs the tokens in addresses."""
        return self.renderer.signer

    @property
    def templates(self) -> Templates:
        """Of pages, in the language of the request that is being answered."""
        return self.renderer.templates_in(language.of_request())

    @property
    def chosen_language(self) -> str:
        """The language of the request that is being answered; empty where it is the service's own."""
        chosen = language.of_request()
        return "" if chosen == self.renderer.languages[0] else chosen

    def page(self, request: Request, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Render a page; `root` is the path all our addresses begin with, `static` finds a file's address."""
        shared = {
            "root": self.root,
            "home": self.home,
            "list_name": self.renderer.sender.name,
            "static": self.address_of,
        }
        html = render_page(self.templates, name, **shared, path=request.scope["path"], **values)
        return _packed(request, html.encode("utf-8", "replace"), status)

    @property
    def translate(self) -> Translator:
        """Puts a sentence marked by `N_` or `NN_` into the language of the pages."""
        return translator_of(self.templates)

    def address_of(self, file: str) -> str:
        """Return a static file's address, which changes with its content."""
        return f"{self.root}static/{file}?{self.static[file].version}"

    @property
    def home(self) -> str:
        """The front page's address."""
        return f"{self.signer.base_url}/"

    @property
    def root(self) -> str:
        """The front page's path: a service may live below another's address."""
        return f"{urlsplit(self.signer.base_url).path}/"


def _packed(request: Request, html: bytes, status: int) -> HTMLResponse:
    """Return a page as small as the browser takes it.

    Packing tells no secret (BREACH, CVE-2013-3587): what a page holds of its reader can be asked for only with the
    token in its address, and whoever has that can read the page.
    """
    headers = {"Vary": "Accept-Encoding, Accept-Language"}
    if len(html) > _WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(gzip.compress(html, 5, mtime=0), status, {**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(html, status, headers)


#: What fits into one network packet travels no faster for being smaller.
_WORTH_PACKING = 1400


@dataclass(frozen=True, slots=True)
class Secured:
    """Every answer carries the headers that keep a page to itself, also the one to a request that broke."""

    app: ASGIApp
    context: WebContext

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        # This is the boundary of a request: whatever broke is logged, and the visitor reads a calm page.
        except Exception:
            log.exception("page broke", path=scope["route"].path if "route" in scope else "")
            if begun:
                raise
            title, message = (self.context.translate(words) for words in _BROKEN)
            broken = self.context.page(Request(scope), "message", status=500, title=title, message=message)
            await broken(scope, receive, send_with_headers)

    def _headers(self) -> Iterable[tuple[str, str]]:
        return (*_HEADERS.items(), *(_ENCRYPTED.items() if self.context.home.startswith("https:") else ()))


_BROKEN = (N_("Something went wrong"), N_("This is our fault, and it has been logged. Please try again later."))
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
#: Once seen over TLS, a browser comes back over TLS only (RFC 6797); of other names of the domain we know nothing.
_ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000"}
