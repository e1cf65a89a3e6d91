"""From an alert that a reader forwards to the digest that says so; on both databases."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.digests.test_compose import a_day, a_follower
from tests.digests.test_window import HOW, NOW
from tests.inbound.test_alert_mail import ARXIV, SCHOLAR, an_email
from tests.inbound.test_by_mail import OURS
from tests.playing_imap import PASSWORD, USER, playing_imap
from tests.web.conftest import PRESS, SIGNER

from dailypapers.digests.choose import ReaderContext
from dailypapers.digests.compose import Composed
from dailypapers.digests.forwarded import load_forwarded
from dailypapers.digests.layout import _two_passes, mail, message
from dailypapers.digests.preview import Previews, preview
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Rhythm
from dailypapers.inbound import forwarded as inbound_forwarded
from dailypapers.inbound.by_mail import InboundHandler, inbound, refusal
from dailypapers.inbound.poll import poll
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.imap import ImapServer
from dailypapers.mail.incoming.parse import Incoming
from dailypapers.store import forwarded, history, papers, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.erase import erase

ADDRESSES = replace(OURS, alerts="alerts@papers.example")
DAY = dt.timedelta(days=1)
ALERT = an_email('Fwd: "maps" - new results', html=SCHOLAR).as_bytes()


@pytest.fixture
def handler(engine: sa.Engine) -> InboundHandler:
    return a_handler(engine)


def a_handler(engine: sa.Engine) -> InboundHandler:
    preferences = Preferences(Rhythm(), Amount(10))
    return InboundHandler(engine, SIGNER, ADDRESSES, preferences, Limits(), Domains(), lambda: NOW)


def address(engine: sa.Engine, reader: int) -> str:
    with reading(engine) as tx:
        known = subscribers.one(tx, reader)
    assert known
    return f"alerts+{SIGNER.alert_token(known.bearer)}@papers.example"


def forward(handler: InboundHandler, to: str, content: bytes = ALERT, sender: str = "mallory@example.org") -> str:
    incoming = Incoming(sender, to, content)
    return refusal(handler.addresses, sender, to) or inbound(handler, incoming)


def texts(engine: sa.Engine, reader: int) -> list[str]:
    """The digests of a reader as text, oldest first."""
    with reading(engine) as tx:
        mails = [each for each in history.of_subscriber(tx, reader) if each.kind is MailKind.DIGEST and not each.detail]
        inputs = load_inputs(tx, sorted(mails, key=lambda each: each.id))
    for each in inputs:
        assert mail(PRESS, each)[1].content
    assert _two_passes(PRESS.templates).why_not == ""
    return [" ".join(message(PRESS, each).text.split()) for each in inputs]


def test_an_alert_comes_once_with_its_readers_next_digest_and_to_nobody_else(handler: InboundHandler) -> None:
    engine = handler.engine
    alice, bob = (a_follower(engine, name, Amount(5)) for name in ("alice", "bob"))
    to = address(engine, alice)
    for again in (to.upper(), to):
        assert forward(handler, again).startswith("250")
    assert a_day(engine, 0, "Zebrafish development in spring", "The weather") == Composed(digests=2)
    (hers,), (his,) = texts(engine, alice), texts(engine, bob)
    for title in ("Deeper graph networks & friends", "Maps of the sea"):
        assert hers.count(title) == 1
        assert title not in his
    assert "From your alert “maps”" in hers
    assert "Zebrafish development in spring" in hers
    assert "The weather" not in hers
    # Announced the day after by a source, it is no news to her; nor if it is forwarded once more.
    forward(handler, to)
    public = Paper(PaperId("arxiv", "2604.00001"), "Deeper graph networks & friends, of zebrafish development")
    with writing(engine) as tx:
        papers.add(tx, [Announcement(public, "arxiv", NOW.date())], now=NOW + DAY)
    assert a_day(engine, 1, "Zebrafish development in summer") == Composed(digests=2)
    assert "Deeper graph networks" not in texts(engine, alice)[-1]
    assert "Deeper graph networks" in texts(engine, bob)[-1]


def test_a_preview_shows_what_waits_and_changes_nothing(handler: InboundHandler) -> None:
    engine = handler.engine
    alice, bob = (a_follower(engine, name, Amount(5)) for name in ("alice", "bob"))
    a_day(engine, 0, "Zebrafish development in spring", "The weather")
    forward(handler, address(engine, alice))
    previews = Previews(engine, HOW)
    previews.load(now=NOW + DAY)

    def previewed(key: int) -> tuple[str, list[str]]:
        with reading(engine) as tx:
            reader = subscribers.one(tx, key)
            assert reader
            context = ReaderContext(Amount(5), subscribers.interests_of(tx, [key])[key])
        rendered, _, _ = preview(engine, PRESS, HOW, reader, zone="UTC", now=NOW + DAY)
        beside = previews.of(context, reader=reader, now=NOW + DAY)
        assert beside
        return rendered.text if rendered else "", [entry.paper.title for entry in beside[1].entries]

    for _ in range(2):
        mail_of_alice, beside = previewed(alice)
        assert "Maps of the sea" in mail_of_alice
        assert "From your alert “maps”" in mail_of_alice
        assert "Maps of the sea" in beside
        mail_of_bob, beside = previewed(bob)
        assert "Maps of the sea" not in mail_of_bob + " ".join(beside)
    a_day(engine, 1, "Zebrafish development in summer")
    assert "Maps of the sea" in texts(engine, alice)[-1]
    assert "Maps of the sea" not in previewed(alice)[1]
    previews.close()


def test_what_has_no_room_waits_and_what_was_sent_is_not_forwarded_again(sqlite: sa.Engine) -> None:
    engine, handler = sqlite, a_handler(sqlite)
    alice = a_follower(engine, "alice", Amount(1))
    forward(handler, address(engine, alice))
    for day in range(3):
        a_day(engine, day, f"The weather {day}")
    first, second = texts(engine, alice)
    assert ("Maps of the sea" in first) is not ("Maps of the sea" in second)
    assert ("Deeper graph" in first) is not ("Deeper graph" in second)


def test_of_arxivs_announcement_only_what_is_relevant_comes(handler: InboundHandler) -> None:
    engine = handler.engine
    alice = a_follower(engine, "alice", Amount(5))
    text = ARXIV.replace("Seas.", "Zebrafish development, and zebrafish.").replace(
        "Title: Maps", "Title: Zebrafish development"
    )
    forward(handler, address(engine, alice), an_email("cs daily", plain=text).as_bytes())
    a_day(engine, 0, "The weather")
    (hers,) = texts(engine, alice)
    assert "arXiv: Computation and Language" in hers
    assert "Zebrafish development" in hers
    assert "Deeper graph" not in hers


def test_a_known_paper_is_the_one_everybody_shares(handler: InboundHandler) -> None:
    engine = handler.engine
    alice = a_follower(engine, "alice", Amount(5))
    with writing(engine) as tx:
        public = Paper(PaperId("arxiv", "2604.00001"), "Deeper graphs, as arXiv calls it", "Whole abstract.")
        papers.add(tx, [Announcement(public, "arxiv", NOW.date())], now=NOW)
    forward(handler, address(engine, alice))
    a_day(engine, 0, "The weather")
    (hers,) = texts(engine, alice)
    assert hers.count("Deeper graphs, as arXiv calls it") == 1
    assert "networks & friends" not in hers


def test_only_the_whole_address_of_somebody_who_reads_is_taken(handler: InboundHandler) -> None:
    engine = handler.engine
    alice = a_follower(engine, "alice", Amount(5))
    to = address(engine, alice)
    assert forward(handler, "alerts@papers.example").startswith("550")
    for wrong in ("alerts+x@papers.example", to.replace("+", "+a"), "alerts+@papers.example"):
        assert forward(handler, wrong).startswith("550")
    assert forward(handler, to, b"Subject: lunch?\r\n\r\nno alert", sender="").startswith("250")
    with writing(engine) as tx:
        assert forwarded.count_since(tx, alice, NOW - DAY) == 0
        erase(tx, alice)
    assert forward(handler, to).startswith("550")


def test_a_thousand_alerts_a_day_are_bounded(handler: InboundHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = a_follower(handler.engine, "alice", Amount(5))
    monkeypatch.setattr(inbound_forwarded, "MOST_A_DAY", 3)
    for n in range(6):
        html = SCHOLAR.replace("2604.00001", f"2604.0000{n}").replace("x%3D1", f"x%3D{n}")
        content = an_email(
            "x - new results", html=html.replace("Deeper", f"{n}er").replace("Maps", f"{n} maps")
        ).as_bytes()
        assert forward(handler, address(handler.engine, alice), content).startswith("250")
    with reading(handler.engine) as tx:
        assert forwarded.count_since(tx, alice, NOW - DAY) == 3


def test_alerts_and_replies_are_taken_from_a_mailbox_too(sqlite: sa.Engine) -> None:
    handler = a_handler(sqlite)
    alice = a_follower(sqlite, "alice", Amount(5))
    with playing_imap() as box:
        header = f"Return-Path: <a@example.org>\r\nDelivered-To: {address(sqlite, alice)}\r\n".encode()
        box.deliver(header + ALERT.replace(b"\n", b"\r\n"))
        assert poll(handler, ImapServer("127.0.0.1", box.port, "none", USER, PASSWORD)) == 1
    with reading(sqlite) as tx:
        assert forwarded.count_since(tx, alice, NOW - DAY) == 2
    replies = replace(ADDRESSES, replies="reply@papers.example")
    assert replies.is_for_us("reply+token@papers.example")
    assert not replies.is_for_us("somebody@papers.example")


def test_however_many_forward_the_store_is_asked_as_often(sqlite: sa.Engine) -> None:
    handler, readers = a_handler(sqlite), [a_follower(sqlite, f"reader{n}", Amount(5)) for n in range(3)]
    asked: list[str] = []
    sa.event.listen(sqlite, "before_cursor_execute", lambda *about: asked.append(about[2]))
    counts = []
    for reader in readers:
        forward(handler, address(sqlite, reader))
        with reading(sqlite) as tx:
            everybody = list(subscribers.by_id(tx, readers).values())
            asked.clear()
            loaded = load_forwarded(tx, everybody, since=NOW - dt.timedelta(days=9))
            counts.append(len(asked))
    assert len(set(counts)) == 1
    assert [len(each) for each in loaded.candidates] == [2, 2, 2]
