"""Reports that only people can read: the address, and what stands near it."""

from dailypapers.mail.incoming.parts import parsed
from dailypapers.mail.incoming.prose import near, prose, recipients

QMAIL = b"""To: bounce@ours.example
From: MAILER-DAEMON@y.example

Hi. This is the qmail-send program at y.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<alice@y.example>:
192.0.2.1 does not like recipient.

<bob@y.example>:
Mailbox full.

--- Below this line is a copy of the message.

Return-Path: <carol@y.example>
"""


def read(content: bytes, quoted_to: str = "") -> dict[str, str]:
    mail = parsed(content)
    return recipients(mail, prose(mail), quoted_to)


def test_each_address_has_the_words_after_it_and_the_quoted_mail_is_left_out() -> None:
    sections = read(QMAIL)
    assert list(sections) == ["alice@y.example", "bob@y.example"]
    assert "does not like" in sections["alice@y.example"]
    assert "full" not in sections["alice@y.example"]
    assert "Below" not in sections["bob@y.example"]


def test_an_address_may_stand_in_a_sentence_in_a_field_or_in_the_quoted_mail() -> None:
    assert list(read(b"To: b@ours.example\n\nno mail for b@ours.example: mail to alice@y.example failed")) == [
        "alice@y.example"
    ]
    assert list(read(b"X-Failed-Recipients: alice@y.example\n\nIt failed.")) == ["alice@y.example"]
    assert list(read(b"Subject: x\n\nIt failed.", "alice@y.example")) == ["alice@y.example"]
    assert list(read(b"Subject: x\n\nIt failed.")) == [""]


def test_flufl_bounce_finds_the_address_where_it_equals_that_of_the_bounce() -> None:
    heading = b"   ----- The following addresses had permanent fatal errors -----\n"
    old = b"From: MAILER-DAEMON@y.example\nTo: alice@y.example\n\n" + heading + b"<alice@y.example>\n"
    assert list(read(old)) == ["alice@y.example"]
    assert list(read(old + b"boundary=\n" * 100)) == [""], "it is given nothing that could take it long"


def test_what_forwarding_put_before_lines_is_taken_away() -> None:
    mail = parsed(b"To: a@ours.example\n\n> <alice@y.example>:\n> no such user\n")
    assert prose(mail).startswith("<alice@y.example>")


def test_near_begins_with_the_line_that_names_the_address() -> None:
    assert near("Hello\nto A@y.example: gone", "a@Y.example") == "to A@y.example: gone"
    assert near("Hello", "a@y.example") == ""


def test_the_reason_in_brackets_counts_before_the_programs_own_words() -> None:
    text = "<a@y.example>\n    (reason: 553 your IP (192.0.2.1) is listed)\n\n550 5.1.1 <a@y.example>... User unknown\n"
    assert near(text, "a@y.example") == "553 your IP (192.0.2.1) is listed"


def test_the_dialogue_before_an_address_is_about_it_and_the_next_one_is_not() -> None:
    text = (
        "While talking to y.example:\n>>> MAIL From:<b@ours.example>\n<<< 550 Insecure relay\n"
        "554 <a@y.example>... Error\n"
        "While talking to z.example:\n>>> QUIT\n<<< 421 closing\n"
    )
    assert near(text, "a@y.example").splitlines() == [
        ">>> MAIL From:<b@ours.example>", "<<< 550 Insecure relay", "554 <a@y.example>... Error",
    ]  # fmt: skip


def test_what_sendmail_says_of_a_host_stands_between_the_dialogue_and_the_address() -> None:
    text = (
        "While talking to y.example:\n>>> DATA\n<<< 550 Redundant\n421 y.example (smtp)... Deferred: reset\n"
        "554 <a@y.example>... Remote protocol error\n550 z.example (smtp)... 550 Host unknown\n"
        "554 <b@z.example>... 550 Host unknown\n"
    )
    sections = read(f"To: c@ours.example\n\n{text}".encode())
    assert sections["a@y.example"].startswith(">>> DATA\n<<< 550 Redundant")
    assert "Host unknown" not in sections["a@y.example"]
