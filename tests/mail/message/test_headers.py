"""What stands in a mail's headers: nobody's words can add one, take one away, or name a second recipient."""

import datetime as dt
import unicodedata
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dailypapers.domain.message import Message, Sender
from dailypapers.errors import BadInput
from dailypapers.mail.message.mime import BulkHeaders, build

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
MESSAGE = Message("Two papers", "Hello.\n", "<p>Hello.</p>\n")
EVERY_HEADER = [
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post"),
    *("List-Id", "List-Post", "List-Help", "List-Owner", "List-Subscribe", "List-Archive", "Archived-At"),
    *("Feedback-ID", "CFBL-Address", "X-Dailypapers-Issue", "Precedence"),
    *("Auto-Submitted", "Content-Type"),
]
#: Texts that are more likely than most to break something.
HOSTILE = st.text(
    st.one_of(st.sampled_from('\r\n\t <>,;:@"\\()=?.é\u2028'), st.characters(exclude_categories=["Cs"])), max_size=60
)


def sender(name: str = "Daily Papers", *, list_id: str = "papers.example.org", owner: str = "o@example.org") -> Sender:
    return Sender(name, "papers@example.org", "b@example.org", list_id, owner)


def built(
    message: Message = MESSAGE,
    *,
    by: Sender | None = None,
    recipient: str = "ann@example.org",
    message_id: str = "<1@example.org>",
    headers: BulkHeaders | None = None,
) -> bytes:
    return build(message, sender=by or sender(), recipient=recipient, message_id=message_id, now=NOW, headers=headers)


