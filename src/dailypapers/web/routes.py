"""Every page and where it is. GET shows, POST acts: mail scanners open every link.

The clock enters here and is passed on as `now`; nothing below asks it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from dailypapers import __version__
from dailypapers.domain.i18n import N_
from dailypapers.errors import BadToken, DatabaseDamaged, DatabaseUnreachable
from dailypapers.web.admin.routes import add_admin
from dailypapers.web.api import problem
from dailypapers.web.api.problem import Kind, Problem
from dailypapers.web.api.routes import add_api
from dailypapers.web.assistants import add_mcp
from dailypapers.web.hooks import metrics, providers
from dailypapers.web.http import static
from dailypapers.web.http.guard import Guard
from dailypapers.web.http.language import Negotiated
from dailypapers.web.http.late_route import LateRoute
from dailypapers.web.http.page import Secured, WebContext
from dailypapers.web.http.slashes import WithoutTrailingSlash
from dailypapers.web.public import archive, confirm, figures, home, lost_links, search, subscribe
from dailypapers.web.readers import (
    ballot,
    channel,
    data,
    digest,
    erase,
    feed,
    feedback,
    group,
    groups,
    institution,
    invitation,
    keys,
    leave_group,
    preferences,
    preview,
    reduce_frequency,
    resubscribe,
    saved,
    tools,
    unsubscribe,
)


def web_app(context: WebContext) -> FastAPI:
    """Return the pages as one ASGI app."""
    context = replace(context, static=static.load(context.templates))
    running: list[Callable[[], AbstractAsyncContextManager[None]]] = []
    app = FastAPI(
        title="dailypapers",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_prepared(context, running),
    )
    app.router.route_class = LateRoute
    for path, page in _ACTED_ON.items():
        app.api_route(path, methods=_LOOK, response_class=HTMLResponse)(page.show(context))
        app.post(path, response_class=HTMLResponse)(page.act(context))
    for path, show in _LOOKED_AT.items():
        app.api_route(path, methods=_LOOK, response_class=HTMLResponse)(show(context))
    app.post("/preferences/{token}/preview", response_class=HTMLResponse)(preferences.redraw(context))
    app.post("/hooks/{provider}")(providers.act(context))
    app.api_route("/static/{name}", methods=_LOOK)(static.show(context.static))
    app.api_route("/figures/{name}", methods=_LOOK)(figures.show(context))
    add_admin(app, context)
    add_api(app, context)
    if context.has_mcp:
        running.append(add_mcp(app, context))
    _answer_errors(app, context)
    app.add_middleware(WithoutTrailingSlash)
    app.add_middleware(Guard, refuse=_refusing(context))
    app.add_middleware(Secured, context=context)
    app.add_middleware(Negotiated, offered=context.renderer.languages)
    return app


def _prepared(
    context: WebContext, running: Sequence[Callable[[], AbstractAsyncContextManager[None]]]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Load what previews need as soon as pages are served, and let nothing run on behind them but what is `running`."""

    @asynccontextmanager
    async def prepared(_app: FastAPI) -> AsyncIterator[None]:
        context.previews.begin(now=context.clock())
        async with AsyncExitStack() as stack:
            for run in running:
                await stack.enter_async_context(run())
            yield
        await run_in_threadpool(context.previews.close)

    return prepared


Answered = Response | Awaitable[Response]


class Page(Protocol):
    """A page that shows on GET and acts on POST."""

    def show(self, context: WebContext, /) -> Callable[..., Answered]:
        """Return what answers a GET."""
        ...

    def act(self, context: WebContext, /) -> Callable[..., Answered]:
        """Return what answers a POST."""
        ...


