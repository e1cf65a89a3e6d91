"""Where assistants of readers ask over HTTP: the Model Context Protocol at /mcp, each request with a reader's key."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from dailypapers.errors import BadSettings
from dailypapers.library.search import Finder
from dailypapers.web.http.page import WebContext


def add_mcp(app: FastAPI, context: WebContext) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Add /mcp; return what has to run while requests are answered. Raises `BadSettings` without the extra."""
    try:
        from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415 - an extra

        from dailypapers.mcp.answers import Assistant  # noqa: PLC0415 - an extra
        from dailypapers.mcp.server import make_server  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise BadSettings("web.mcp needs the extra: pip install 'dailypapers[mcp]'.") from error
    finder = context.finder or Finder(context.engine)
    server = make_server(Assistant(context.engine, context.clock, finder, is_kept_up=context.finder is not None))
    # A page that a browser was led astray to has no key, and without one nothing is answered.
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    made = server.streamable_http_app(json_response=True, stateless_http=True, transport_security=security)
    app.router.routes.extend(made.routes)
    return server.session_manager.run
