"""Commands sent ahead: what leaves in one breath, and that no connection has two mails without an answer."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator

import pytest
from tests.playing_smtp import make_contexts
from tests.sending import events, send
from tests.smtp_sink import CHUNKING, PIPELINING, Rule, Sink, smtp_sink

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.mail.smtp.capacity import Capacity
from dailypapers.mail.smtp.connect import connect
from dailypapers.mail.smtp.dialogue import Commands
from dailypapers.mail.smtp.pipeline import Pipeline
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import AboutToHandOver, Answered

CONTENT = b"Subject: hello\r\n\r\nfirst\r\n.\r\n..dots\r\nlast\r\n"
MAILS = [OutgoingMail(Envelope("b@example.org", f"reader{n}@example.org"), CONTENT, n) for n in range(12)]


async def coming(*mails: OutgoingMail) -> AsyncIterator[OutgoingMail]:
    for mail in mails:
        yield mail


Contexts = tuple[ssl.SSLContext, ssl.SSLContext] | tuple[None, None]


@pytest.fixture(scope="module", params=[None, "starttls"])
def contexts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """TLS for a server on this machine, and what trusts it; neither, where it is to be done without."""
    return make_contexts(tmp_path_factory.mktemp("tls")) if request.param else (None, None)


def named(sink: Sink, contexts: Contexts) -> MailServer:
    """The server, and how it is spoken to."""
    return MailServer(sink.host, sink.port, "starttls" if contexts[1] else "none", timeout=5, trusted=contexts[1])


@pytest.mark.parametrize("extensions", [PIPELINING, CHUNKING])
async def test_mails_arrive_as_they_were(extensions: tuple[str, ...], contexts: Contexts) -> None:
    huge = OutgoingMail(Envelope("b@example.org", "huge@example.org"), b"Subject: x\r\n\r\n" + b".x\r\n" * 200_000)
    with smtp_sink(extensions=extensions, tls=contexts[0]) as sink:
        transport = SmtpTransport(named(sink, contexts), connections=1)
        happened = await events(transport, *MAILS, huge, MAILS[0])
        await transport.close()
    assert all(event.outcome.kind is OutcomeKind.ACCEPTED for event in happened if isinstance(event, Answered))
    assert sink.contents.pop("huge@example.org") == huge.content
    assert set(sink.contents.values()) == {CONTENT}
    assert sink.connections == 1
    assert ("BDAT" in " ".join(sink.commands)) is (extensions == CHUNKING)


async def test_the_next_mail_is_announced_before_this_one_is_answered() -> None:
    """The sink thinks about each mail; meanwhile the commands of the next one have come in."""
    with smtp_sink(Rule("body", "swallow", after=2)) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=0.2), connections=1)
        await events(transport, *MAILS)
        await transport.close()
    # What the sink lost had been sent ahead of its answer, and came again on another connection.
    assert sum(sink.taken.values()) == len(MAILS)
    assert sink.connections > 1


@pytest.mark.parametrize("gathers", [False, True])
@pytest.mark.parametrize("extensions", [PIPELINING, CHUNKING])
async def test_no_connection_has_two_mails_without_an_answer_and_none_leaves_unannounced(
    extensions: tuple[str, ...], *, gathers: bool
) -> None:
    with smtp_sink(extensions=extensions, gathers=gathers) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=2)
        announced: set[int] = set()
        answered: set[int] = set()
        async for group in transport.stream(coming(*MAILS)):
            await asyncio.sleep(0.01)
            assert {int(who.partition("@")[0].removeprefix("reader")) for who in sink.taken} <= announced
            answered |= {event.mail.delivery for event in group if isinstance(event, Answered)}
            announced |= {event.mail.delivery for event in group if isinstance(event, AboutToHandOver)}
            assert len(announced - answered) <= 2
        await transport.close()
    assert answered == set(range(12))


@pytest.mark.parametrize("gathers", [False, True])
@pytest.mark.parametrize("extensions", [PIPELINING, CHUNKING])
async def test_a_mail_withdrawn_when_it_was_agreed_to_does_not_leave(
    extensions: tuple[str, ...], *, gathers: bool
) -> None:
    with smtp_sink(extensions=extensions, gathers=gathers) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        stream = transport.stream(coming(*MAILS))
        group = await anext(stream)
        answered: set[int] = set()
        try:
            while True:
                answered |= {event.mail.delivery for event in group if isinstance(event, Answered)}
                group = await stream.asend({3, 7})
        except StopAsyncIteration:
            pass
        await transport.close()
    assert answered == set(range(12)) - {3, 7}
    assert set(sink.taken) == {f"reader{n}@example.org" for n in answered}


async def test_a_server_that_breaks_pipelining_is_spoken_to_step_by_step_from_then_on() -> None:
    capacity = Capacity(2, 100)
    with smtp_sink(Rule("mail", "swallow", times=0)) as sink:
        server = MailServer(sink.host, sink.port, "none", timeout=0.2)
        for _ in range(2):
            transport = SmtpTransport(server, capacity=capacity)
            happened = await events(transport, *MAILS)
            await transport.close()
            kinds = {event.outcome.kind for event in happened if isinstance(event, Answered)}
            assert kinds == {OutcomeKind.ACCEPTED}
    assert not capacity.pipelines(asyncio.get_running_loop().time())
    assert set(sink.taken.values()) == {2}


async def test_an_address_that_cannot_be_told_fails_alone_among_mails_that_follow_each_other() -> None:
    odd = OutgoingMail(Envelope("b@example.org", "not an address"), CONTENT, 99)
    with smtp_sink(gathers=True) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=2)
        happened = await events(transport, *MAILS[:6], odd, *MAILS[6:])
        await transport.close()
    kinds = {event.mail.delivery: event.outcome.kind for event in happened if isinstance(event, Answered)}
    assert kinds.pop(99) is OutcomeKind.UNSENDABLE
    assert kinds == {mail.delivery: OutcomeKind.ACCEPTED for mail in MAILS}


@pytest.mark.parametrize(("extensions", "stage"), [(PIPELINING, "data"), (CHUNKING, "rcpt")])
async def test_a_server_that_hangs_up_while_a_mail_is_being_recorded_costs_no_mail(
    extensions: tuple[str, ...], stage: str, contexts: Contexts
) -> None:
    rule = Rule(stage, "agree, hang up", after=4)
    with smtp_sink(rule, extensions=extensions, gathers=True, tls=contexts[0]) as sink:
        transport = SmtpTransport(named(sink, contexts), connections=1)
        answers = []
        async for group in transport.stream(coming(*MAILS)):
            await asyncio.sleep(0.02)
            answers += [event.outcome.kind for event in group if isinstance(event, Answered)]
        await transport.close()
    assert answers == [OutcomeKind.ACCEPTED] * len(MAILS)
    assert set(sink.taken.values()) == {1}
    assert sink.connections > 1


async def test_a_mail_too_large_for_the_server_is_not_tried() -> None:
    with smtp_sink(extensions=(*PIPELINING, "SIZE 100")) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        large = await send(transport, OutgoingMail(Envelope("b@example.org", "ann@example.org"), CONTENT * 10))
        small = await send(transport, MAILS[0])
        await transport.close()
    assert (large.kind, large.too_large) == (OutcomeKind.UNSENDABLE, True)
    assert small.kind is OutcomeKind.ACCEPTED
    assert f"MAIL FROM:<b@example.org> SIZE={len(CONTENT)}" in sink.commands


async def test_limits_of_the_server_are_kept_to() -> None:
    with smtp_sink(extensions=(*PIPELINING, "LIMITS RCPTMAX=1 MAILMAX=5")) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        await events(transport, *MAILS)
        await transport.close()
    assert sink.connections == 3
    assert sum(sink.taken.values()) == len(MAILS)


async def test_a_server_that_does_not_answer_quit_holds_up_nobody() -> None:
    with smtp_sink(Rule("quit", "silence", times=0)) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        await events(transport, MAILS[0])
        async with asyncio.timeout(3):
            await transport.close()
    assert sink.commands[-1] == "QUIT"


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="only Linux can be asked to acknowledge at once")
async def test_a_reply_is_acknowledged_at_once_while_others_are_expected() -> None:
    """A server with Nagle's algorithm on sends the second of its replies only then."""
    with smtp_sink(Rule("body", "swallow")) as sink:
        client = await connect(MailServer(sink.host, sink.port, "none", timeout=5))
        pipeline = Pipeline(client, timeout=5, longest_wait=5)
        connection = client.transport.get_extra_info("socket") if client.transport else None
        assert connection is not None
        pipeline.announce(Commands(b"MAIL FROM:<b@example.org>", b"RCPT TO:<reader@example.org>"))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        pipeline.data_received(b"250 2.1.0 fine\r\n")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK) == 1
        pipeline.close()
