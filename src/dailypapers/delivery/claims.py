"""Claims: the mails a run has claimed and not yet sent, a few at a time, however many wait in the outbox."""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from dailypapers.delivery.fence import Fence
from dailypapers.delivery.worker import WorkerRun
from dailypapers.digests.layout import RenderInput, Shared, load_inputs
from dailypapers.domain.delivery import Delivery, Priority
from dailypapers.store import attempts, outbox

#: Mails claimed at a time, and the most that wait in memory.
GROUP = 100
AHEAD = 2 * GROUP
#: So many of those somebody waits for are claimed at a time while the others are held up.
_URGENT_GROUP = 20
#: Seconds between two looks whether anything has come into the outbox: somebody may be waiting for a confirmation.
LOOK_AGAIN = 0.5


class Claims:
    """What is claimed and waits for its turn, with all its mail shows."""

    def __init__(self, worker: WorkerRun, fence: Fence, *, look_again: float = LOOK_AGAIN) -> None:
        self._worker = worker
        self._fence = fence
        self._look_again = look_again
        self._waiting: deque[RenderInput] = deque()
        self._there_may_be_more = True
        self._look_again_at = 0.0
        self._shared = Shared()

    async def next(self) -> RenderInput | None:
        """Return the mail whose turn it is, `None` where none is due at present."""
        now = asyncio.get_running_loop().time()
        if now >= self._look_again_at or (self._there_may_be_more and len(self._waiting) < GROUP):
            self._look_again_at = now + self._look_again
            await self._claim_more()
        return self._waiting.popleft() if self._waiting else None

    async def next_urgent(self) -> RenderInput | None:
        """Return a mail that somebody waits for, `None` where there is none; the others stay where they are."""
        if not self._has_urgent() and asyncio.get_running_loop().time() >= self._look_again_at:
            self._look_again_at = asyncio.get_running_loop().time() + self._look_again
            await self._load(await self._claim(_URGENT_GROUP, Priority.URGENT))
        return self._waiting.popleft() if self._has_urgent() else None

    def _has_urgent(self) -> bool:
        return bool(self._waiting) and self._waiting[0].delivery.priority is Priority.URGENT

    async def _claim_more(self) -> None:
        room = min(GROUP, AHEAD - len(self._waiting))
        claimed = await self._claim(room, Priority.URGENT, Priority.BULK)
        self._there_may_be_more = len(claimed) == room
        await self._load(claimed)

    async def _claim(self, limit: int, *priorities: Priority) -> list[Delivery]:
        return await self._worker.persistence.persist(partial(_claim, self._worker, self._fence, limit, priorities))

    async def _load(self, claimed: Sequence[Delivery]) -> None:
        if not claimed:
            return
        load = partial(load_inputs, deliveries=claimed, shared=self._shared)
        inputs = await self._worker.persistence.load(load)
        urgent = [each for each in inputs if each.delivery.priority is Priority.URGENT]
        self._waiting.extendleft(reversed(urgent))
        self._waiting.extend(each for each in inputs if each.delivery.priority is not Priority.URGENT)


def _claim(
    worker: WorkerRun, fence: Fence, limit: int, priorities: Sequence[Priority], tx: sa.Connection
) -> list[Delivery]:
    now = worker.clock()
    if not worker.lives_on(tx):
        return []
    fence.hold_what_is_composed_again(tx)
    claimed = outbox.claim(tx, worker.id, limit, now=now, priorities=priorities)
    attempts.start(tx, claimed, now=now)
    return claimed
