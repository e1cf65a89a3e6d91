"""What an incoming mail says of who sent it: a person, or a program; and nothing in it can break the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.mail.incoming.parse import Incoming, ParsedMessage, parse


def parsed(*headers: str, sender: str = "alice@example.org") -> ParsedMessage:
    lines = ("From: Alice <alice@example.org>", *headers) if not any("From:" in h for h in headers) else headers
    return parse(Incoming(sender, "a@x.example", "\r\n".join([*lines, "", "x"]).encode()))


def test_a_person_is_parsed() -> None:
    assert parsed() == ParsedMessage("alice@example.org")
    assert parsed("From: =?utf-8?q?Al=C3=ADce?= <alice@example.org>", "Auto-Submitted: no") == ParsedMessage(
        "alice@example.org"
    )
    assert parsed('From: "Lee, Ann" <ann@example.org>') == ParsedMessage("ann@example.org")


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Precedence: BULK",
        "Precedence: auto_reply",
        "List-Id: <papers.example.org>",
        "List-Unsubscribe: <https://x.example>",
        "X-Autoreply: yes",
        "X-Spam-Flag: YES",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "From: Mail Delivery <MAILER-DAEMON@example.org>",
        "From: no-reply@example.org",
        "From: a@example.org, b@example.org",
        "From: a@example.org\r\nFrom: b@example.org",
        "From: undisclosed: ;",
    ],
)
def test_programs_are_not(header: str) -> None:
    assert parsed(header).address == ""


@pytest.mark.parametrize("sender", ["", "mailer-daemon@example.org", "bounces@example.org"])
def test_a_mail_that_must_not_be_answered_is_not(sender: str) -> None:
    assert parsed(sender=sender) == ParsedMessage(why_not="null return path")


@given(
    st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"From: {text}\nPrecedence: {text}\n\n".encode())
)
def test_anything_can_be_read(content: bytes) -> None:
    said = parse(Incoming("alice@example.org", "a@x.example", content))
    assert bool(said.address) != bool(said.why_not) or said == ParsedMessage("")


@pytest.mark.parametrize(
    "author",
    ["(" * 5_000, "(" * 1_900, "a:" * 900, "<" * 1_900, "[" * 1_900, '"' * 1_901, "a@b.example" + " (" * 600],
)
def test_nothing_in_a_from_field_is_too_deep(author: str) -> None:
    assert parsed(f"From: {author}").address in {"", "a@b.example"}


def test_a_body_nested_thousands_of_parts_deep_is_not_looked_into() -> None:
    assert parse(Incoming("x@y.example", "a@x.example", nested(3_000))) == ParsedMessage("alice@example.org")


def nested(depth: int) -> bytes:
    """A mail of parts in parts."""
    levels = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return b"From: alice@example.org\r\n" + levels + b"\r\nhello\r\n"


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("Jürgen Müller <juergen@example.org>".encode(), "juergen@example.org"),
        ("Jürgen <jürgen@bücher.example>".encode(), "jürgen@bücher.example"),
        ("李安\r\n <an@例え.example>".encode(), "an@例え.example"),
        ("Jürgen <juergen@example.org>".encode("latin-1"), "juergen@example.org"),
        (b"\xff\xfe@example.org", ""),
        (b"j\xfcrgen@example.org", ""),
    ],
)
def test_a_name_and_an_address_may_be_written_in_utf_8(field: bytes, address: str) -> None:
    assert parse(Incoming("x@y.example", "a@x.example", b"From: " + field + b"\r\n\r\nhi\r\n")).address == address
