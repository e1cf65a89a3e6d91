"""The folder of caught mails: shared by several programs, full of rubbish, or not to be written to."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from tests.sending import send as send_one

from dailypapers.catcher.server import Catcher, caught, read
from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport

#: What mails are made of, to be put together wrongly.
PIECES = [
    *(b"To: ", b"Subject: =?utf-8?b?", b"=?x?q?", b"?=", b"Content-Type: multipart/", b"; boundary=", b"; charset="),
    *(b"Content-Transfer-Encoding: base64", b"\r\n", b"\xff", b"<", b"\x00"),
]
CONTENT = b"To: ann@example.org\r\nSubject: hello\r\n\r\nbody\r\n"


def send(catcher: Catcher, recipient: str = "ann@example.org", content: bytes = CONTENT) -> Outcome:
    async def once() -> Outcome:
        sender = SmtpTransport(MailServer(catcher.host, catcher.port, "none"))
        try:
            return await send_one(sender, OutgoingMail(Envelope("a@example.org", recipient), content))
        finally:
            await sender.close()

    return asyncio.run(once())


def test_two_catchers_of_one_folder_overwrite_nothing(tmp_path: Path) -> None:
    with Catcher(tmp_path) as one, Catcher(tmp_path) as other:
        for catcher in (one, other, one, other):
            assert send(catcher).kind is OutcomeKind.ACCEPTED
    assert len(caught(tmp_path)) == 4
    assert not list(tmp_path.glob("*.part"))


def test_a_mail_that_cannot_be_kept_is_not_said_to_be(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    with Catcher(folder) as catcher:
        folder.rmdir()
        outcome = send(catcher)
    assert (outcome.kind, outcome.code) == (OutcomeKind.DEFERRED, 452)


def test_a_mail_that_is_too_large_is_refused_as_such(tmp_path: Path) -> None:
    with Catcher(tmp_path, max_bytes=10_000) as catcher:
        outcome = send(catcher, content=CONTENT + b"x" * 60 + b"\r\n" + (b"y" * 70 + b"\r\n") * 200)
    assert (outcome.kind, outcome.too_large) == (OutcomeKind.UNSENDABLE, True)
    assert caught(tmp_path) == []


def test_an_address_beyond_ascii_gets_a_name_every_file_system_knows(tmp_path: Path) -> None:
    with Catcher(tmp_path) as catcher:
        assert send(catcher, "jürgen@example.org").kind is OutcomeKind.ACCEPTED
        assert send(catcher, "a" * 64 + "@example.org").kind is OutcomeKind.ACCEPTED
    names = [mail.path.name for mail in caught(tmp_path)]
    assert names[0] == "000001-j_rgen@example_org.eml"
    assert all(len(name) < 80 for name in names)


def test_a_folder_called_like_a_mail_is_none(tmp_path: Path) -> None:
    (tmp_path / "000001-x.eml").mkdir()
    (tmp_path / "notes.eml").write_bytes(CONTENT)
    assert [mail.subject for mail in caught(tmp_path)] == ["hello"]


def test_the_parts_of_a_mail_are_read_in_their_encodings(tmp_path: Path) -> None:
    file = tmp_path / "000001-x.eml"
    file.write_bytes(
        b"To: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nSubject: =?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k=?=\r\n"
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        b'--b\r\nContent-Type: text/plain; charset="latin-1"\r\nContent-Transfer-Encoding: 8bit\r\n\r\ncaf\xe9\r\n'
        b'--b\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+PC9wPg==\r\n'
        b"--b--\r\n"
    )
    mail = read(file)
    assert (mail.recipient, mail.subject) == ("Jürgen <j@example.org>", "éé")
    assert (mail.text, mail.html) == ("café", "<p></p>")


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8)))
@example([b"Content-Type: text/plain; charset=\x00\r\n\r\n\xff"])
@example([b"Content-Type: text/plain; charset*=x'y'%ff\r\n\r\n\xff"])
@example([b"To: =?utf-8?b?////=?=\r\n"])
def test_any_bytes_can_be_looked_at(pieces: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "000001-x.eml").write_bytes(b"".join(pieces))
        [mail] = caught(Path(folder))
    shown = f"{mail.recipient}{mail.sender}{mail.subject}{mail.date}{mail.text}{mail.html}"
    assert shown.encode().decode() == shown
    assert mail.size == len(b"".join(pieces))
