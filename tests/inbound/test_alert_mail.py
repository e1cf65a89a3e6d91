"""Alerts of Google Scholar and announcements of arXiv, read from emails as people and programs forward them."""

import base64
import time
from email.message import EmailMessage

import pytest

from dailypapers.domain.forwarded import ForwardedFrom, Listing
from dailypapers.domain.paper import PaperId
from dailypapers.inbound.alert_mail import MOST_PAPERS, listing_in

SCHOLAR = """<html><body><div style="font-family:arial">
<h3 style="font-weight:normal"><span style="font-size:13px">[PDF]</span>
<a href="https://scholar.google.com/scholar_url?url=https://arxiv.org/pdf/2604.00001v2&amp;hl=en&amp;sa=X&amp;d=1&amp;oi=scholaralrt"
 class="gse_alrt_title">Deeper <b>graph</b> networks &amp; friends</a></h3>
<div style="color:#006621">A Lee, B Roy - arXiv preprint arXiv:2604.00001, 2026</div>
<div class="gse_alrt_sni">They go &lt;deeper&gt; than before, <br>as far as one can see …</div>
<div><a href="https://scholar.google.com/citations?hl=en"><img alt="Save"></a></div>
<h3><a href="https://scholar.google.de/scholar_url?url=https://www.example.org/p?x%3D1%26y%3D2&amp;hl=de">
Maps of the sea</a></h3>
<div>C Day, D Night… - Journal of Maps, 2026</div><div>The sea is mapped.</div>
<h3><a href="https://scholar.google.com/scholar_url?url=javascript:alert(1)&amp;hl=en">Not a page</a></h3>
<h3><a href="https://scholar.google.com.evil.example/scholar_url?url=https://evil.example/">Not Scholar</a></h3>
<p>This message was sent because you created an alert. <a href="https://scholar.google.com/scholar_alerts?x=1">Cancel</a></p>
</div></body></html>"""
ARXIV = r"""------------------------------------------------------------------------------
 Submissions to:
Computation and Language
 received from  Thu 16 Apr 26 18:00:00 GMT  to  Fri 17 Apr 26 18:00:00 GMT
------------------------------------------------------------------------------
\\
arXiv:2604.00001
Date: Thu, 16 Apr 2026 18:00:00 GMT   (123kb)

Title: Deeper graph networks
  and M\"uller's friends
Authors: Ann Lee (MIT), Bo Roy and
  Cy Day
Categories: cs.CL cs.LG
Comments: 12 pages
DOI: 10.1000/xyz.1
\\
  They go deeper
than before.
\\ ( https://arxiv.org/abs/2604.00001 ,  123kb)
------------------------------------------------------------------------------
\\
arXiv:2604.00002 (*cross-listing*)
Date: Thu, 16 Apr 2026 18:00:00 GMT   (9kb)

Title: Maps
Authors: Di Sea
Categories: cs.CV
\\
  Seas.
\\ ( https://arxiv.org/abs/2604.00002 ,  9kb)
%%--%%--%%--%%--%%--
\\
arXiv:2501.00003
replaced with revised version Thu, 16 Apr 2026 18:00:00 GMT   (10kb)

Title: Old
Authors: Ed Old
Categories: cs.CL
\\ ( https://arxiv.org/abs/2501.00003 ,  10kb)
"""


