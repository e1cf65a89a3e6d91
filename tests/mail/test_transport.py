"""A stream of mails in, events out: nothing leaves before it is known that it is about to."""

import asyncio
from contextlib import aclosing, suppress

import pytest
from tests.playing_smtp import Script, playing_smtp
from tests.sending import ACCEPTED, MAILS, coming, events

from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import AboutToHandOver, Answered, Event, MemoryTransport, Transport


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
