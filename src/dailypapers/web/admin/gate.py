"""The way in: every page of the operator goes through here, which knows who asks and what they may do.

Without an account and without OpenID Connect there are no such pages: each address answers 404.
"""

import datetime as dt
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import sqlalchemy as sa
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from dailypapers.accounts import sessions
from dailypapers.accounts.actor import Actor, audit_hash
from dailypapers.domain.account import Account, Session, Stage
from dailypapers.domain.text import printable
from dailypapers.rendering.pages import render_admin_page
from dailypapers.store import accounts, controls
from dailypapers.store.controls import Control, Name
from dailypapers.store.database import reading
from dailypapers.web.admin.words import words_in
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.sign_up_policy import network_of

#: Holds the id of a session, and is sent to these pages alone.
SESSION_COOKIE = "dailypapers_admin"
#: Holds a random value that forms carry a keyed hash of, where nobody is signed in yet.
FORM_COOKIE = "dailypapers_admin_form"
#: More characters of a field are no password, reason or address.
_LONGEST_FIELD = 2000
_FIELDS, _FIELD_BYTES = 40, 10_000


@dataclass(frozen=True, slots=True)
class Visit:
    """A request to a page of the operator, by somebody who is signed in or is about to be."""

    context: WebContext
    request: Request
    now: dt.datetime
    session: Session | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """Who asks. Only for pages that take a session."""
        assert self.session is not None  # noqa: S101 - `guarded` lets nobody else in
        return self.session.account

    @property
    def network(self) -> str:
        """Where they ask from."""
        return network_of(self.request, self.context.sign_up_policy.trusted_proxies)

    def path(self, name: str) -> str:
        """Return a part of the address that the route names."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """Return a value from behind the question mark, as a line of printable text."""
        return printable(self.request.query_params.get(name, "")[:_LONGEST_FIELD]).strip()

    def value(self, name: str) -> str:
        """Return a field of the form as a line of printable text."""
        return printable(self.form.get(name, "")).strip()

    def button(self, *names: str) -> str:
        """Return which of these buttons was pressed; a form that names none of them is refused, and does nothing."""
        pressed = self.value("action")
        if pressed not in names:
            raise HTTPException(400)
        return pressed

    def page(self, name: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Return a page of `templates/admin`. It is not packed: it holds secrets beside what others may choose."""
        html = render_admin_page(self.context.templates, name, **self._shared(), **values)
        return HTMLResponse(html.encode("utf-8", "replace"), status)

    def _shared(self) -> dict[str, object]:
        context, is_in = self.context, self.session is not None and self.session.stage is Stage.SIGNED_IN
        return {
            "root": context.root,
            "admin": f"{context.root}admin",
            "list_name": context.renderer.sender.name,
            "static": context.address_of,
            "path": self.request.scope["path"],
            "account": self.account if is_in else None,
            "csrf": self.session.csrf if self.session else "",
            "now": self.now,
            "words": words_in(context.templates),
            **(_controls(context) if is_in else {"paused": None, "test_mode": None}),
        }

    def hash_of(self, address: str) -> str:
        """Return what stays of an address in the audit log once it is erased."""
        return audit_hash(self.context.signer, address)

    def note(
        self,
        tx: sa.Connection,
        action: str,
        *,
        address: str = "",
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Add a change of theirs to the audit log, in the transaction that makes it."""
        actor = Actor(self.account.email, self.context.signer)
        actor.note(tx, action, now=self.now, address=address, before=before, after=after)

    def redirect(self, path: str = "") -> RedirectResponse:
        """Lead to another page of the operator, to be asked for by GET."""
        return RedirectResponse(f"{self.context.root}admin{path}", 303)

    def signed_in(self, session_id: str, path: str = "") -> RedirectResponse:
        """Lead to a page and leave the session's id in the browser, for these pages alone."""
        answer = self.redirect(path)
        set_cookie(self.context, answer, SESSION_COOKIE, session_id)
        return answer


def _controls(context: WebContext) -> dict[str, Control | None]:
    with reading(context.engine) as tx:
        return {"paused": controls.control(tx, Name.PAUSE), "test_mode": controls.control(tx, Name.TEST_MODE)}


def set_cookie(context: WebContext, answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Leave a value in the browser that scripts cannot read and other sites' forms do not send."""
    path, is_https = f"{context.root}admin", context.home.startswith("https:")
    answer.set_cookie(name, value, path=path, httponly=True, samesite="lax", secure=is_https, max_age=seconds)


Handler = Callable[[Visit], Response]


def guarded(
    context: WebContext, handle: Handler, *, by_itself: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """Answer only who is signed in; others are led to the page for that. A POST must carry its session's token.

    What pages ask for `by_itself` does not keep a session alive that nobody uses.
    """

    async def answer(request: Request) -> Response:
        form = await _form(request)
        return await run_in_threadpool(_answer, context, request, form, handle, is_used=not by_itself)

    return answer


def for_owners(handle: Handler) -> Handler:
    """Answer only owners; viewers are told that they may not."""

    def answer(visit: Visit) -> Response:
        if not visit.account.is_owner:
            return visit.page("refused", status=403)
        return handle(visit)

    return answer


def _answer(
    context: WebContext, request: Request, form: Mapping[str, str], handle: Handler, *, is_used: bool
) -> Response:
    now = context.clock()
    session = sessions.find(context.engine, request.cookies.get(SESSION_COOKIE, ""), is_used=is_used, now=now)
    visit = Visit(context, request, now, session, form)
    if session is None:
        require_on(context)
        return _led_to_sign_in(visit)
    if session.stage is Stage.CODE:
        return visit.redirect("/code")
    if request.method == "POST" and not hmac.compare_digest(form.get("csrf", "").encode(), session.csrf.encode()):
        return visit.page("stale", status=403)
    return handle(visit)


def require_on(context: WebContext) -> None:
    """Raise 404 where nobody could sign in: then there are no such pages."""
    with reading(context.engine) as tx:
        if context.operators_oidc is None and not accounts.exist(tx):
            raise HTTPException(404)


def _led_to_sign_in(visit: Visit) -> Response:
    """Lead to the page for signing in, and from there to what was asked for, where that was a page to look at."""
    url = visit.request.url
    path = visit.request.scope["path"].removeprefix("/admin")
    target = f"{path}?{url.query}" if url.query else path
    is_page = visit.request.method == "GET" and target
    return visit.redirect("/sign-in" + (f"?next={quote(target, safe='')}" if is_page else ""))


def open_to_all(context: WebContext, handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Answer who is not signed in yet; a POST must carry what this browser's form was made with."""

    async def answer(request: Request) -> Response:
        form = await _form(request)
        return await run_in_threadpool(_answer_anybody, context, request, form, handle)

    return answer


def _answer_anybody(context: WebContext, request: Request, form: Mapping[str, str], handle: Handler) -> Response:
    now = context.clock()
    session = sessions.find(context.engine, request.cookies.get(SESSION_COOKIE, ""), now=now)
    if session is None:
        require_on(context)
    form_cookie = request.cookies.get(FORM_COOKIE, "")
    browser = form_cookie or sessions.new_token()
    expected = context.signer.keyed_hash("admin.form", browser)
    visit = Visit(context, request, now, session, {**form, "form_token": expected, "browser": browser})
    is_ours = bool(form_cookie) and hmac.compare_digest(form.get("csrf", "").encode(), expected.encode())
    is_forged = request.method == "POST" and not is_ours
    answer = visit.page("stale", status=403) if is_forged else handle(visit)
    if not form_cookie:
        set_cookie(context, answer, FORM_COOKIE, browser)
    return answer


async def _form(request: Request) -> dict[str, str]:
    if request.method != "POST":
        return {}
    async with request.form(max_files=0, max_fields=_FIELDS, max_part_size=_FIELD_BYTES) as data:
        return {name: value[:_LONGEST_FIELD] for name, value in data.items() if not isinstance(value, UploadFile)}
