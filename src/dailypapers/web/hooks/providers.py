"""Where providers tell of bounces and complaints. Only they ask here: answers are a status and nothing else."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from dailypapers.inbound.webhooks import Call, receive
from dailypapers.web.http.page import WebContext


def act(context: WebContext) -> Callable[[Request, str], Awaitable[Response]]:
    """Answer POST /hooks/{provider}."""

    async def tell(request: Request, provider: str) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call, now = Call(headers, await request.body()), context.clock()
        answer = await run_in_threadpool(
            receive, context.engine, context.signer, context.webhooks, provider, call, now=now
        )
        return PlainTextResponse(f"{answer.name.lower()}\n", status_code=answer.value)

    return tell
