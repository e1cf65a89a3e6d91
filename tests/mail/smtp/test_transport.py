"""Mail leaves over kept connections, and whatever a server does is a value that says what comes next."""

import asyncio
import ssl

import pytest
from tests.playing_smtp import Script, Server, make_contexts, playing_smtp
from tests.sending import events
from tests.sending import send as send_one
from tests.smtp_sink import PIPELINING, Rule, smtp_sink

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.smtp.capacity import Capacity
from dailypapers.mail.smtp.transport import MailServer, Security, SmtpTransport
from dailypapers.mail.transport import Answered

CONTENT = b"Subject: hello\r\n\r\nfirst\r\n.\r\n..dots\r\nlast\r\n"


def mail(name: str = "alice", content: bytes = CONTENT) -> OutgoingMail:
    return OutgoingMail(Envelope("bounce@example.org", f"{name}@example.org"), content)


def transport(
    server: Server, *, security: Security = "none", connections: int = 4, per_connection: int = 100
) -> SmtpTransport:
    named = MailServer(server.host, server.port, security, timeout=5)
    return SmtpTransport(named, connections=connections, per_connection=per_connection)


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


@pytest.mark.parametrize(
    ("address", "extensions", "is_told"),
    [
        ("pаpers@example.org", ("8BITMIME",), True),
        ("pаpers@example.org", ("SMTPUTF8",), False),
        ("papers@bücher.example", ("8BITMIME",), False),
        ("papers@example.org", (), False),
    ],
)
async def test_check_says_which_of_our_addresses_the_server_cannot_take(
    address: str, extensions: tuple[str, ...], is_told: bool
) -> None:
    with playing_smtp(Script(extensions=extensions)) as server:
        transport = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5))
        said = await transport.check(senders=[address])
    assert (f"No email will go out: {address} is not ASCII" in said) is is_told


async def test_a_large_mail_with_dots_arrives_whole() -> None:
    content = b"Subject: long\r\n\r\n" + b".\r\n..\r\n.x\r\n" * 12_000
    with playing_smtp() as server:
        sender = transport(server)
        outcome = await send_one(sender, mail("alice", content))
        await sender.close()
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.received == [("alice", content)]


def mails(number: int) -> list[OutgoingMail]:
    return [OutgoingMail(Envelope("b@example.org", f"r{n}@example.org"), CONTENT, n) for n in range(number)]


@pytest.mark.parametrize("offer", [("8BITMIME",), PIPELINING])
@pytest.mark.parametrize("at_once", [1, 2])
async def test_a_server_that_takes_few_connections_gets_all_mails_over_those(
    at_once: int, offer: tuple[str, ...]
) -> None:
    with smtp_sink(at_once=at_once, seconds=0.002, extensions=offer) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=6, per_connection=20)
        happened = await events(sender, *mails(60))
        await sender.close()
    answers = [event.outcome.kind for event in happened if isinstance(event, Answered)]
    assert answers == [OutcomeKind.ACCEPTED] * 60
    assert sum(sink.taken.values()) == 60
    assert sink.refused < 15


async def test_a_server_that_ends_each_session_early_is_met_with_new_ones() -> None:
    capacity = Capacity(2, 100)
    with smtp_sink(per_connection=5) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), capacity=capacity)
        happened = await events(sender, *mails(40))
        await sender.close()
    assert [event.outcome.kind for event in happened if isinstance(event, Answered)] == [OutcomeKind.ACCEPTED] * 40
    assert capacity.mails_on_one(asyncio.get_running_loop().time()) == 5


@pytest.mark.parametrize(
    "rule",
    [
        Rule("connect", "421 4.7.0 Try again later, closing connection.", times=0),
        Rule("connect", "421 too busy", times=0),
        Rule("ehlo", "454 4.7.0 Too many connections of yours, please try again later.", times=0),
    ],
)
async def test_a_server_that_takes_no_connection_for_now_is_not_asked_for_each_mail(rule: Rule) -> None:
    with smtp_sink(rule) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=4)
        happened = await events(sender, *mails(60))
        await sender.close()
    assert {event.outcome.kind for event in happened if isinstance(event, Answered)} == {OutcomeKind.INTERRUPTED}
    assert sink.connections <= 4


