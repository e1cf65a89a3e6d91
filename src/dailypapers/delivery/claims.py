"""Claims: the mails a run has claimed and not yet sent, a few at a time, however many wait in the outbox."""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa

from dailypapers.delivery.fence import Fence
from dailypapers.delivery.pace import Claimed, Pace
from dailypapers.delivery.routes import Turn
from dailypapers.delivery.worker import WorkerRun
from dailypapers.digests.render_input import RenderInput, Shared, load_inputs
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import Delivery, Priority
from dailypapers.domain.pace import Room
from dailypapers.store import attempts

#: Mails claimed at a time, and the most that wait in memory.
GROUP = 100
AHEAD = 2 * GROUP
#: So many of those somebody waits for are claimed at a time while the others are held up.
_URGENT_GROUP = 20
#: Seconds between two looks whether anything has come into the outbox: somebody may be waiting for a confirmation.
LOOK_AGAIN = 0.5


class Due(NamedTuple):
    """A claimed mail with all it shows, the moment at which it may go, and the server it goes by."""

    render_input: RenderInput
    at: dt.datetime
    server: str
    is_urgent: bool
    """Whether somebody waits for it."""
    has_to_wait: bool
    """Whether that moment was not there yet when it was claimed."""


class Claims:
    """What is claimed and waits for its turn, with all its mail shows."""

    def __init__(
        self,
        worker: WorkerRun,
        fence: Fence,
        pace: Pace,
        clock: Clock,
        *,
        priorities: Sequence[Priority] = (Priority.URGENT, Priority.BULK),
        look_again: float = LOOK_AGAIN,
        on_parked: Callable[[Sequence[Delivery]], None] = lambda _: None,
    ) -> None:
        self._worker, self._fence, self._pace, self._clock = worker, fence, pace, clock
        self._priorities, self._look_again = priorities, look_again
        self._waiting: deque[Due] = deque()
        self._there_may_be_more = True
        self._look_again_at = 0.0
        self._shared = Shared()
        #: Why mails that are due were left in the outbox when it was last looked at, if any were.
        self.no_room: Room | None = None
        self._on_parked = on_parked
        #: When mails come due again that wait in the outbox until their domain takes more.
        self._parked_until: list[dt.datetime] = []

    async def next(self) -> Due | None:
        """Return the mail whose turn it is, `None` where none is due at present."""
        now = asyncio.get_running_loop().time()
        if now >= self._look_again_at or (self._there_may_be_more and len(self._waiting) < GROUP):
            self._look_again_at = now + self._look_again
            await self._claim_more()
            while self._there_may_be_more and not self._waiting:
                # All of them wait in the outbox until their domain takes more; others behind them may go.
                await self._claim_more()
        return self._waiting.popleft() if self._waiting else None

    async def next_urgent(self) -> Due | None:
        """Return a mail that somebody waits for, `None` where there is none; the others stay where they are."""
        if not self._has_urgent() and asyncio.get_running_loop().time() >= self._look_again_at:
            self._look_again_at = asyncio.get_running_loop().time() + self._look_again
            await self._load((await self._claim(_URGENT_GROUP, Priority.URGENT)).turns)
        return self._waiting.popleft() if self._has_urgent() else None

    def _has_urgent(self) -> bool:
        return bool(self._waiting) and self._waiting[0].is_urgent

    async def _claim_more(self) -> None:
        room = min(GROUP, AHEAD - len(self._waiting))
        claimed = await self._claim(room, *self._priorities)
        self._there_may_be_more = not claimed.is_all
        self.no_room = claimed.no_room
        await self._load(claimed.turns)

    async def _claim(self, limit: int, *priorities: Priority) -> Claimed:
        claimed = await self._worker.persistence.persist(partial(self._take, limit, priorities))
        self._pace.went(claimed.turns)
        self.note_parked(claimed.parked)
        return claimed

    def _take(self, limit: int, priorities: Sequence[Priority], tx: sa.Connection) -> Claimed:
        worker, steady = self._worker, self._clock()
        if not worker.lives_on(tx):
            return Claimed()
        self._fence.hold_what_is_composed_again(tx)
        claimed = self._pace.claim(tx, worker.id, limit, priorities, now=worker.clock(), steady=steady)
        deliveries, servers = [turn.delivery for turn in claimed.turns], [turn.server for turn in claimed.turns]
        attempts.start(tx, deliveries, now=worker.clock(), servers=servers)
        return claimed

    def look_again(self) -> None:
        """Look into the outbox the next time a mail is asked for: one is due again at once."""
        self._there_may_be_more = True

    def note_parked(self, deliveries: Sequence[Delivery]) -> None:
        """Note mails that wait in the outbox until their domain takes more."""
        if deliveries:
            self._parked_until += [each.next_attempt_at for each in deliveries if each.next_attempt_at]
            self._on_parked(deliveries)

    def resume_at(self, now: dt.datetime) -> dt.datetime | None:
        """Return when the first of those comes due again, `None` where none does."""
        self._parked_until = [moment for moment in self._parked_until if moment > now]
        return min(self._parked_until, default=None)

    async def _load(self, turns: Sequence[Turn]) -> None:
        if not turns:
            return
        load = partial(load_inputs, deliveries=[turn.delivery for turn in turns], shared=self._shared)
        inputs = await self._worker.persistence.load(load)
        due = [
            Due(render_input, turn.at, turn.server, turn.delivery.priority is Priority.URGENT, turn.has_to_wait)
            for render_input, turn in zip(inputs, turns, strict=True)
        ]
        # Who is waited for comes first, and then who may go first: one domain with a limit holds up no other.
        self._waiting = deque(sorted((*self._waiting, *due), key=lambda each: (not each.is_urgent, each.at)))
