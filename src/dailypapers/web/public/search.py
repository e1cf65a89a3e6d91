"""Search over all papers: a field, and what it finds, most relevant first."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.library.search import Finder
from dailypapers.rendering.text import one_line
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.paging import page_number


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /search?q=…&page=…: changes nothing."""
    finder = context.finder or Finder(context.engine)

    def show_search(request: Request) -> HTMLResponse:
        text = one_line(request.query_params.get("q", ""))
        answer = finder.answer(text, page=page_number(request), now=context.clock())
        return context.page(request, "search", text=text, answer=answer)

    return show_search
