"""Readers' tools: a row each, and one for every saved paper that was sent to it, or is to be."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.tool import Push, Refusal, Tool, ToolKind, ToolState
from dailypapers.domain.vote import Vote
from dailypapers.store.database import replace_rows
from dailypapers.store.schema import tool_pushes, tools, votes

_QUEUED, _DONE, _FAILED = "queued", "done", "failed"


def connect(
    tx: sa.Connection,
    subscriber_id: int,
    kind: ToolKind,
    *,
    key: str,
    target: str,
    saved_from: dt.datetime,
    now: dt.datetime,
) -> None:
    """Store a tool's key, which is encrypted, to be tried next; what was saved before `saved_from` is not sent.

    It takes the place of one of the same kind. What that one was sent already is not sent again.
    """
    row = {
        "subscriber_id": subscriber_id,
        "kind": kind.value,
        "state": ToolState.NEW.value,
        "key": key,
        "target": target,
        "refusal": None,
        "saved_from": saved_from,
        "check_at": now,
    }
    replace_rows(tx, tools, [row])


def disconnect(tx: sa.Connection, subscriber_id: int, kind: ToolKind) -> bool:
    """Delete a tool with its key, and what still waited for it; return whether there was one."""
    waiting = (tool_pushes.c.subscriber_id == subscriber_id, tool_pushes.c.kind == kind.value)
    tx.execute(sa.delete(tool_pushes).where(*waiting, tool_pushes.c.state != _DONE))
    return tx.execute(sa.delete(tools).where(*_is(subscriber_id, kind))).rowcount > 0


def of_subscriber(tx: sa.Connection, subscriber_id: int) -> list[Tool]:
    """Return a reader's tools."""
    query = sa.select(tools).where(tools.c.subscriber_id == subscriber_id).order_by(tools.c.kind)
    return [_tool(row) for row in tx.execute(query)]


def pushed(tx: sa.Connection, subscriber_id: int) -> list[tuple[int, ToolKind, str]]:
    """Return which papers were sent to which tools of a reader, or are to be: queued, done or failed."""
    query = sa.select(tool_pushes.c.paper_id, tool_pushes.c.kind, tool_pushes.c.state)
    rows = tx.execute(query.where(tool_pushes.c.subscriber_id == subscriber_id).order_by(tool_pushes.c.paper_id))
    return [(row.paper_id, ToolKind(row.kind), row.state) for row in rows]


def to_check(tx: sa.Connection, *, now: dt.datetime, limit: int) -> list[Tool]:
    """Return the tools whose keys are to be tried now."""
    query = sa.select(tools).where(tools.c.state == ToolState.NEW.value, tools.c.check_at <= now)
    return [_tool(row) for row in tx.execute(query.order_by(tools.c.check_at).limit(limit))]


def check_later(tx: sa.Connection, tool: Tool, at: dt.datetime) -> None:
    """Have a key tried at a later moment."""
    tx.execute(sa.update(tools).where(*_unchanged(tool)).values(check_at=at))


def switch_on(tx: sa.Connection, tool: Tool, target: str) -> None:
    """Send papers to a tool from now on, unless its reader has changed it meanwhile."""
    values = {"state": ToolState.ON.value, "target": target, "check_at": None}
    tx.execute(sa.update(tools).where(*_unchanged(tool)).values(values))


def switch_off(tx: sa.Connection, tool: Tool, refusal: Refusal) -> bool:
    """Send nothing more to a tool; return whether it was on until now, and was not changed meanwhile."""
    values = {"state": ToolState.OFF.value, "refusal": refusal.value, "check_at": None}
    is_not_off = tools.c.state != ToolState.OFF.value
    return tx.execute(sa.update(tools).where(*_unchanged(tool), is_not_off).values(values)).rowcount > 0


def queue_saved(tx: sa.Connection, *, now: dt.datetime) -> int:
    """Queue the papers that readers have saved for their tools that are on, each once; return how many are new."""
    is_queued = sa.exists().where(
        tool_pushes.c.subscriber_id == votes.c.subscriber_id,
        tool_pushes.c.paper_id == votes.c.paper_id,
        tool_pushes.c.kind == tools.c.kind,
    )
    saved = (
        sa.select(
            votes.c.subscriber_id,
            votes.c.paper_id,
            tools.c.kind,
            sa.literal(_QUEUED).label("state"),
            sa.literal(0).label("attempts"),
            sa.literal(now, type_=tool_pushes.c.next_attempt_at.type).label("next_attempt_at"),
            sa.literal("").label("detail"),
        )
        .join(tools, tools.c.subscriber_id == votes.c.subscriber_id)
        .where(votes.c.vote == Vote.SAVE.value, votes.c.voted_at >= tools.c.saved_from)
        .where(tools.c.state == ToolState.ON.value, ~is_queued)
    )
    columns = ["subscriber_id", "paper_id", "kind", "state", "attempts", "next_attempt_at", "detail"]
    adding = sa.insert(tool_pushes).from_select(columns, saved).returning(tool_pushes.c.paper_id)
    return len(tx.execute(adding).all())


def due(tx: sa.Connection, *, now: dt.datetime, limit: int) -> list[Push]:
    """Return what is to be sent now to tools that are on, the longest waiting first."""
    is_its = sa.and_(tools.c.subscriber_id == tool_pushes.c.subscriber_id, tools.c.kind == tool_pushes.c.kind)
    query = (
        sa.select(tools, tool_pushes.c.paper_id, tool_pushes.c.attempts)
        .join(tool_pushes, is_its)
        .where(tools.c.state == ToolState.ON.value, tool_pushes.c.next_attempt_at <= now)
        .order_by(tool_pushes.c.next_attempt_at, tool_pushes.c.subscriber_id, tool_pushes.c.paper_id)
        .limit(limit)
    )
    return [Push(_tool(row), row.paper_id, row.attempts) for row in tx.execute(query)]


def end(tx: sa.Connection, push: Push, *, is_done: bool, detail: str) -> None:
    """Record that a paper has arrived, or never will."""
    _record(tx, push, state=_DONE if is_done else _FAILED, next_attempt_at=None, detail=detail)


def put_off(tx: sa.Connection, push: Push, at: dt.datetime, detail: str) -> None:
    """Record a try that came to nothing, and when the next one is."""
    _record(tx, push, state=_QUEUED, next_attempt_at=at, detail=detail)


def _record(tx: sa.Connection, push: Push, **values: Any) -> None:
    mine = (
        tool_pushes.c.subscriber_id == push.tool.subscriber,
        tool_pushes.c.paper_id == push.paper_id,
        tool_pushes.c.kind == push.tool.kind.value,
    )
    tx.execute(sa.update(tool_pushes).where(*mine).values(attempts=push.attempts + 1, **values))


def _is(subscriber_id: int, kind: ToolKind) -> tuple[sa.ColumnElement[bool], ...]:
    return tools.c.subscriber_id == subscriber_id, tools.c.kind == kind.value


def _unchanged(tool: Tool) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what holds as long as a reader has not entered another key: each is encrypted differently."""
    return (*_is(tool.subscriber, tool.kind), tools.c.key == tool.key)


def _tool(row: sa.Row[Any]) -> Tool:
    refusal = Refusal(row.refusal) if row.refusal else None
    return Tool(row.subscriber_id, ToolKind(row.kind), ToolState(row.state), row.key, row.target, refusal)
