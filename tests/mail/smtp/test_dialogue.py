"""One mail's dialogue: what is known when it breaks, and what no address and no content can do to it."""

import asyncio
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.playing_smtp import Script, Server, playing_smtp
from tests.sending import send as send_one

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Envelope, Message, OutgoingMail, Sender
from dailypapers.mail.message.mime import build
from dailypapers.mail.smtp.dialogue import on_the_wire
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport

CONTENT = b"Subject: hello\r\n\r\nbody\r\n"
#: More than the buffers between two programs of one machine hold.
HUGE = b"Subject: huge\r\n\r\n" + (b"x" * 70 + b"\r\n") * 300_000


def mail(recipient: str = "alice@example.org", content: bytes = CONTENT) -> OutgoingMail:
    return OutgoingMail(Envelope("bounce@example.org", recipient), content)


async def send(server: Server, *mails: OutgoingMail, timeout: float = 5) -> list[Outcome]:  # noqa: ASYNC109 - a setting
    sender = SmtpTransport(MailServer(server.host, server.port, "none", timeout=timeout), connections=1)
    try:
        return [await send_one(sender, each) for each in mails]
    finally:
        await sender.close()


async def test_what_breaks_before_the_final_dot_is_tried_once_more() -> None:
    with playing_smtp(Script({("alice", "rcpt"): ["hang up"]})) as server:
        [outcome] = await send(server, mail())
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.connections == 2


async def test_what_keeps_breaking_is_tried_twice_and_no_more() -> None:
    with playing_smtp(Script({("alice", "data"): "hang up"})) as server:
        [outcome] = await send(server, mail())
    assert outcome.kind is OutcomeKind.INTERRUPTED
    assert "before the final dot" in outcome.text
    assert server.connections == 2


async def test_a_mail_cut_in_the_middle_is_not_uncertain() -> None:
    with playing_smtp(Script({("alice", "middle"): "hang up"})) as server:
        [outcome] = await send(server, mail(content=HUGE))
    assert outcome.kind is OutcomeKind.INTERRUPTED
    assert server.received == []


async def test_a_mail_whose_answer_is_lost_is_never_sent_again() -> None:
    with playing_smtp(Script({("alice", "body"): "hang up"})) as server:
        [outcome] = await send(server, mail())
    assert (outcome.kind, server.connections) == (OutcomeKind.UNCERTAIN, 1)


async def test_a_server_that_falls_silent_before_the_mail_interrupts() -> None:
    with playing_smtp(Script({("alice", "rcpt"): "silence"})) as server:
        [outcome] = await send(server, mail(), timeout=0.1)
    assert outcome.kind is OutcomeKind.INTERRUPTED


async def test_a_server_that_falls_silent_after_the_mail_leaves_it_uncertain() -> None:
    with playing_smtp(Script({("alice", "body"): "silence"})) as server:
        [outcome] = await send(server, mail(), timeout=0.1)
    assert outcome.kind is OutcomeKind.UNCERTAIN


@pytest.mark.parametrize("nonsense", ["250 go on", "hello", "99 what", "220"])
async def test_nonsense_instead_of_a_go_ahead_gives_no_mail_away(nonsense: str) -> None:
    with playing_smtp(Script({("alice", "data"): nonsense})) as server:
        [outcome] = await send(server, mail())
    assert outcome.kind is OutcomeKind.INTERRUPTED
    assert server.received == []


@pytest.mark.parametrize("nonsense", ["hello", "354 go on", "99 what"])
async def test_nonsense_after_the_final_dot_leaves_the_mail_uncertain(nonsense: str) -> None:
    with playing_smtp(Script({("alice", "body"): nonsense})) as server:
        [outcome] = await send(server, mail())
    assert outcome.kind is OutcomeKind.UNCERTAIN


async def test_a_server_that_wants_a_password_before_mail_is_our_fault() -> None:
    with playing_smtp(Script(password="open sesame")) as server:
        [outcome] = await send(server, mail())
    assert (outcome.kind, outcome.enhanced) == (OutcomeKind.OUR_FAULT, "5.7.0")


async def test_a_refused_sender_is_our_fault_and_the_next_mail_still_leaves() -> None:
    with playing_smtp(Script({("", "mail"): ["553 5.1.8 sender domain not found"]})) as server:
        outcomes = await send(server, mail(), mail())
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.OUR_FAULT, OutcomeKind.ACCEPTED]
    assert server.connections == 1


