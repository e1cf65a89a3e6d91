"""Mails sent one by one, where a test wants the answer of each; or side by side, each as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.mail.smtp.exchange import Exchange
from dailypapers.mail.transport import AboutToHandOver, Answered, Event, Events, Ready, Transport

ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 250, text="kept")
#: A dozen readers' mails.
MAILS = [
    OutgoingMail(Envelope("bounce@example.org", f"reader{n}@example.org"), b"Subject: x\r\n\r\nx\r\n", n)
    for n in range(12)
]


async def coming(*mails: OutgoingMail) -> AsyncIterator[OutgoingMail]:
    """Yield mails as a transport takes them."""
    for mail in mails:
        yield mail


async def events(transport: Transport, *mails: OutgoingMail) -> list[Event]:
    """Send mails; returns all that happened."""
    return [event async for group in transport.stream(coming(*mails)) for event in group]


async def send(transport: Transport, mail: OutgoingMail) -> Outcome:
    """Send one mail; returns what was answered."""
    [answer] = [event for event in await events(transport, mail) if not isinstance(event, AboutToHandOver)]
    assert isinstance(answer, Answered)
    return answer.outcome


async def side_by_side(
    mails: AsyncIterator[OutgoingMail],
    send: Callable[[OutgoingMail, Ready], Awaitable[Outcome | None]],
    *,
    at_once: int,
) -> Events:
    """Send several mails at once, each by `send`, which returns `None` for one that was not to be handed over."""
    exchange = Exchange(mails)

    async def work() -> None:
        while True:
            mail = (await exchange.get()).mail
            outcome = await send(mail, partial(exchange.may_hand_over, mail))
            if outcome is None:
                exchange.drop()
            else:
                await exchange.settle(mail, outcome)

    tasks = [asyncio.create_task(each) for each in (exchange.feed(), *(work() for _ in range(at_once)))]
    try:
        while (events := await exchange.next_batch()) is not None:
            exchange.acknowledge((yield events) or ())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