#: Pages with a button: GET shows it, POST is what it does.
_ACTED_ON: Mapping[str, Page] = {
    "/": home,
    "/subscribe": subscribe,
    "/links": lost_links,
    "/confirm/{token}": confirm,
    "/unsubscribe/{token}": unsubscribe,
    "/unsubscribe/{token}/less": reduce_frequency,
    "/undo/{token}": resubscribe,
    "/erase/{token}": erase,
    "/feedback/{token}/{vote}": feedback,
    "/preferences/{token}": preferences,
    "/preferences/{token}/channel": channel,
    "/preferences/{token}/keys": keys,
    "/saved/{token}": saved,
    "/tools/{token}": tools,
    "/data/{token}": data,
    "/groups/{token}": groups,
    "/group/{token}": group,
    "/invitation/{token}": invitation,
    "/ballot/{token}": ballot,
    "/leave/{token}": leave_group,
}
#: Pages that only show something.
_LOOKED_AT: Mapping[str, Callable[[WebContext], Callable[..., Response]]] = {
    "/healthz": home.health,
    "/readyz": metrics.ready,
    "/metrics": metrics.show,
    "/preview": preview.show,
    "/search": search.show,
    "/subscribe/sent": subscribe.show_sent,
    "/links/sent": lost_links.show_sent,
    "/archive": archive.show,
    "/archive/feed.atom": archive.feed,
    "/archive/{day}": archive.show_edition,
    "/archive/{day}/papers.{kind}": archive.file,
    "/feedback/{token}": feedback.show,
    "/digest/{token}": digest.show,
    "/digest/{token}/papers.{kind}": digest.file,
    "/saved/{token}/papers.{kind}": saved.file,
    "/feed/{token}": feed.show,
    "/oidc": institution.show,
    "/oidc/callback": institution.come_back,
}
_LOOK = ["GET", "HEAD"]
_SAID = {
    400: (
        N_("We couldn’t read this form"),
        N_("It contains more text or more fields than expected. Please go back and send less."),
    ),
    404: (N_("Page not found"), N_("There is no page at this address. Part of the link may be missing.")),
    408: (
        N_("This took too long"),
        N_("We didn’t receive the whole form within a minute. Please go back and send it again."),
    ),
    413: (
        N_("This is too large"),
        N_("This page accepts up to two megabytes. Please go back and send less."),
    ),
}


def _refusing(context: WebContext) -> Callable[[Request, int], Response]:
    """Return what says, under a status, why there is no page; programs are told by a problem."""

    def refuse(request: Request, status: int) -> Response:
        if problem.is_api(request.scope["path"]):
            return problem.answer(context.home, Problem(problem.BY_STATUS.get(status, Kind.NOT_FOUND)))
        title, message = map(context.translate, _SAID.get(status, _SAID[404]))
        return context.page(request, "message", status=status, title=title, message=message)

    return refuse


def _answer_errors(app: FastAPI, context: WebContext) -> None:
    """Every error is a calm page that says what to do."""
    refuse = _refusing(context)

    def bad_token(request: Request, error: Exception) -> HTMLResponse:
        title, message = context.translate(N_("This link does not work")), context.translate(str(error))
        stamp = lost_links.stamp(context)
        return context.page(request, "bad_link", status=410, title=title, message=message, form_timestamp=stamp)

    def unreachable(request: Request, error: Exception) -> HTMLResponse:
        if isinstance(error, DatabaseDamaged):
            app.state.damage = str(error)
        message = context.translate(N_("Our database is not responding. Please try again in a few minutes."))
        return context.page(
            request, "message", status=503, title=context.translate(N_("Temporarily unavailable")), message=message
        )

    def other(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        page = refuse(request, status)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            page.headers["Allow"] = ", ".join(sorted(_methods(app, request)))
        return page

    app.exception_handler(BadToken)(bad_token)
    app.exception_handler(RequestValidationError)(other)
    app.exception_handler(DatabaseUnreachable)(unreachable)
    app.exception_handler(HTTPException)(other)


def _methods(app: FastAPI, request: Request) -> set[str]:
    """Return what may be done with a page; a 405 names it (RFC 9110 15.5.6). Each route knows but a part of it."""
    here = [route for route in app.routes if isinstance(route, Route) and route.matches(request.scope)[0] != Match.NONE]
    return {method for route in here for method in route.methods or ()}
