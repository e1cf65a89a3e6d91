"""Mail that comes in over real SMTP and LMTP is taken whole, and answered once it has been dealt with."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dailypapers.mail.incoming.parse import Incoming
from dailypapers.mail.incoming.server import Inbound

MAIL = b"From: Alice <alice@example.org>\r\nSubject: hello\r\n\r\nPlease.\r\n"


@contextmanager
def server(taken: list[Incoming], *, lmtp: bool) -> Iterator[smtplib.SMTP]:
    """The server, and a client who has said hello."""

    def refusal(_sender: str, recipient: str) -> str:
        return "" if recipient.startswith(("a", "b")) else "550 5.1.1 nobody"

    def take(mail: Incoming) -> str:
        taken.append(mail)
        if b"break" in mail.content:
            raise RuntimeError("a broken desk")
        return f"250 2.0.0 for {mail.recipient}" if mail.recipient.startswith("a") else "550 5.7.1 no"

    with Inbound(refusal, take, lmtp=lmtp, max_bytes=20_000) as running:
        make = smtplib.LMTP if lmtp else smtplib.SMTP
        with make(running.host, running.port, timeout=20) as client:
            yield client


@pytest.mark.parametrize("lmtp", [True, False])
def test_a_mail_is_taken_whole_and_answered_once_it_is_dealt_with(lmtp: bool) -> None:
    taken: list[Incoming] = []
    with server(taken, lmtp=lmtp) as client:
        assert client.sendmail("", ["a@here.example"], MAIL) == {}
        assert client.sendmail("eve@example.org", ["a@here.example"], MAIL) == {}
    assert taken == [Incoming("", "a@here.example", MAIL), Incoming("eve@example.org", "a@here.example", MAIL)]


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="this system gives a port to one process alone")
def test_workers_of_one_machine_share_the_port_and_one_may_end() -> None:
    taken: dict[str, list[str]] = {"first": [], "second": []}

    def worker(name: str, port: int = 0) -> Inbound:
        def take(mail: Incoming) -> str:
            taken[name].append(mail.recipient)
            return "250 2.0.0 taken"

        return Inbound(lambda _sender, _recipient: "", take, port=port)

    def hand_over(recipient: str) -> None:
        with smtplib.LMTP("127.0.0.1", first.port, timeout=20) as client:
            assert client.sendmail("", [recipient], MAIL) == {}

    with worker("first") as first:
        with worker("second", first.port):
            for number in range(20):
                hand_over(f"a{number}@x.example")
        hand_over("last@x.example")
    assert sorted(taken["first"] + taken["second"]) == sorted(
        [*(f"a{n}@x.example" for n in range(20)), "last@x.example"]
    )
    assert taken["first"][-1] == "last@x.example"


def test_recipients_that_are_not_ours_are_refused_one_by_one() -> None:
    taken: list[Incoming] = []
    with server(taken, lmtp=False) as client:
        refused = client.sendmail("eve@example.org", ["a@x.example", "c@x.example"], MAIL)
        assert {name: code for name, (code, _) in refused.items()} == {"c@x.example": 550}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("eve@example.org", ["c@x.example"], MAIL)
    assert [mail.recipient for mail in taken] == ["a@x.example"]


def test_lmtp_answers_for_each_recipient() -> None:
    taken: list[Incoming] = []
    with server(taken, lmtp=True) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("eve@example.org")
        client.rcpt("a@x.example")
        client.rcpt("b@x.example")
        code, words = client.data(MAIL)
        assert (code, words) == (250, b"2.0.0 for a@x.example")
        assert client.getreply() == (550, b"5.7.1 no")
    assert len(taken) == 2


def test_what_breaks_is_answered_so_that_the_mail_comes_again() -> None:
    with server([], lmtp=False) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("eve@example.org", ["a@x.example"], MAIL + b"break\r\n")
        assert refused.value.smtp_code == 451
        assert client.sendmail("eve@example.org", ["a@x.example"], MAIL) == {}


def test_large_mails_and_many_recipients_are_refused() -> None:
    taken: list[Incoming] = []
    with server(taken, lmtp=False) as client, pytest.raises(smtplib.SMTPException):
        client.sendmail("eve@example.org", ["a@x.example"], MAIL + b"x" * 70 * 1000)
    with server(taken, lmtp=False) as client:
        refused = client.sendmail("eve@example.org", [f"a{n}@x.example" for n in range(30)], MAIL)
        assert {code for code, _ in refused.values()} == {452}
    assert len(taken) == 20


@pytest.mark.parametrize("lmtp", [True, False])
def test_a_bounce_may_quote_lines_that_are_too_long(lmtp: bool) -> None:
    taken: list[Incoming] = []
    long = b"Subject: x\r\n\r\n" + b"y" * 15_000 + b"\r\n"
    with server(taken, lmtp=lmtp) as client:
        assert client.sendmail("", ["a@here.example"], long) == {}
    assert taken[0].content == long