def head(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def addresses(mail: EmailMessage, name: str) -> list[str]:
    return [address.addr_spec for address in mail[name].addresses]


@given(HOSTILE)
@example("<1@example.org>\r\nBcc: eve@example.org")
@example("ann@example.org>, <eve@example.org")
def test_a_value_that_is_none_is_refused_or_harmless(text: str) -> None:
    for recipient, message_id in (
        (text, "<1@x>"),
        (f"{text}@example.org", "<1@x>"),
        ("ann@example.org", text),
        ("ann@example.org", f"<{text}@example.org>"),
    ):
        try:
            mail = parsed(built(recipient=recipient, message_id=message_id))
        except BadInput:
            continue
        assert [name for name in EVERY_HEADER if name in mail] == list(mail.keys())
        assert len(addresses(mail, "To")) == 1


@given(HOSTILE, HOSTILE, HOSTILE)
@example("https://x.org/a>,<mailto:eve@example.org", ">\r\nX: y", "é:b")
def test_no_value_of_the_list_can_break_out(unsubscribe: str, page: str, feedback: str) -> None:
    headers = BulkHeaders(
        f"https://x.org/{unsubscribe}",
        f"mailto:{page}",
        help="https://x.org/",
        archive=f"https://{page}",
        subscribe=f"https://{page}",
        archived_at=f"https://x.org/{unsubscribe}",
        feedback_id="f" + feedback,
        issue="i" + feedback,
        complaints="complaints@example.org",
    )
    raw = built(headers=headers)
    mail = parsed(raw)
    assert list(mail.keys()) == EVERY_HEADER
    assert mail["List-Unsubscribe"].count("<") == mail["List-Unsubscribe"].count(">") == 2
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(line.isascii() for line in head(raw))


@given(HOSTILE, HOSTILE)
@example("=?utf-8?q?Your_bank?=", "=?utf-8?q?x?=")
@example("a" * 1200, "b" * 1200)
@example("é" * 300, "ü" * 300)
@example('Dr. "Who" \\', "  two  spaces  ")
def test_names_and_subjects_are_shown_as_they_are(name: str, subject: str) -> None:
    raw = built(Message(subject, "t", "<p>h</p>"), by=sender("N" + name), headers=BulkHeaders("https://x.org/u"))
    mail = parsed(raw)
    shown = mail["From"].addresses[0].display_name
    # Python 3.11's parser puts a space between two encoded words of a name, which RFC 2047 6.2 forbids.
    assert "".join(shown.split()) == "".join(spoken("N" + name).split())
    assert str(mail["Subject"]).split() == spoken(subject).split()
    assert addresses(mail, "From") == ["papers@example.org"]
    for line in head(raw):
        assert len(line) <= (76 if b"=?" in line else 78)


def spoken(text: str) -> str:
    """A text without what no header can carry: control characters and line ends."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)


@pytest.mark.parametrize(
    "recipient",
    [
        "ann@example.org, eve@example.org",
        "ann@example.org>, <eve@example.org",
        "ann @example.org",
        "@example.org",
        "ann",
        "",
    ],
)
def test_what_is_no_address_is_refused_by_name(recipient: str) -> None:
    with pytest.raises(BadInput, match="is not an email address"):
        built(recipient=recipient)


@pytest.mark.parametrize(
    "recipient",
    [
        *("ann+papers@example.org", "o'neil@example.org", '"a b"@example.org', "ann@[192.0.2.1]"),
        *("jürgen@example.org", "उपयोगकर्ता@example.org"),
    ],
)
def test_unusual_addresses_are_addresses(recipient: str) -> None:
    assert f"To: {recipient}".encode() in head(built(recipient=recipient))


@pytest.mark.parametrize(
    ("by", "headers", "said"),
    [
        (sender(list_id="a b"), BulkHeaders("https://x.org/u"), "is not a List-Id"),
        (sender(owner="nobody"), BulkHeaders("https://x.org/u"), "is not an email address"),
        (sender(), BulkHeaders("https://x.org/" + "u" * 1000), "too long"),
    ],
)
def test_a_list_that_cannot_be_named_is_refused(by: Sender, headers: BulkHeaders, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        built(by=by, headers=headers)


def test_a_list_beyond_ascii_is_named_as_dns_knows_it() -> None:
    mail = parsed(built(by=sender(list_id="papers.bücher.example"), headers=BulkHeaders("https://x.org/u")))
    assert mail["List-Id"] == "Daily Papers <papers.xn--bcher-kva.example>"


def test_both_ways_to_leave_are_named_the_web_first() -> None:
    mail = parsed(built(headers=BulkHeaders("https://x.org/u?a=1&b=%20", "mailto:leave@example.org?subject=x")))
    assert mail["List-Unsubscribe"] == "<https://x.org/u?a=1&b=%20>, <mailto:leave@example.org?subject=x>"


def test_each_message_id_has_a_boundary_of_its_own_and_always_the_same() -> None:
    one, other = built(message_id="<1@x>"), built(message_id="<2@x>")
    assert parsed(one).get_boundary() != parsed(other).get_boundary()
    assert one == built(message_id="<1@x>")


def test_one_click_is_promised_by_https_alone() -> None:
    plain = parsed(built(headers=BulkHeaders("http://papers.example.org/u")))
    assert "List-Unsubscribe-Post" not in plain
    assert plain["List-Unsubscribe"] == "<http://papers.example.org/u>"
    assert "List-Unsubscribe-Post" in parsed(built(headers=BulkHeaders("https://papers.example.org/u")))


@pytest.mark.parametrize(
    ("owner", "written"),
    [
        ("o@example.org", "<mailto:o@example.org>"),
        ("jürgen@bücher.example", "<mailto:j%C3%BCrgen@xn--bcher-kva.example>"),
        ("a%b&c?d@example.org", "<mailto:a%25b%26c%3Fd@example.org>"),
        ("o'neil+lists@example.org", "<mailto:o'neil+lists@example.org>"),
    ],
)
def test_the_owner_of_a_list_is_a_uri(owner: str, written: str) -> None:
    assert parsed(built(by=sender(owner=owner), headers=BulkHeaders("https://x.org/u")))["List-Owner"] == written


def test_every_row_of_a_bulk_mail_stands_as_its_rule_has_it() -> None:
    headers = BulkHeaders(
        "https://x.org/u/1",
        "mailto:u+1@example.org?subject=unsubscribe",
        help="https://x.org/",
        archive="https://x.org/archive",
        subscribe="https://x.org/",
        archived_at="https://x.org/digest/1",
        feedback_id="20260420:digest:papers:papers.example.org",
        issue="2026-04-20",
        complaints="fbl@example.org",
    )
    mail = parsed(built(headers=headers))
    expected = {
        "List-Id": "Daily Papers <papers.example.org>",
        "List-Post": "NO",
        "List-Help": "<https://x.org/>",
        "List-Subscribe": "<https://x.org/>",
        "List-Archive": "<https://x.org/archive>",
        "Archived-At": "<https://x.org/digest/1>",
        "Feedback-ID": "20260420:digest:papers:papers.example.org",
        "CFBL-Address": "fbl@example.org; report=arf",
        "X-Dailypapers-Issue": "2026-04-20",
        "Precedence": "bulk",
        "Auto-Submitted": "auto-generated",
        "Date": "Mon, 20 Apr 2026 08:00:00 +0000",
    }
    assert {name: str(mail[name]) for name in expected} == expected
    assert all(mail.get_all(name) == [mail[name]] for name in EVERY_HEADER)


def test_an_address_for_reports_is_ascii() -> None:
    mail = parsed(built(headers=BulkHeaders("https://x.org/u", complaints="fbl@bücher.example")))
    assert mail["CFBL-Address"] == "fbl@xn--bcher-kva.example; report=arf"
    with pytest.raises(BadInput, match="only its domain"):
        built(headers=BulkHeaders("https://x.org/u", complaints="fbü@example.org"))


def test_a_sender_beyond_ascii_keeps_the_part_that_mail_servers_know() -> None:
    by = Sender("Büro", "papers@bücher.example", "b@example.org", "papers.example.org")
    assert addresses(parsed(built(by=by)), "From") == ["papers@xn--bcher-kva.example"]
