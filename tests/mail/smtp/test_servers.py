"""Several servers: a mail goes by the one it names, and by another one while that one is down; none is lost."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.delivery import queued
from tests.sending import MAILS, coming, events
from tests.smtp_sink import Rule, Sink, smtp_sink

from dailypapers.delivery.deliver import Sending, deliver_once
from dailypapers.delivery.pace import Pace
from dailypapers.delivery.routes import Route
from dailypapers.delivery.send import SenderOptions
from dailypapers.domain.delivery import DeliveryState, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.smtp.capacity import Capacity
from dailypapers.mail.smtp.servers import FIRST_PAUSE, Down, Servers
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import Answered, Event
from dailypapers.store.database import reading

NOBODY = MailServer("127.0.0.1", 1, "none", timeout=5)


def transport(server: Sink | MailServer) -> SmtpTransport:
    """A transport to one server."""
    there = server if isinstance(server, MailServer) else MailServer(server.host, server.port, "none", timeout=5)
    return SmtpTransport(there, capacity=Capacity(2, 100, patience=0.3))


def named(*servers: str) -> list[OutgoingMail]:
    """Mails that take turns in naming these servers."""
    return [replace(mail, server=servers[n % len(servers)]) for n, mail in enumerate(MAILS)]


def answers(told: list[Event]) -> dict[int, OutcomeKind]:
    """What was answered, by delivery; nobody is answered twice."""
    ended = [event for event in told if isinstance(event, Answered)]
    assert len({event.mail.delivery for event in ended}) == len(ended)
    return {event.mail.delivery: event.outcome.kind for event in ended}


async def test_each_mail_goes_by_the_server_it_names() -> None:
    with smtp_sink() as one, smtp_sink() as other:
        servers = Servers({"one": transport(one), "other": transport(other)})
        told = await events(servers, *named("one", "one", "other"))
        await servers.close()
    assert set(answers(told).values()) == {OutcomeKind.ACCEPTED}
    assert (one.taken.total(), other.taken.total()) == (8, 4)
    assert {event.mail.server for event in told} == {"one", "other"}


@pytest.mark.parametrize(
    "rule",
    [
        Rule("connect", "421 4.3.2 closing", times=0),
        Rule("connect", "hang up", times=0),
        Rule("mail", "452 4.5.3 daily sending limit exceeded", times=0),
    ],
)
async def test_a_server_that_takes_nobody_leaves_its_mails_to_the_other(rule: Rule) -> None:
    with smtp_sink(rule) as one, smtp_sink() as other:
        servers = Servers({"one": transport(one), "other": transport(other)})
        told = await events(servers, *named("one", "other"))
        await servers.close()
    assert answers(told) == {mail.delivery: OutcomeKind.ACCEPTED for mail in MAILS}
    assert other.taken.total() == len(MAILS)
    assert one.connections < len(MAILS) / 2, "it is not asked again for each mail"


async def test_where_all_are_down_each_mail_is_interrupted_once() -> None:
    servers = Servers({"one": transport(NOBODY), "other": transport(NOBODY)})
    told = await events(servers, *named("one", "other"))
    assert answers(told) == {mail.delivery: OutcomeKind.INTERRUPTED for mail in MAILS}


async def test_a_server_that_is_back_is_seen_to_be_by_one_mail() -> None:
    down: dict[str, Down] = {}
    with smtp_sink() as one, smtp_sink() as other:
        servers = Servers({"one": transport(NOBODY), "other": transport(other)}, down)
        await events(servers, *named("one"))
        assert (one.taken.total(), other.taken.total()) == (0, len(MAILS))
        assert down["one"].pause == 2 * FIRST_PAUSE
        servers = Servers({"one": transport(one), "other": transport(other)}, down)
        await events(servers, *named("one"))
        assert one.taken.total() == 0, "it is left for a while"
        down["one"].until = 0
        await events(servers, *named("one"))
        await servers.close()
    assert one.taken.total() == len(MAILS)
    assert not down


async def test_mails_that_cannot_be_made_end_the_stream_with_their_error() -> None:
    async def broken() -> AsyncIterator[OutgoingMail]:
        yield named("one")[0]
        raise RuntimeError("no more")

    with smtp_sink() as one, pytest.raises(RuntimeError, match="no more"):
        [group async for group in Servers({"one": transport(one)}).stream(broken())]


async def test_who_is_withdrawn_reaches_no_server() -> None:
    with smtp_sink() as one, smtp_sink() as other:
        stream = Servers({"one": transport(one), "other": transport(other)}).stream(coming(*named("one", "other")))
        group = await anext(stream)
        ended = set()
        while True:
            ended |= {event.mail.delivery for event in group if isinstance(event, Answered)}
            try:
                group = await stream.asend({1, 2} & {event.mail.delivery for event in group})
            except StopAsyncIteration:
                break
    assert ended == {mail.delivery for mail in MAILS} - {1, 2}
    assert one.taken.total() + other.taken.total() == len(MAILS) - 2


def test_one_server_that_dies_half_way_costs_nobody_a_mail(engine: sa.Engine) -> None:
    mails = 24
    queued.queue(engine, mails)
    with ExitStack() as stack:
        one = stack.enter_context(smtp_sink(Rule("mail", "hang up", after=6, times=0)))
        other = stack.enter_context(smtp_sink())
        one.rules.append(Rule("connect", "421 4.3.2 gone", after=3, times=0))
        servers = Servers({"one": transport(one), "other": transport(other)})
        pace = Pace(Route("one", weight=1), Route("other", weight=1))
        options = SenderOptions(servers, "tester", pace)
        done = deliver_once(Sending(engine, queued.renderer(), lambda: options), clock=lambda: queued.NOW)
    assert done.states == {DeliveryState.ACCEPTED: mails}
    assert one.taken + other.taken == {f"reader{n}@example.org": 1 for n in range(1, mails + 1)}
    assert 0 < one.taken.total() < mails / 2
    with reading(engine) as tx:
        rows = tx.execute(sa.text("SELECT server, count(*) FROM attempts GROUP BY server")).all()
    assert dict(map(tuple, rows)) == {"one": one.taken.total(), "other": other.taken.total()}