def an_email(subject: str, *, plain: str = "", html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "somebody@example.org", subject
    mail.set_content(plain or "see below")
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def read(mail: EmailMessage) -> Listing:
    listing = listing_in(mail.as_bytes())
    assert listing
    return listing


def test_scholars_alert_names_title_link_authors_and_what_it_says() -> None:
    listing = read(an_email('"graph networks" - new results', html=SCHOLAR))
    assert (listing.source, listing.name) == (ForwardedFrom.SCHOLAR, "graph networks")
    first, second = listing.papers
    assert (first.id, first.title) == (PaperId("arxiv", "2604.00001"), "Deeper graph networks & friends")
    assert first.authors == ("A Lee", "B Roy")
    assert first.abstract == "They go <deeper> than before,"
    assert first.url == "https://arxiv.org/abs/2604.00001"
    assert second.id == PaperId("url", "https://www.example.org/p?x=1&y=2")
    assert (second.authors, second.abstract) == (("C Day", "D Night"), "The sea is mapped.")


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Fwd: Ann Lee - new articles", "Ann Lee"),
        ("WG: „Graphen“ – neue Ergebnisse", "Graphen"),
        ("Recommended articles", "Recommended articles"),
        ("", "Google Scholar"),
    ],
)
def test_an_alert_is_called_as_its_subject_says(subject: str, name: str) -> None:
    assert read(an_email(subject, html=SCHOLAR)).name == name


def test_what_people_forward_is_read_inline_and_as_an_attachment() -> None:
    quoted = SCHOLAR.replace('class="gse_alrt_title"', 'class="m_-1gse_alrt_title" target="_blank"')
    inline = an_email(
        "Fwd: x - new results", html=f'<div>fyi</div><blockquote class="gmail_quote">{quoted}</blockquote>'
    )
    assert len(read(inline).papers) == 2
    attached = an_email("look")
    attached.add_attachment(an_email("x - new results", html=SCHOLAR))
    assert [paper.title for paper in read(attached).papers] == [paper.title for paper in read(inline).papers]


@pytest.mark.parametrize("quote", ["", "> ", "> > "])
def test_arxivs_announcement_has_all_fields_and_replacements_are_no_news(quote: str) -> None:
    text = "".join(f"{quote}{line}\n" for line in ARXIV.splitlines())
    listing = read(an_email("Fwd: cs daily Subj-class mailing 0a1 1", plain=f"fyi\n\n{text}"))
    assert (listing.source, listing.name) == (ForwardedFrom.ARXIV, "arXiv: Computation and Language")
    first, second = listing.papers
    assert first.title == "Deeper graph networks and Müller's friends"
    assert first.authors == ("Ann Lee", "Bo Roy", "Cy Day")
    assert (first.categories, first.abstract) == (("cs.CL", "cs.LG"), "They go deeper than before.")
    assert first.also == (PaperId("doi", "10.1000/xyz.1"),)
    assert (second.id, second.title) == (PaperId("arxiv", "2604.00002"), "Maps")


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"Subject: hello\r\n\r\nLunch?",
        b"Content-Type: text/html\r\n\r\n<a href='https://example.org/scholar_url?url=https://a.example'>x</a>",
        b"Content-Type: text/html\r\n\r\n" + b"<!x scholar" * 5000,
    ],
)
def test_what_is_no_alert_lists_nothing(mail: bytes) -> None:
    assert listing_in(mail) is None


def nested(depth: int) -> bytes:
    content = an_email("x - new results", html=SCHOLAR).as_bytes()
    for _ in range(depth):
        content = b"Content-Type: message/rfc822\r\n\r\n" + content
    return content


def test_hostile_emails_take_no_longer_than_their_size() -> None:
    assert listing_in(nested(2))
    assert listing_in(nested(30)) is None
    link = (
        '<a href="https://scholar.google.com/scholar_url?url=https://a.example/{0}">Paper {0} of many</a><p>A Lee</p>'
    )
    huge = "".join(link.format(n) for n in range(3000))
    started = time.process_time()
    assert len(read(an_email("x - new results", html=huge)).papers) == MOST_PAPERS
    header = b"Content-Type: text/html\r\n\r\nscholar "
    for hostile in (b"<a href=" * 60_000, b"<" * 500_000, b"\\\\\narXiv:2604.00001\n" * 20_000, b"&#" * 200_000):
        listing_in(header + hostile)
        listing_in(b"\r\n" + hostile)
    encoded = base64.encodebytes(SCHOLAR.encode() * 50)
    listing_in(b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded)
    assert time.process_time() - started < 6
