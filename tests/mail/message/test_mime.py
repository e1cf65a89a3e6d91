"""The bytes that leave, held against the standard library's parser."""

import datetime as dt
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.message import Attachment, Message, Sender
from dailypapers.domain.text import controls_spaced
from dailypapers.mail.message import mime

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SENDER = Sender("Daily Papers", "papers@example.org", "b@example.org", "papers.example.org", "owner@example.org")
HEADERS = mime.BulkHeaders("https://papers.example.org/unsubscribe/x", help="https://papers.example.org/")
PLAIN = Message("Mamba +2 more · 20 Apr", "Hello.\n", "<p>Hello.</p>\n")
NAMES = [
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post"),
    *("List-Id", "List-Post", "List-Help", "List-Owner", "Precedence", "Auto-Submitted", "Content-Type"),
]
#: Any text but lone surrogates, which no encoding can carry.
ANY = st.text(st.characters(exclude_categories=["Cs"]))


def built(message: Message = PLAIN, *, headers: mime.BulkHeaders | None = HEADERS, sender: Sender = SENDER) -> bytes:
    return mime.build(
        message, sender=sender, recipient="ann@example.org", message_id="<1@example.org>", now=NOW, headers=headers
    )


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(ANY)
def test_a_message_without_html_is_a_mail_of_text_alone(text: str) -> None:
    mail = parsed(built(Message("s", text, "")))
    assert (mail.get_content_type(), mail.is_multipart()) == ("text/plain", False)
    assert part(mail, "plain").rstrip("\n") == lines(text).rstrip("\n")
    assert list(mail.keys())[-2:] == ["Content-Type", "Content-Transfer-Encoding"]


@given(ANY, ANY.filter(bool))
def test_text_and_html_come_through_whatever_they_are(text: str, html: str) -> None:
    mail = parsed(built(Message("s", text, html)))
    for kind, sent in (("plain", text), ("html", html)):
        assert part(mail, kind).rstrip("\n") == lines(sent).rstrip("\n")


@given(ANY, ANY)
def test_no_text_can_break_out_of_a_header(subject: str, name: str) -> None:
    sender = Sender(name, "a@example.org", "b@example.org", "l.example.org", "o@example.org")
    mail = parsed(built(Message(subject, "t", "<p>h</p>"), sender=sender))
    assert list(mail.keys()) == NAMES
    shown = controls_spaced(subject).strip()
    assert " ".join(str(mail["Subject"]).split()) == " ".join(shown.split())


@given(ANY, ANY)
def test_lines_are_what_every_server_takes(text: str, subject: str) -> None:
    raw = built(Message(subject, text, f"<p>{text}</p>"))
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 100
        assert not line.startswith(b".")
        assert line.isascii()


def test_the_same_mail_is_the_same_bytes() -> None:
    assert built() == built()


def test_a_digest_says_how_to_leave() -> None:
    mail = parsed(built())
    assert mail["List-Unsubscribe"] == "<https://papers.example.org/unsubscribe/x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "Daily Papers <papers.example.org>"
    assert mail["List-Post"] == "NO"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 20 Apr 2026 08:00:00 +0000"


def test_a_mail_somebody_waits_for_belongs_to_no_list() -> None:
    assert not [name for name in parsed(built(headers=None)).keys() if name.startswith("List-")]  # noqa: SIM118 - a mail is no dict


def test_a_domain_beyond_ascii_is_written_as_dns_knows_it() -> None:
    raw = mime.build(PLAIN, sender=SENDER, recipient="ann@bücher.example", message_id="<1@x>", now=NOW)
    assert b"To: ann@xn--bcher-kva.example\r\n" in raw
    with pytest.raises(ValueError, match="is not a domain name"):
        mime.build(PLAIN, sender=SENDER, recipient="ann@b..ü", message_id="<1@x>", now=NOW)


def test_the_message_id_tells_mails_apart_and_nothing_of_their_readers() -> None:
    one, other = (mime.message_id(b"secret", key, "example.org") for key in ("digest 1 2", "digest 1 3"))
    assert one != other
    assert one == mime.message_id(b"secret", "digest 1 2", "example.org")
    assert re.fullmatch(r"<[a-z2-7]{32}@example\.org>", one)


@pytest.mark.parametrize("html", ["", "<p>Hello</p>"])
def test_a_file_stands_behind_the_parts_and_comes_out_as_it_went_in(html: str) -> None:
    content = bytes(range(256)) * 30
    raw = built(Message("A book", "Hello\n", html, Attachment("a.epub", "application/epub+zip", content)), headers=None)
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    mail = parsed(raw)
    (attached,) = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/epub+zip", "a.epub")
    assert attached.get_content() == content
    assert part(mail, "plain").strip() == "Hello"
    assert (mail.get_body(("html",)) is not None) == bool(html)
