"""A stream of mails in, events out: nothing leaves before it is known that it is about to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

import pytest
from tests.playing_smtp import Script, playing_smtp
from tests.sending import events

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import (
    AboutToHandOver,
    Answered,
    Event,
    MemoryTransport,
    Ready,
    Transport,
    side_by_side,
)

ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 250, text="kept")
MAILS = [
    OutgoingMail(Envelope("bounce@example.org", f"reader{n}@example.org"), b"Subject: x\r\n\r\nx\r\n", n)
    for n in range(12)
]


async def coming(*mails: OutgoingMail) -> AsyncIterator[OutgoingMail]:
    for mail in mails:
        yield mail


async def test_a_mail_is_about_to_be_handed_over_and_then_answered() -> None:
    first = MAILS[0]
    expected = [AboutToHandOver(first), Answered(first, ACCEPTED)]
    assert await events(MemoryTransport(), first) == expected
    with playing_smtp() as server:
        transport = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5))
        over_smtp = await events(transport, first)
        await transport.close()
    assert [type(event) for event in over_smtp] == [AboutToHandOver, Answered]


async def test_nothing_leaves_before_the_next_group_is_asked_for() -> None:
    with playing_smtp() as server:
        transport = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5), connections=3)
        known: set[int] = set()
        async for group in transport.stream(coming(*MAILS)):
            await asyncio.sleep(0.02)
            left = {int(name.removeprefix("reader")) for name, _ in server.received}
            assert left <= known, "a mail left before anybody knew that it would"
            known |= {event.mail.delivery for event in group if isinstance(event, AboutToHandOver)}
        await transport.close()
    assert len(server.received) == len(MAILS)


async def test_a_refused_recipient_was_never_about_to_be_handed_over() -> None:
    with playing_smtp(Script({("reader1", "rcpt"): "550 5.1.1 no such user"})) as server:
        transport = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5), connections=2)
        happened = await events(transport, *MAILS)
        await transport.close()
    announced = {event.mail.delivery for event in happened if isinstance(event, AboutToHandOver)}
    assert announced == set(range(12)) - {1}
    assert len([event for event in happened if isinstance(event, Answered)]) == 12


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
        assert {event.mail.delivery for event in first} == set(made) == {0, 1}


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
    assert len(announced) == 4
    assert left == []


async def test_mails_that_cannot_be_made_end_the_stream_with_their_error() -> None:
    async def broken() -> AsyncIterator[OutgoingMail]:
        yield MAILS[0]
        raise ValueError("broken")

    async def send(_mail: OutgoingMail, _ready: Ready) -> Outcome:
        return ACCEPTED

    with pytest.raises(ValueError, match="broken"):
        _ = [group async for group in side_by_side(broken(), send, at_once=3)]


async def withdrawing(transport: Transport, *names: int) -> list[Event]:
    """Send all mails but those, which are withdrawn when they are about to leave."""
    happened: list[Event] = []
    async with aclosing(transport.stream(coming(*MAILS))) as stream:
        with suppress(StopAsyncIteration):
            group = await anext(stream)
            while True:
                happened += group
                group = await stream.asend(names)
    return happened


@pytest.mark.parametrize("in_memory", [True, False])
async def test_a_mail_that_is_withdrawn_does_not_leave_and_is_not_answered(in_memory: bool) -> None:
    with playing_smtp() as server:
        over_smtp = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5), connections=3)
        memory = MemoryTransport()
        happened = await withdrawing(memory if in_memory else over_smtp, 3, 7)
        await over_smtp.close()
    sent = (
        [mail.envelope.recipient.partition("@")[0] for mail in memory.sent]
        if in_memory
        else [name for name, _ in server.received]
    )
    assert sorted(sent) == sorted(f"reader{n}" for n in range(12) if n not in {3, 7})
    answered = {event.mail.delivery for event in happened if isinstance(event, Answered)}
    assert answered == set(range(12)) - {3, 7}


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