@pytest.mark.parametrize(
    "address",
    [
        "a@b.org>\r\nRCPT TO:<eve@b.org",
        "a@b.org> NOTIFY=NEVER",
        "a\nb@c.org",
        "a\x00@c.org",
        "nobody",
        "",
        "a\ud800@b.org",
    ],
)
async def test_an_address_that_is_none_fails_alone_and_reaches_no_server(address: str) -> None:
    with playing_smtp() as server:
        outcomes = await send(server, mail(address), mail())
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.UNSENDABLE, OutcomeKind.ACCEPTED]
    assert [name for name, _ in server.received] == ["alice"]


@given(st.lists(st.sampled_from([b".", b"..", b"\r", b"\n", b"\r\n", b"x", b"\r\n.\r\n", b"\n.\n", b"\r.\r"])))
@example([b"\r", b".", b"\n"])
def test_nothing_in_a_mail_can_end_it_early(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    wire = on_the_wire(mail(content=content))
    lines = wire.split(b"\r\n")
    assert lines.pop() == b""
    assert not any(b"\r" in line or b"\n" in line or line == b"." for line in lines)
    unstuffed = [line.removeprefix(b".") for line in lines]
    assert unstuffed == (content.splitlines() or [b""])


async def test_bare_line_feeds_arrive_as_line_ends_and_smuggle_nothing() -> None:
    with playing_smtp() as server:
        outcomes = await send(server, mail(content=b"Subject: x\n\none\n.\nMAIL FROM:<eve@b.org>\ntwo"), mail())
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * 2
    assert server.received[0] == ("alice", b"Subject: x\r\n\r\none\r\n.\r\nMAIL FROM:<eve@b.org>\r\ntwo\r\n")
    assert len(server.received) == 2


async def test_a_mail_of_a_hundred_kilobytes_arrives_over_each_connection() -> None:
    content = b"Subject: large\r\n\r\n" + (b"." * 60 + b"\r\n") * 1_700
    with playing_smtp() as server:
        sender = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5), connections=4)
        await asyncio.gather(*(send_one(sender, mail(f"reader{n}@example.org", content)) for n in range(12)))
        await sender.close()
    assert {raw for _, raw in server.received} == {content}
    assert sorted(name for name, _ in server.received) == sorted(f"reader{n}" for n in range(12))


async def test_a_connection_idle_for_long_is_not_used_again() -> None:
    with playing_smtp() as server:
        sender = SmtpTransport(MailServer(server.host, server.port, "none"), connections=1, longest_idle=0)
        outcomes = [await send_one(sender, mail()) for _ in range(3)]
        await sender.close()
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert server.connections == 3


async def test_when_all_kept_connections_have_died_the_mail_still_leaves() -> None:
    with playing_smtp(Script(hang_up_after=1)) as server:
        sender = SmtpTransport(MailServer(server.host, server.port, "none"), connections=3)
        for _ in range(3):
            outcomes = await asyncio.gather(*(send_one(sender, mail(f"reader{n}@example.org")) for n in range(3)))
            assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
        await sender.close()
    assert len(server.received) == 9


async def test_a_cancelled_send_leaves_no_half_given_mail_for_the_next() -> None:
    with playing_smtp(Script({("alice", "rcpt"): "silence"})) as server:
        sender = SmtpTransport(MailServer(server.host, server.port, "none"), connections=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await send_one(sender, mail())
        outcome = await send_one(sender, mail("bob@example.org"))
        await sender.close()
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert [name for name, _ in server.received] == ["bob"]


@given(st.text(st.sampled_from("\r\n\u2028.x é<>"), max_size=40), st.text(st.sampled_from("\r\n.ab"), max_size=200))
def test_what_we_build_needs_no_second_look(subject: str, text: str) -> None:
    content = build(
        Message(subject, text, f"<p>{text}</p>"),
        sender=Sender("Daily Papers", "papers@example.org", "b@example.org", "papers.example.org"),
        recipient="ann@example.org",
        message_id="<1@example.org>",
        now=dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC),
    )
    assert on_the_wire(mail(content=content)) == content
