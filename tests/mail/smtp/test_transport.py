"""Mail leaves over kept connections, and whatever a server does is a value that says what comes next."""

import asyncio
import ssl

import pytest
from tests.playing_smtp import Script, Server, make_contexts, playing_smtp
from tests.sending import send as send_one

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.smtp.transport import MailServer, Security, SmtpTransport

CONTENT = b"Subject: hello\r\n\r\nfirst\r\n.\r\n..dots\r\nlast\r\n"


def mail(name: str = "alice", content: bytes = CONTENT) -> OutgoingMail:
    return OutgoingMail(Envelope("bounce@example.org", f"{name}@example.org"), content)


def transport(server: Server, *, security: Security = "none", **options: int) -> SmtpTransport:
    return SmtpTransport(MailServer(server.host, server.port, security, timeout=5), **options)


async def send(server: Server, *names: str, per_connection: int = 100) -> list[Outcome]:
    """Send mails one after the other over one connection."""
    sender = transport(server, connections=1, per_connection=per_connection)
    try:
        return [await send_one(sender, mail(name)) for name in names]
    finally:
        await sender.close()


def kinds(outcomes: list[Outcome]) -> list[OutcomeKind]:
    return [outcome.kind for outcome in outcomes]


async def test_a_mail_arrives_as_it_was_and_the_queue_id_is_kept() -> None:
    with playing_smtp() as server:
        outcomes = await send(server, "alice")
    assert outcomes == [Outcome(OutcomeKind.ACCEPTED, 250, text="2.0.0 queued as 42")]
    assert server.received == [("alice", CONTENT)]


async def test_one_connection_carries_many_mails() -> None:
    with playing_smtp() as server:
        await send(server, "a", "b", "c", "d")
    assert (server.connections, len(server.received)) == (1, 4)


async def test_a_connection_is_renewed_after_its_share() -> None:
    with playing_smtp() as server:
        await send(server, "a", "b", "c", "d", "e", per_connection=2)
    assert (server.connections, len(server.received)) == (3, 5)


async def test_several_connections_work_side_by_side() -> None:
    with playing_smtp() as server:
        sender = transport(server, connections=3)
        outcomes = await asyncio.gather(*(send_one(sender, mail(f"reader{n}")) for n in range(30)))
        await sender.close()
    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
    assert server.connections <= 3
    assert sorted(name for name, _ in server.received) == sorted(f"reader{n}" for n in range(30))


async def test_a_refused_recipient_does_not_spoil_the_connection() -> None:
    script = Script({("bob", "rcpt"): "550 5.1.1 no such user"})
    with playing_smtp(script) as server:
        outcomes = await send(server, "alice", "bob", "carol")
    assert kinds(outcomes) == [OutcomeKind.ACCEPTED, OutcomeKind.DEAD_ADDRESS, OutcomeKind.ACCEPTED]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("stage", "reply", "kind"),
    [
        ("rcpt", "hang up", OutcomeKind.INTERRUPTED),
        ("data", "hang up", OutcomeKind.INTERRUPTED),
        ("body", "hang up", OutcomeKind.UNCERTAIN),
        ("rcpt", "421 4.3.2 shutting down", OutcomeKind.INTERRUPTED),
        ("body", "451 4.3.0 try later", OutcomeKind.DEFERRED),
        ("body", "550 5.7.1 looks like spam", OutcomeKind.OUR_FAULT),
        ("data", "451 4.7.1 greylisted", OutcomeKind.DEFERRED),
    ],
)
async def test_where_it_breaks_decides_what_it_means(stage: str, reply: str, kind: OutcomeKind) -> None:
    with playing_smtp(Script({("bob", stage): reply})) as server:
        outcomes = await send(server, "bob", "carol")
    assert kinds(outcomes) == [kind, OutcomeKind.ACCEPTED]
    assert [name for name, _ in server.received] == ["carol"]


async def test_a_kept_connection_that_died_is_replaced_without_anybody_noticing() -> None:
    with playing_smtp(Script(hang_up_after=1)) as server:
        outcomes = await send(server, "a", "b", "c")
    assert kinds(outcomes) == [OutcomeKind.ACCEPTED] * 3
    assert server.connections == 3


async def test_a_server_that_is_not_there_interrupts() -> None:
    sender = SmtpTransport(MailServer("127.0.0.1", 1, "none", timeout=5))
    outcome = await send_one(sender, mail())
    assert outcome.kind is OutcomeKind.INTERRUPTED
    assert "127.0.0.1:1 cannot be used" in outcome.text


async def test_a_server_that_refuses_to_talk_to_us_is_our_fault() -> None:
    with playing_smtp(Script(greeting="554 5.7.1 your address is on a block list")) as server:
        assert kinds(await send(server, "alice")) == [OutcomeKind.OUR_FAULT]


async def test_tls_that_is_not_offered_is_not_done_without() -> None:
    with playing_smtp() as server:
        sender = transport(server, security="starttls")
        outcome = await send_one(sender, mail())
        assert outcome.kind is OutcomeKind.INTERRUPTED
        with pytest.raises(MailServerUnreachable, match="STARTTLS"):
            await sender.check()
    assert server.received == []


async def test_an_address_the_server_cannot_be_told_fails_alone() -> None:
    with playing_smtp(Script(extensions=("8BITMIME",))) as server:
        outcomes = await send(server, "jürgen", "carol")
    assert kinds(outcomes) == [OutcomeKind.UNSENDABLE, OutcomeKind.ACCEPTED]


async def test_an_address_beyond_ascii_goes_where_it_is_known() -> None:
    with playing_smtp() as server:
        assert kinds(await send(server, "jürgen")) == [OutcomeKind.ACCEPTED]
    assert server.received[0][0] == "jürgen"


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server on this machine, and what trusts it."""
    return make_contexts(tmp_path_factory.mktemp("tls"))


async def test_tls_and_a_password(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with playing_smtp(Script(tls=contexts[0], password="open sesame")) as server:
        for password, kind in (("open sesame", OutcomeKind.ACCEPTED), ("wrong one", OutcomeKind.OUR_FAULT)):
            settings = MailServer(
                server.host, server.port, "starttls", "papers", password, timeout=5, trusted=contexts[1]
            )
            sender = SmtpTransport(settings)
            outcome = await send_one(sender, mail())
            await sender.close()
            assert outcome.kind is kind
            assert password not in repr((outcome, settings))


async def test_check_says_what_was_found(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with playing_smtp(Script(tls=contexts[0])) as server:
        trusted = MailServer(server.host, server.port, "starttls", timeout=5, trusted=contexts[1])
        assert "takes our mail with TLS" in await SmtpTransport(trusted).check()
        unknown = MailServer(server.host, server.port, "starttls", timeout=5)
        with pytest.raises(MailServerUnreachable, match="certificate"):
            await SmtpTransport(unknown).check()


async def test_a_large_mail_with_dots_arrives_whole() -> None:
    content = b"Subject: long\r\n\r\n" + b".\r\n..\r\n.x\r\n" * 12_000
    with playing_smtp() as server:
        sender = transport(server)
        outcome = await send_one(sender, mail("alice", content))
        await sender.close()
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.received == [("alice", content)]
