"""A reader's tools: GET shows to which what they save is sent, POST connects one or disconnects it.

The e-reader that the papers of their weeks go to is one of them. A key is written and never shown. It is tried in the
background: a page does not wait for somebody else's service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import sqlalchemy as sa
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Subscriber
from dailypapers.domain.tool import TOOL_NAMES, Refusal, ToolKind, ToolState
from dailypapers.errors import BadInput
from dailypapers.store import e_readers, tools
from dailypapers.store.database import reading, writing
from dailypapers.tools.connect import connect
from dailypapers.tools.e_reader import connect as connect_e_reader
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on, word
from dailypapers.web.http.token import claim_of, reader_of

_STATES = {
    ToolState.NEW: N_("The key will be tried within a minute; reload this page to see whether it works."),
    ToolState.ON: N_("Connected. Papers you save are sent within a minute."),
}
_REFUSALS = {
    Refusal.KEY: N_("Off: the key was not accepted. It may have been revoked."),
    Refusal.PERMISSION: N_("Off: the key does not allow writing."),
    Refusal.TARGET: N_(
        "Off: the library or database was not found. In Notion, share the database with your integration."
    ),
    Refusal.SECRET: N_("Off: the stored key can no longer be read. Please enter it again."),
}
_HINTS = {
    ToolKind.ZOTERO: N_("Create a key with write access to your library at zotero.org, under Settings, Security."),
    ToolKind.READWISE: N_("Copy your access token from readwise.io/access_token."),
    ToolKind.NOTION: N_("Create an internal integration in Notion, share a database with it, and copy its secret."),
}


@dataclass(frozen=True, slots=True)
class _Card:
    """What the page says of a tool."""

    kind: ToolKind
    name: str
    hint: str
    #: Empty where it is not connected.
    status: str = ""
    is_off: bool = False
    trouble: str = ""


#: What the form of the e-reader says in place of a kind of tool.
E_READER = "e-reader"


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a form."""

    disconnected: str = ""
    #: Whether the e-reader was disconnected, and why one is not connected: the address that was typed, a sentence.
    is_e_reader_gone: bool = False
    typed: str = ""
    e_reader_trouble: str = ""
    troubles: Mapping[ToolKind, str] = field(default_factory=dict)


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_tools(request: Request, token: str) -> HTMLResponse:
        gone = word(request, {*(kind.value for kind in context.tools), E_READER}, "disconnected")
        name = TOOL_NAMES[ToolKind(gone)] if gone and gone != E_READER else ""
        with reading(context.engine) as tx:
            return _page(context, request, tx, token, _Done(name, is_e_reader_gone=gone == E_READER))

    return show_tools


def act(context: WebContext) -> Callable[..., Response]:
    """Answer POST: connect a tool with its key, or disconnect it, which deletes the key; then lead on to the page."""

    def act_tools(
        request: Request,
        token: str,
        *,
        tool: Annotated[str, Form()] = "",
        key: Annotated[str, Form()] = "",
        address: Annotated[str, Form()] = "",
        target: Annotated[str, Form()] = "",
        older: Annotated[str, Form()] = "",
        action: Annotated[str, Form()] = "",
    ) -> Response:
        here = f"{context.root}tools/{token}"
        if tool == E_READER and context.has_e_readers:
            with writing(context.engine) as tx:
                done = _change_e_reader(context, tx, token, address, disconnect=action == "disconnect")
                if done.e_reader_trouble:
                    return _page(context, request, tx, token, done)
            return sent_on(here, disconnected=E_READER if done.is_e_reader_gone else "")
        kind = next((each for each in context.tools if each.value == tool), None)
        if kind is None:
            raise HTTPException(404)
        with writing(context.engine) as tx:
            reader = _reader(context, tx, token)
            if action == "disconnect":
                tools.disconnect(tx, reader.id, kind)
                return sent_on(here, disconnected=kind.value)
            try:
                options = {"key": key, "target": target[:500], "with_older": bool(older)}
                connect(tx, context.signer.secret, reader.id, kind, **options, now=context.clock())  # type: ignore[arg-type]
            except BadInput as error:
                return _page(context, request, tx, token, _Done(troubles={kind: context.translate(str(error))}))
        return sent_on(here)

    return act_tools


def _change_e_reader(context: WebContext, tx: sa.Connection, token: str, address: str, *, disconnect: bool) -> _Done:
    reader = _reader(context, tx, token)
    if disconnect:
        return _Done(is_e_reader_gone=e_readers.disconnect(tx, reader.id))
    try:
        connect_e_reader(tx, reader, address, now=context.clock())
    except BadInput as error:
        return _Done(typed=address[:_LONGEST_SHOWN], e_reader_trouble=context.translate(str(error)))
    return _Done()


#: Characters that a field shows again of what was not taken.
_LONGEST_SHOWN = 254


def _reader(context: WebContext, tx: sa.Connection, token: str) -> Subscriber:
    return reader_of(context, tx, claim_of(context, Purpose.PREFERENCES, token))


def _page(context: WebContext, request: Request, tx: sa.Connection, token: str, done: _Done) -> HTMLResponse:
    reader = _reader(context, tx, token)
    connected = {tool.kind: tool for tool in tools.of_subscriber(tx, reader.id)}
    e_reader = e_readers.of_subscriber(tx, reader.id)
    cards = []
    for kind in context.tools:
        tool, status = connected.get(kind), ""
        if tool:
            status = _REFUSALS[tool.refusal] if tool.refusal else _STATES[tool.state]
        cards.append(
            _Card(
                kind,
                TOOL_NAMES[kind],
                context.translate(_HINTS[kind]),
                context.translate(status) if status else "",
                is_off=bool(tool and tool.state is ToolState.OFF),
                trouble=done.troubles.get(kind, ""),
            )
        )
    return context.page(
        request,
        "tools",
        status=422 if done.troubles or done.e_reader_trouble else 200,
        cards=cards,
        done=done,
        has_e_readers=context.has_e_readers,
        e_reader=e_reader,
        next_book=reader.rhythm.day_of(e_reader.next_book_at) if e_reader else None,
        sender=context.renderer.sender.address,
        action=f"{context.root}tools/{token}",
        preferences=f"{context.root}preferences/{token}",
    )
