"""Push: what readers have saved goes to their tools.

    new keys | try | on, or off and its reader told
    saved papers | queue, each once for a tool | send | done, later, never, or off and its reader told

Each answer is recorded before the next request, so that a crash repeats one request at most; every tool is asked
whether it has a paper before it gets it, or knows by itself. What a tool says of a key is never logged with the key.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog

from dailypapers.domain.clock import Clock
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.tool import (
    FIRST_RETRY,
    TOOL_NAMES,
    Checked,
    Outcome,
    Push,
    Refusal,
    Sent,
    Tool,
    ToolKind,
    retry_at,
)
from dailypapers.encryption import decrypt
from dailypapers.errors import FetchFailed, Undecipherable
from dailypapers.sources.http.client import Http
from dailypapers.store import outbox, papers, subscribers, tools
from dailypapers.store.database import reading, writing
from dailypapers.tools.base import Account, ToolClient
from dailypapers.tools.connect import purpose_of
from dailypapers.tools.notion import Notion
from dailypapers.tools.readwise import Readwise
from dailypapers.tools.zotero import Zotero

log = structlog.get_logger()

#: Keys and papers of one run; the next one, a minute later, takes more.
_MOST = 50
_NOTICE_DEADLINE = dt.timedelta(days=3)
_SWITCHED_OFF = N_(
    "{tool} no longer accepts your key, so papers you save are not sent there any more. "
    "To continue, connect {tool} again in your preferences, under “Send saved papers to other tools”."
)
_NOT_FOUND = N_(
    "Your library or database in {tool} could not be found, so papers you save are no longer sent there. "
    "Check that the key may see it, and connect {tool} again in your preferences, under “Send saved papers to other "
    "tools”."
)


@dataclass(frozen=True, slots=True)
class ToolOptions:
    """Which tools are offered, and the secret that their keys are encrypted with."""

    secret: bytes = field(repr=False)
    clients: Mapping[ToolKind, ToolClient] = field(
        default_factory=lambda: {
            ToolKind.ZOTERO: Zotero(),
            ToolKind.READWISE: Readwise(),
            ToolKind.NOTION: Notion(),
        }
    )


def push(engine: sa.Engine, options: ToolOptions, *, make_http: Callable[[], Http], clock: Clock) -> int:
    """Try new keys and send what was saved; return how many papers were sent, or were there already."""
    with writing(engine) as tx:
        new = tools.to_check(tx, now=clock(), limit=_MOST)
    run = _Run(engine, options, clock)
    if new:
        asyncio.run(run.check_all(make_http, new))
    with writing(engine) as tx:
        tools.queue_saved(tx, now=clock())
        due = tools.due(tx, now=clock(), limit=_MOST)
    if due:
        asyncio.run(run.send_all(make_http, due))
    return run.arrived


@dataclass(slots=True)
class _Run:
    engine: sa.Engine
    options: ToolOptions
    clock: Clock
    arrived: int = 0
    #: Tools that are asked nothing more in this run.
    resting: set[tuple[int, ToolKind]] = field(default_factory=set)

    async def check_all(self, make_http: Callable[[], Http], new: Sequence[Tool]) -> None:
        async with make_http() as http:
            for tool in new:
                checked = await self._checked(http, tool)
                with writing(self.engine) as tx:
                    self._record_check(tx, tool, checked)

    async def _checked(self, http: Http, tool: Tool) -> Checked:
        client = self.options.clients.get(tool.kind)
        if client is None:
            return Checked()
        try:
            return await client.check(http, self._account(tool))
        except Undecipherable:
            return Checked(refusal=Refusal.SECRET)
        except FetchFailed as error:
            log.info("tool not reached", tool=tool.kind.value, why=str(error))
            return Checked()

    def _record_check(self, tx: sa.Connection, tool: Tool, checked: Checked) -> None:
        if checked.refusal:
            _switch_off(tx, tool, checked.refusal, now=self.clock())
        elif checked.target:
            tools.switch_on(tx, tool, checked.target)
        else:
            tools.check_later(tx, tool, self.clock() + FIRST_RETRY)

    async def send_all(self, make_http: Callable[[], Http], due: Sequence[Push]) -> None:
        async with make_http() as http:
            for each in due:
                if (each.tool.subscriber, each.tool.kind) not in self.resting:
                    outcome = await self._sent(http, each)
                    with writing(self.engine) as tx:
                        self._record(tx, each, outcome)

    async def _sent(self, http: Http, each: Push) -> Outcome:
        client = self.options.clients.get(each.tool.kind)
        if client is None:
            return Outcome(Sent.LATER, "not offered at present")
        with reading(self.engine) as tx:
            paper = papers.by_id(tx, [each.paper_id])[each.paper_id]
        try:
            return await client.save(http, self._account(each.tool), paper)
        except Undecipherable:
            return Outcome(Sent.LATER, refusal=Refusal.SECRET)
        except FetchFailed as error:
            return Outcome(Sent.LATER, str(error))

    def _account(self, tool: Tool) -> Account:
        key = decrypt(self.options.secret, tool.key, purpose=purpose_of(tool.kind), owner=tool.subscriber)
        return Account(key, tool.target)

    def _record(self, tx: sa.Connection, each: Push, outcome: Outcome) -> None:
        log.info("paper sent to a tool", tool=each.tool.kind.value, result=outcome.sent.value, detail=outcome.detail)
        if outcome.refusal:
            self.resting.add((each.tool.subscriber, each.tool.kind))
            _switch_off(tx, each.tool, outcome.refusal, now=self.clock())
        elif outcome.sent in {Sent.SAVED, Sent.EXISTS}:
            self.arrived += 1
            if outcome.retry_after:
                self.resting.add((each.tool.subscriber, each.tool.kind))
            tools.end(tx, each, is_done=True, detail=outcome.sent.value)
        elif outcome.sent is Sent.LATER and (at := retry_at(each.attempts + 1, outcome.retry_after, self.clock())):
            if outcome.retry_after:
                self.resting.add((each.tool.subscriber, each.tool.kind))
            tools.put_off(tx, each, at, outcome.detail)
        else:
            tools.end(tx, each, is_done=False, detail=outcome.detail)


def _switch_off(tx: sa.Connection, tool: Tool, refusal: Refusal, *, now: dt.datetime) -> None:
    """Switch a tool off and tell its reader, once; what waits for it stays, for when it is connected again."""
    if not tools.switch_off(tx, tool, refusal):
        return
    log.warning("tool switched off", tool=tool.kind.value, subscriber=tool.subscriber, why=refusal.value)
    reader = subscribers.one(tx, tool.subscriber)
    if reader is None:
        return
    pattern = _NOT_FOUND if refusal is Refusal.TARGET else _SWITCHED_OFF
    notes = (LazyString(pattern, tool=TOOL_NAMES[tool.kind]),)
    content = Content(reader.style, notes=notes)
    mail = outbox.NewDelivery(reader.id, reader.address, MailKind.NOTICE, now + _NOTICE_DEADLINE, content=content)
    outbox.put(tx, [mail], now=now)
