"""Mails sent one by one, where a test wants the answer of each."""

from collections.abc import AsyncIterator

from dailypapers.domain.delivery import Outcome
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.transport import AboutToHandOver, Answered, Event, Transport


async def events(transport: Transport, *mails: OutgoingMail) -> list[Event]:
    """Send mails; returns all that happened."""

    async def coming() -> AsyncIterator[OutgoingMail]:
        for mail in mails:
            yield mail

    return [event async for group in transport.stream(coming()) for event in group]


async def send(transport: Transport, mail: OutgoingMail) -> Outcome:
    """Send one mail; returns what was answered."""
    [answer] = [event for event in await events(transport, mail) if not isinstance(event, AboutToHandOver)]
    assert isinstance(answer, Answered)
    return answer.outcome
