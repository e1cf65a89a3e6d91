"""The parts of a mail, whatever it holds: nested, folded, encoded, cut off."""

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.mail.incoming.parts import Part, blocks, header_fields, in_charset, media_type, parsed

TWO = b"""From: a@b.example
Content-Type: multipart/mixed;
\tboundary="x y"

before
--x y
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9
--x y
Content-Type: message/rfc822

Content-Type: multipart/mixed; boundary=z

--z

inner
--z--
--x y--
after
"""


def texts(content: bytes) -> list[str]:
    return [part.text.strip() for part in parsed(content).parts]


def types(content: bytes) -> list[str]:
    return [part.type for part in parsed(content).parts]


def test_parts_are_told_apart_and_a_mail_within_stays_whole() -> None:
    assert types(TWO) == ["text/plain", "message/rfc822"]
    assert texts(TWO)[0] == "café"
    assert len(parsed(TWO).of_type("text/plain")) == 1


def test_lines_may_end_in_any_way() -> None:
    for end in (b"\r\n", b"\r"):
        assert texts(TWO.replace(b"\n", end))[0] == "café"
    assert texts(b"From MAILER-DAEMON Thu Apr 29\n\n" + TWO)[0] == "café"


def test_a_mail_that_ends_too_early_has_what_came() -> None:
    assert texts(TWO[: TWO.index(b"--x y\nContent-Type: message")])[0] == "café"
    assert texts(b"Content-Type: multipart/mixed; boundary=b\n\nno delimiter at all") == ["no delimiter at all"]


def test_a_field_folded_without_a_space_is_one_field() -> None:
    assert types(b"Content-Type: multipart/mixed;\nboundary=b\n\n--b\n\nx\n--b--\n") == ["text/plain"]


def test_encodings_and_charsets_that_are_wrong_are_read_as_well_as_can_be() -> None:
    assert texts(b"Content-Transfer-Encoding: base64\n\n!!not base64") == ["!!not base64"]
    assert texts(b"Content-Transfer-Encoding: base64\n\nY2Fmw6k=\n") == ["café"]
    for charset in ("no-such", "idna", "punycode", "zlib_codec", "rot13", "unicode_escape"):
        assert in_charset("café".encode(), charset) == "café"
    assert in_charset("ユーザー".encode("iso-2022-jp"), "ISO-2022-JP") == "ユーザー"
    japanese = "ユーザー".encode("iso-2022-jp")
    assert texts(b"Subject: x\n\n" + japanese) == ["ユーザー"]
    assert parsed(b"X: " + japanese).headers.first("x") == "ユーザー"
    assert "\0" not in texts(b"\nx\0y")[0]


def test_html_is_read_as_its_text() -> None:
    content = b"Content-Type: text/html\n\n<head><title>No</title></head><body><p>a&lt;b@c.example&gt;<br>d</body>"
    assert texts(content) == ["a<b@c.example>\nd"]


def test_status_groups_are_parted_by_empty_lines() -> None:
    groups = blocks("Reporting-MTA: dns; a\n\nAction: failed\nStatus: 5.1.1\n (no such user)\n \nAction: delayed\n")
    assert [group.first("action") for group in groups] == ["", "failed", "delayed"]
    assert groups[1].first("status") == "5.1.1 (no such user)"
    assert "reporting-mta" in groups[0]
    assert header_fields("A: 1\nA: 2").every("a") == ["1", "2"]
    assert media_type(groups[0]) == "text/plain"


def test_depth_parts_and_fields_are_bounded() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000))
    wide = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000
    assert len(parsed(deep).parts) == 1
    assert len(parsed(wide).parts) < 50
    assert len(parsed(b"X: y\n" * 100_000).headers.every("x")) < 50
    assert len(parsed(b"X: " + b"y" * 1_000_000).headers.first("x")) < 5_000


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"Content-Type: {text}\n\n{text}".encode()))
def test_anything_can_be_parsed(content: bytes) -> None:
    parts = parsed(content).parts
    assert all(isinstance(part, Part) and isinstance(part.text, str) for part in parts)
