"""A mail server's port is open before it answers, and closed once it is done."""

import smtplib
import socket
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope, Session

from dailypapers.errors import CannotListen
from dailypapers.mail.listening import Server


class Tray:
    """Takes every mail."""

    def __init__(self) -> None:
        self.recipients: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep to whom it goes."""
        self.recipients += envelope.rcpt_tos
        return "250 2.0.0 Kept"


def test_a_free_port_is_taken_and_known_before_anything_is_served() -> None:
    with Server(Tray(), "127.0.0.1", 0, option="--port") as server:
        assert server.port > 0
        with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
            assert client.noop()[0] == 250


def test_a_mail_is_handed_over_with_its_address_as_it_was_written() -> None:
    tray = Tray()
    with (
        Server(tray, "127.0.0.1", 0, option="--port") as server,
        smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client,
    ):
        client.ehlo()
        client.send_message(_mail(), to_addrs=["ἀλίκη@example.org"], mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert tray.recipients == ["ἀλίκη@example.org"]


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "bob@example.org"
    mail.set_content("Hello.")
    return mail


def test_lmtp_is_spoken_where_a_mail_server_in_front_hands_mail_over() -> None:
    tray = Tray()
    with (
        Server(tray, "127.0.0.1", 0, option="--port", lmtp=True) as server,
        smtplib.LMTP("127.0.0.1", server.port) as client,
    ):
        client.sendmail("bob@example.org", ["alice@example.org"], b"Subject: Hello\r\n\r\nHello.\r\n")
        assert client.docmd("HELO", "example.org")[0] == 500, "LMTP has LHLO in its place (RFC 2033)"
    assert tray.recipients == ["alice@example.org"]


def test_afterwards_nobody_listens_and_the_port_is_free_again() -> None:
    with Server(Tray(), "127.0.0.1", 0, option="--port") as server:
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=30)
    with Server(Tray(), "127.0.0.1", port, option="--port") as again:
        assert again.port == port


def test_a_port_that_is_taken_is_one_sentence_before_anything_is_begun() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = f"port {port} on 127.0.0.1 is already in use. Choose another with --mail-port"
        with pytest.raises(CannotListen, match=sentence):
            Server(Tray(), "127.0.0.1", port, option="--mail-port")
