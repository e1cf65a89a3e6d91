"""Search over all papers: a field, and what it finds, most relevant first."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse

from dailypapers.library.search import Answer, Finder
from dailypapers.rendering.text import one_line
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.paging import page_number
from dailypapers.web.readers.preview import topics


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /search?q=…&page=…: changes nothing."""
    finder = context.finder or Finder(context.engine)

    def show_search(request: Request) -> HTMLResponse:
        text = one_line(request.query_params.get("q", ""))
        answer = finder.answer(text, page=page_number(request), now=context.clock())
        topic = _topic(answer) if context.sign_up_policy.open else ""
        return context.page(request, "search", text=text, answer=answer, topic=topic)

    return show_search


def _topic(answer: Answer) -> str:
    """Return what was looked for as a topic of a digest; empty where it is a paper, an author or a category."""
    query = answer.query
    return next(iter(topics([query.topic])), "") if not (query.filters or answer.name) else ""
