"""What somebody wrote themselves, as the programs in use send replies: above, below and between what they quote."""

import time

import pytest

from dailypapers.mail.incoming.reply_text import reply_text

HOST = "papers.example.org"
DIGEST = """DAILY PAPERS · Monday, 20 April 2026
View on the web: https://papers.example.org/digest/abc

2 papers for you, out of 100 new today.

1. Deeper Graph Neural Networks
   → matches your topic

Reply to this email with “more like 3”, “less like 2”, “save 4”, “pause until
May” or “help”.

Unsubscribe: https://papers.example.org/unsubscribe/abc"""
QUOTED = "\n".join(f"> {line}".rstrip() for line in DIGEST.splitlines())


def mail(text: str, kind: str = "plain") -> bytes:
    return f"From: a@b.example\nContent-Type: text/{kind}; charset=utf-8\n\n{text}".encode()


@pytest.mark.parametrize(
    "text",
    [
        "more like 3",
        f"more like 3\n\nOn Mon, 20 Apr 2026 at 09:00, Daily Papers <p@papers.example.org> wrote:\n\n{QUOTED}\n",
        f"more like 3\n\nOn Mon, 20 Apr 2026 at 09:00,\nDaily Papers\n<p@x.example> wrote:\n{QUOTED}",
        f"Am 20.04.26 um 09:00 schrieb Daily Papers:\n{QUOTED}\n\nmore like 3\n",
        f"Le lun. 20 avr. 2026 à 09:00, Daily Papers <p@x.example> a écrit :\n\n{QUOTED}\n\nmore like 3",
        f"2026年4月20日(月) 9:00 Daily Papers <p@x.example>のメール:\n{QUOTED}\n\nmore like 3",
        f"> 1. Deeper Graph\nmore like 3\n{QUOTED}",
        f"more like 3\n\n-- \nJane Doe\nsave 2\n{QUOTED}",
        f"more like 3\n\n-----Original Message-----\nFrom: Daily Papers\n\n{DIGEST}\nhelp",
        f"more like 3\n\n________________________________\nFrom: Daily Papers\nSent: Monday\n\n{DIGEST}\nhelp",
        f"more like 3\n\nVon: Daily Papers <p@x.example>\nGesendet: Montag\nAn: Jane\n\n{DIGEST}\nhelp",
        f"more like 3\n\n{DIGEST}\nhelp".replace("DAILY PAPERS · Monday, 20 April 2026\n", ""),
        "more like 3\r\n\r\nOn Monday, Daily Papers wrote:\r\n\r\nhelp\r\n",
        # A line that a program wrapped again, its rest unmarked.
        "more like 3\n\n> Reply to this email with “more like 3”, “less like 2”, “save 4”, “pause until\nhelp\n",
    ],
)
def test_what_is_quoted_is_not_what_somebody_wrote(text: str) -> None:
    assert reply_text(mail(text), HOST) == "more like 3"


QUOTED_HTML = (
    '<table><tr><td><h1>Daily Papers</h1><p>Monday · <a href="https://papers.example.org/digest/a">View</a></p>'
    "<p><a>Pause</a> ·\n<a>Unsubscribe</a> ·\n</p><p>help</p></td></tr></table>"
)

GMAIL = (
    '<div dir="ltr">more like&nbsp;3</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, Daily Papers'
    f' &lt;p@x.example&gt; wrote:<br></div><blockquote class="gmail_quote">{QUOTED_HTML}</blockquote></div>'
)


@pytest.mark.parametrize(
    "text",
    [
        GMAIL,
        f"<style>p {{ margin: 0 }}</style><p>more\n like 3</p><div id='divRplyFwdMsg'>From: me</div>{QUOTED_HTML}",
        f"<p>more like 3</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><b>From:</b></div>{QUOTED_HTML}",
        f"<blockquote>help<blockquote>{QUOTED_HTML}</blockquote>help</blockquote><div>more like 3</div>",
        f"<blockquote type=cite>{QUOTED_HTML}",
        f"<div>more like 3</div>{QUOTED_HTML.replace('https://papers', 'https://safe.example/?u=https%3A%2F%2Fpapers')}",
    ],
)
def test_a_reply_in_html_alone_is_read_without_what_it_quotes(text: str) -> None:
    wanted = "" if text.startswith("<blockquote type") else "more like 3"
    lines = reply_text(mail(text, "html"), HOST).splitlines()
    assert [line for line in lines if line and line not in {"Daily Papers", "Monday ·"}][:1] == [wanted] * bool(wanted)
    assert not {"help", "Unsubscribe ·", "Pause ·"} & set(lines)


def test_a_digest_that_is_quoted_whole_leaves_nothing() -> None:
    for text in (
        QUOTED,
        f"On Monday, Daily Papers wrote:\n{QUOTED}",
        f"On Monday, Daily Papers wrote:\n\n{DIGEST}",
        "",
    ):
        assert reply_text(mail(text), HOST) == ""


def test_the_plain_part_is_read_where_there_is_one_and_a_far_answer_below_a_long_quotation() -> None:
    both = (
        b"Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nsave 1\n"
        b"--x\nContent-Type: text/html\n\n<p>help</p>\n--x--\n"
    )
    assert reply_text(both, HOST) == "save 1"
    assert reply_text(mail("> quoted words\n" * 8000 + "\nsave 1"), HOST) == "save 1"
    encoded = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nc2F2ZSAxCg==\n"
    assert reply_text(encoded, HOST) == "save 1"


@pytest.mark.parametrize(
    "text",
    [
        *("On " * 60_000, "<blockquote>" * 20_000, "On a\n" * 40_000, "<" * 200_000, "-" * 200_000, "<div " * 40_000),
        *("<style>" * 28_000, "> \n" * 60_000, "From:\n" * 40_000, "_" * 9 + "\n" * 200_000, "On :\n" * 50_000),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    for kind in ("plain", "html"):
        began = time.process_time()
        reply_text(mail(text, kind), HOST)
        assert time.process_time() - began < 2


def test_a_file_that_is_attached_is_no_part_of_a_reply() -> None:
    head = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    file = b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: Attachment; filename=a.txt\r\n\r\nunsubscribe\r\n"
    said = b"--b\r\nContent-Type: text/html\r\n\r\n<p>save 1</p>\r\n--b--"
    assert reply_text(head + file + said, "papers.example") == "save 1"
    assert reply_text(head + file + b"--b--", "papers.example") == ""
