"""The SMTP server of the mail catcher keeps every email, under a name that cannot leave the folder."""

import asyncio
import socket
from pathlib import Path

import pytest
from tests.sending import send as send_one

from dailypapers.catcher.server import Catcher, caught
from dailypapers.domain.delivery import OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.errors import CannotListen
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport


def send(catcher: Catcher, *recipients: str) -> list[OutcomeKind]:
    async def send_all() -> list[OutcomeKind]:
        sender = SmtpTransport(MailServer(catcher.host, catcher.port, "none"))
        content = b"To: x\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n\r\nbody\r\n.dot\r\n"
        mails = [OutgoingMail(Envelope("a@example.org", recipient), content) for recipient in recipients]
        outcomes = await asyncio.gather(*(send_one(sender, mail) for mail in mails))
        await sender.close()
        return [outcome.kind for outcome in outcomes]

    return asyncio.run(send_all())


def test_mails_are_kept_and_numbering_goes_on(tmp_path: Path) -> None:
    for _ in range(2):
        with Catcher(tmp_path) as catcher:
            assert set(send(catcher, "ann@example.org", "bob@example.org")) == {OutcomeKind.ACCEPTED}
    mails = caught(tmp_path)
    assert [int(mail.path.name[:6]) for mail in mails] == [1, 2, 3, 4]
    assert {(mail.subject, mail.text) for mail in mails} == {("café", "body\n.dot\n")}


def test_commands_that_are_sent_ahead_are_answered_in_order(tmp_path: Path) -> None:
    announced = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<%b@example.org>\r\nDATA\r\n"
    with Catcher(tmp_path) as catcher, socket.create_connection((catcher.host, catcher.port)) as connection:
        replies = connection.makefile("rb")
        connection.sendall(b"EHLO example.org\r\n")
        offered = [replies.readline() for _ in range(7)]
        assert (b"250-PIPELINING\r\n" in offered, offered[-1][:4]) == (True, b"250 ")
        connection.sendall(announced % b"ann")
        codes = [replies.readline()[:3] for _ in range(3)]
        connection.sendall(b"Subject: one\r\n\r\nx\r\n.\r\n" + announced % b"bob")
        codes += [replies.readline()[:3] for _ in range(4)]
        connection.sendall(b"Subject: two\r\n\r\nx\r\n.\r\nQUIT\r\n")
        codes += [replies.readline()[:3] for _ in range(2)]
    assert codes == [b"250", b"250", b"354", b"250", b"250", b"250", b"354", b"250", b"221"]
    assert [mail.subject for mail in caught(tmp_path)] == ["one", "two"]


def test_a_hostile_recipient_stays_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    with Catcher(folder) as catcher:
        send(catcher, '"../../evil"@example.org', "a/b@example.org")
    assert len(list(folder.glob("*.eml"))) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]


def test_rubbish_in_the_folder_shows_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "000001-x.eml").write_bytes(b"\xff\xfe\x00 no mail at all")
    (tmp_path / "000002-y.eml").write_bytes(b'Content-Type: text/html; charset="nonsense"\r\n\r\n<p>\xff</p>')
    assert [mail.subject for mail in caught(tmp_path)] == ["", ""]


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with Catcher(tmp_path) as catcher, pytest.raises(CannotListen, match="Choose another with --smtp-port"):
        Catcher(tmp_path, "127.0.0.1", catcher.port)
