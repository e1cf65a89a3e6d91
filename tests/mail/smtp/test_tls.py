"""TLS and passwords: neither is given away, and neither is done without."""

import logging
import ssl

import pytest
import sqlalchemy as sa
from tests.delivery import queued
from tests.playing_smtp import Script, Server, make_contexts, playing_smtp
from tests.sending import send as send_one

from dailypapers.delivery.deliver import deliver_once
from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.smtp.transport import MailServer, Security, SmtpTransport

PASSWORD = "open sesame"
Contexts = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """What a server on this machine shows, and what trusts it."""
    return make_contexts(tmp_path_factory.mktemp("tls"))


def named(server: Server, security: Security, trusted: ssl.SSLContext | None = None, *, login: str = "") -> MailServer:
    return MailServer(server.host, server.port, security, login, PASSWORD, timeout=5, trusted=trusted)


async def send(server: MailServer, content: bytes = b"Subject: x\r\n\r\nbody\r\n") -> Outcome:
    sender = SmtpTransport(server)
    try:
        return await send_one(sender, OutgoingMail(Envelope("b@example.org", "alice@example.org"), content))
    finally:
        await sender.close()


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_large_mail_arrives_whole_over_tls(contexts: Contexts, *, at_once: bool) -> None:
    content = b"Subject: large\r\n\r\n" + (b"." * 60 + b"\r\n") * 50_000
    with playing_smtp(Script(tls=contexts[0], tls_at_once=at_once)) as server:
        outcome = await send(named(server, "tls" if at_once else "starttls", contexts[1]), content)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.received == [("alice", content)]


async def test_a_mail_cut_in_the_middle_over_tls_is_never_called_accepted(contexts: Contexts) -> None:
    huge = b"Subject: huge\r\n\r\n" + (b"x" * 70 + b"\r\n") * 300_000
    with playing_smtp(Script({("alice", "middle"): "hang up"}, tls=contexts[0])) as server:
        outcome = await send(named(server, "starttls", contexts[1]), huge)
    assert outcome.kind in {OutcomeKind.INTERRUPTED, OutcomeKind.UNCERTAIN}
    assert server.received == []


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_certificate_nobody_vouches_for_gets_no_mail_and_no_password(
    contexts: Contexts, *, at_once: bool
) -> None:
    with playing_smtp(Script(tls=contexts[0], tls_at_once=at_once, password=PASSWORD)) as server:
        unknown = named(server, "tls" if at_once else "starttls", login="papers")
        assert (await send(unknown)).kind is OutcomeKind.INTERRUPTED
        with pytest.raises(MailServerUnreachable):
            await SmtpTransport(unknown).check()
    assert server.received == []
    assert not server.logins


async def test_a_password_is_not_given_where_tls_is_wanted_and_not_offered() -> None:
    with playing_smtp(Script(password=PASSWORD)) as server:
        outcome = await send(named(server, "starttls", login="papers"))
    assert outcome.kind is OutcomeKind.INTERRUPTED
    assert not server.logins


async def test_the_password_is_in_no_log_no_error_and_no_outcome(
    contexts: Contexts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with playing_smtp(Script(tls=contexts[0], password="another")) as server:
        wrong = named(server, "starttls", contexts[1], login="papers")
        outcome = await send(wrong)
        with pytest.raises(MailServerUnreachable, match="535") as refused:
            await SmtpTransport(wrong).check()
    assert outcome.kind is OutcomeKind.OUR_FAULT
    assert server.logins == [PASSWORD, PASSWORD]
    for told in (caplog.text, repr(outcome), str(refused.value), repr(wrong), repr(refused.value.__cause__)):
        assert PASSWORD not in told


async def test_a_server_that_knows_no_passwords_is_named_in_a_sentence() -> None:
    with playing_smtp() as server:
        wanted = named(server, "none", login="papers")
        with pytest.raises(MailServerUnreachable, match="AUTH") as refused:
            await SmtpTransport(wanted).check()
        assert (await send(wanted)).kind is OutcomeKind.INTERRUPTED
    assert PASSWORD not in str(refused.value)


async def test_what_came_in_the_clear_behind_starttls_is_not_believed(contexts: Contexts) -> None:
    injected = "\r\n250-evil\r\n250-X-EVIL\r\n250 AUTH PLAIN"
    with playing_smtp(Script(tls=contexts[0], injected=injected)) as server:
        there = named(server, "starttls", contexts[1])
        assert "evil" not in (await SmtpTransport(there).check()).lower()
        outcome = await send(there)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.logins == []


def test_a_server_that_wants_no_login_for_now_is_not_asked_for_each_mail(sqlite: sa.Engine) -> None:
    queued.queue(sqlite, 60)
    later = "454 4.7.0 Too many login attempts, please try again later."
    with playing_smtp(Script(password=PASSWORD, login_reply=later)) as server:
        relay = SmtpTransport(named(server, "none", login="papers"))
        done = deliver_once(queued.sending(sqlite, relay), clock=lambda: queued.NOW)
    assert done.stopped
    assert done.stopped.fault is Fault.CONNECTION
    assert later.partition(" ")[2] in done.stopped.why
    assert len(server.logins) <= 5
    assert queued.states(sqlite).keys() == {"queued", "deferred"}
