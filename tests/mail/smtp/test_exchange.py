"""Between a stream and its connections: a mail in one hand at a time, an event told once, and told before it counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from tests.sending import ACCEPTED, MAILS, coming, side_by_side

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.transport import AboutToHandOver, Answered, Ready


async def test_a_mail_is_announced_before_it_is_answered_and_answered_once() -> None:
    async def send(_mail: OutgoingMail, ready: Ready) -> Outcome:
        await ready()
        return ACCEPTED

    happened = [event async for group in side_by_side(coming(*MAILS), send, at_once=4) for event in group]
    for mail in MAILS:
        assert [type(event) for event in happened if event.mail == mail] == [AboutToHandOver, Answered]


async def test_who_is_refused_takes_no_other_mail_before_that_is_known() -> None:
    refused = Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1")
    made: list[int] = []

    async def being_made() -> AsyncIterator[OutgoingMail]:
        for mail in MAILS:
            made.append(mail.delivery)
            yield mail

    async def send(_mail: OutgoingMail, _ready: Ready) -> Outcome:
        return refused

    async with aclosing(side_by_side(being_made(), send, at_once=2)) as stream:
        first = await anext(stream)
        assert {event.mail.delivery for event in first} <= set(made)
        await asyncio.sleep(0.02)
        assert len(made) <= 2


async def test_one_who_is_slow_keeps_nobody_waiting() -> None:
    forever = asyncio.Event()

    async def send(mail: OutgoingMail, ready: Ready) -> Outcome:
        if mail.delivery == 0:
            await forever.wait()
        await ready()
        return ACCEPTED

    answered: set[int] = set()
    async with asyncio.timeout(10), aclosing(side_by_side(coming(*MAILS), send, at_once=3)) as stream:
        async for group in stream:
            answered |= {event.mail.delivery for event in group if isinstance(event, Answered)}
            if len(answered) >= 8:
                forever.set()
    assert len(answered) == 12


async def test_who_stops_listening_stops_the_mails() -> None:
    left: list[OutgoingMail] = []

    async def send(mail: OutgoingMail, ready: Ready) -> Outcome:
        await ready()
        left.append(mail)
        return ACCEPTED

    async with aclosing(side_by_side(coming(*MAILS), send, at_once=4)) as stream:
        announced = await anext(stream)
    assert announced
    assert left == []


async def test_mails_that_cannot_be_made_end_the_stream_with_their_error() -> None:
    async def broken() -> AsyncIterator[OutgoingMail]:
        yield MAILS[0]
        raise ValueError("broken")

    async def send(_mail: OutgoingMail, _ready: Ready) -> Outcome:
        return ACCEPTED

    with pytest.raises(ValueError, match="broken"):
        _ = [group async for group in side_by_side(broken(), send, at_once=3)]


async def test_an_answer_is_told_while_the_stream_waits_for_mails() -> None:
    answered = asyncio.Event()

    async def one_and_the_next_once_it_is_answered() -> AsyncIterator[OutgoingMail]:
        yield MAILS[0]
        await answered.wait()
        yield MAILS[1]

    async def send(_mail: OutgoingMail, ready: Ready) -> Outcome:
        await ready()
        return ACCEPTED

    async with asyncio.timeout(5):
        async for group in side_by_side(one_and_the_next_once_it_is_answered(), send, at_once=2):
            if any(isinstance(event, Answered) for event in group):
                answered.set()