async def test_we_are_slower_for_a_server_that_asks_for_it_and_nobody_is_put_off() -> None:
    with smtp_sink(Rule("body", "454 Throttling failure: Maximum sending rate exceeded.", after=5, times=2)) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=3)
        happened = await events(sender, *mails(20))
        await sender.close()
    assert {event.outcome.kind for event in happened if isinstance(event, Answered)} == {OutcomeKind.ACCEPTED}
    assert set(sink.taken.values()) == {1}


async def test_a_limit_of_the_day_is_not_waited_for() -> None:
    with smtp_sink(Rule("body", "550 5.4.5 Daily user sending limit exceeded", times=0)) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        outcome = await send_one(sender, mail())
        await sender.close()
    assert outcome.kind is OutcomeKind.OVER_LIMIT


@pytest.mark.parametrize("offer", [("8BITMIME",), PIPELINING])
async def test_a_refused_rset_ends_the_connection_and_costs_nobody_anything(offer: tuple[str, ...]) -> None:
    rules = Rule("rset", "502 5.5.2 what?", times=0), Rule("rcpt", "550 5.1.1 nobody", who="r3@")
    with smtp_sink(*rules, extensions=offer) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        happened = await events(sender, *mails(8))
        await sender.close()
    answers = {event.mail.delivery: event.outcome.kind for event in happened if isinstance(event, Answered)}
    assert answers.pop(3) is OutcomeKind.DEAD_ADDRESS
    assert set(answers.values()) == {OutcomeKind.ACCEPTED}


async def test_one_connection_that_is_slow_holds_up_no_other() -> None:
    with smtp_sink(Rule("body", "silence", who="r2@"), extensions=("8BITMIME",)) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=0.05), connections=3)
        answered: list[int] = []
        async with asyncio.timeout(10):
            for event in await events(sender, *mails(30)):
                answered += [event.mail.delivery] if isinstance(event, Answered) else []
        await sender.close()
    assert answered.index(2) >= 25


async def test_a_reply_in_any_encoding_breaks_nothing() -> None:
    latin = b"550 5.1.1 Empf\xe4nger unbekannt".decode("utf-8", "surrogateescape")
    taken = b"250 2.0.0 \xc7\xeb".decode("utf-8", "surrogateescape")
    with smtp_sink(Rule("rcpt", latin, who="r1@"), Rule("body", taken, who="r2@")) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        happened = await events(sender, *mails(4))
        await sender.close()
    texts = [event.outcome.text for event in happened if isinstance(event, Answered)]
    assert all(text.encode() for text in texts)
    assert sum(sink.taken.values()) == 3


@pytest.mark.parametrize(
    ("recipient", "subject", "smtputf8", "kind"),
    [
        ("ann@bücher.example", "x", False, OutcomeKind.ACCEPTED),
        ("jürgen@example.org", "x", False, OutcomeKind.UNSENDABLE),
        ("jürgen@example.org", "x", True, OutcomeKind.ACCEPTED),
        ("ann@example.org", "grüße", False, OutcomeKind.UNSENDABLE),
        ("ann@example.org", "grüße", True, OutcomeKind.ACCEPTED),
    ],
)
async def test_smtputf8_is_asked_for_where_it_is_needed_and_only_there(
    recipient: str, subject: str, smtputf8: bool, kind: OutcomeKind
) -> None:
    content = f"Subject: {subject}\r\n\r\nx\r\n".encode()
    with smtp_sink(extensions=("SMTPUTF8",) if smtputf8 else ("8BITMIME",)) as sink:
        sender = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        outcome = await send_one(sender, OutgoingMail(Envelope("b@example.org", recipient), content))
        await sender.close()
    assert outcome.kind is kind
    asked = [line for line in sink.commands if line.startswith("MAIL")]
    assert [line.endswith(" SMTPUTF8") for line in asked] == ([smtputf8] if kind is OutcomeKind.ACCEPTED else [])
    if "bücher" in recipient:
        assert "RCPT TO:<ann@xn--bcher-kva.example>" in sink.commands
