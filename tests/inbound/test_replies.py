"""Replies to digests: over a real conversation, on both databases, from the Reply-To to the answer that leaves."""

import datetime as dt
import smtplib
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

import pytest
import sqlalchemy as sa
from tests.inbound.test_by_mail import OURS, known
from tests.web.a_digest import CELLS, GRAPHS, Got, a_digest
from tests.web.conftest import NOW, PRESS, SIGNER
from tests.web.test_pages import everything

from dailypapers.digests.layout import _two_passes, mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Rhythm, SubscriberState
from dailypapers.domain.vote import Vote
from dailypapers.inbound.by_mail import InboundHandler, callbacks, inbound, refusal
from dailypapers.inbound.replies import MOST_AN_HOUR
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.parse import Incoming
from dailypapers.mail.incoming.server import Inbound
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import history, outbox, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.erase import erase

ADDRESSES = replace(OURS, replies="reply@papers.example")
RENDERER = replace(
    PRESS, templates=environment(shipped("templates"), takes_replies=True), reply_address=ADDRESSES.replies
)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def handler(engine: sa.Engine) -> InboundHandler:
    preferences = Preferences(Rhythm(), Amount(10))
    return InboundHandler(engine, SIGNER, ADDRESSES, preferences, Limits(), Domains(), lambda: NOW)


@pytest.fixture
def digest(engine: sa.Engine) -> Got:
    return a_digest(engine)


def rendered(engine: sa.Engine, kind: MailKind) -> list[Message]:
    with reading(engine) as tx:
        (reader,) = {subscriber.id for subscriber in subscribers.every(tx)}
        deliveries = [each for each in history.of_subscriber(tx, reader) if each.kind is kind]
        return [message_from_bytes(mail(RENDERER, each)[1].content) for each in load_inputs(tx, deliveries)]


def reply_address(engine: sa.Engine) -> str:
    (digest,) = rendered(engine, MailKind.DIGEST)
    return str(digest["Reply-To"])


def reply(to: str, text: str, person: str = "Alice <alice@example.org>", *more: str) -> Incoming:
    header = [f"From: {person}", "Subject: Re: Deeper", "Message-ID: <1@mua.example>", *more]
    return Incoming("alice@example.org", to, ("\r\n".join(header) + f"\r\n\r\n{text}\r\n").encode())


def answers(engine: sa.Engine) -> list[str]:
    parts = (message.get_payload() for message in rendered(engine, MailKind.ANSWER))
    texts = [part[0].get_payload(decode=True).decode() for part in parts if isinstance(part, list)]  # type: ignore[union-attr]
    return [" ".join(text.partition("Change preferences")[0].split()) for text in texts]


def of_alice(engine: sa.Engine) -> dict[int, frozenset[Vote]]:
    with reading(engine) as tx:
        cast = votes.of_subscriber(tx, 1)
    return {
        paper: frozenset(each.vote for each in cast if each.paper_id == paper) for paper in {c.paper_id for c in cast}
    }


def test_a_digest_numbers_its_papers_says_what_to_reply_and_where_a_reply_goes(engine: sa.Engine, digest: Got) -> None:
    (message,) = rendered(engine, MailKind.DIGEST)
    text, html = (part.get_payload(decode=True).decode() for part in message.get_payload())  # type: ignore[union-attr]
    assert "Reply to this email with “more like 3”" in " ".join(text.split())
    assert "Reply to this email with “more like 3”" in html
    assert ">1. <a" in html
    assert ">2. <a" in html
    assert str(message["Reply-To"]).startswith("reply+")
    assert _two_passes(RENDERER.templates).why_not == ""
    with reading(engine) as tx:
        (as_before,) = load_inputs(tx, history.of_subscriber(tx, digest.reader))
    without = message_from_bytes(mail(PRESS, as_before)[1].content)
    assert without["Reply-To"] is None
    assert b"Reply to this" not in without.as_bytes()


def test_commands_are_done_and_confirmed_in_one_mail(handler: InboundHandler, digest: Got) -> None:
    text = "More like 1, save 2.\r\n\r\nOn Monday, Daily Papers wrote:\r\n> less like 1\r\n> unsubscribe"
    to = reply_address(handler.engine)
    with Inbound(*callbacks(handler)) as server, smtplib.LMTP(server.host, server.port) as client:
        client.sendmail("alice@example.org", [to.upper()], reply(to, text).content)
    first, second = digest.papers
    assert of_alice(handler.engine) == {first: {Vote.LIKE}, second: {Vote.SAVE}}
    assert answers(handler.engine) == [
        f"You’ll see more papers like “{GRAPHS.title}”. Saved “{CELLS.title}”.",
    ]
    (message,) = rendered(handler.engine, MailKind.ANSWER)
    assert message["To"] == "alice@example.org"
    assert (message["Auto-Submitted"], message["In-Reply-To"]) == ("auto-replied", "<1@mua.example>")
    assert message["List-Id"] is None
    assert inbound(handler, reply(to, "less like 1")).startswith("250")
    assert of_alice(handler.engine)[first] == {Vote.DISLIKE}


def test_a_pause_a_return_and_topics(handler: InboundHandler, digest: Got) -> None:
    to = reply_address(handler.engine)
    inbound(handler, reply(to, "pause until May"))
    reader = known(handler.engine, "alice@example.org")
    assert reader is not None
    assert (reader.state, reader.paused_until) == (SubscriberState.PAUSED, dt.date(2026, 5, 1))
    inbound(handler, reply(to, "resume\ntopics"))
    reader = known(handler.engine, "alice@example.org")
    assert reader is not None
    assert reader.state is SubscriberState.ACTIVE
    assert answers(handler.engine) == [
        "Paused until 2026-05-01.",
        "Your digests will continue. Your topics: graphs.",
    ]


def test_whoever_unsubscribes_is_told_so_and_nothing_else_is_done_afterwards(
    handler: InboundHandler, digest: Got
) -> None:
    inbound(handler, reply(reply_address(handler.engine), "unsubscribe\nmore like 1"))
    reader = known(handler.engine, "alice@example.org")
    assert reader is not None
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert of_alice(handler.engine) == {}
    with writing(handler.engine) as tx:
        (claimed,) = outbox.claim(tx, "w", 5, now=NOW)
    assert (claimed.kind, claimed.address) == (MailKind.ANSWER, "alice@example.org")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("more like 3", "There is no paper 3 in that digest; its papers are numbered 1 to 2."),
        ("save 0", "There is no paper 0 in that digest"),
        ("more", "Which paper do you mean? Add its number, as in “more like 3”."),
        ("pause until 03/05/2027", "We couldn’t tell when your pause should end."),
        ("pause until 1 May 2020", "We couldn’t tell when your pause should end."),
        ("Great selection today!", "We couldn’t find a command in your reply, so nothing has changed. Try"),
        ("> unsubscribe\r\n> more like 1", "We couldn’t find a command in your reply"),
        ("help", "You can reply to a digest with “more like 3”"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence_that_helps(
    handler: InboundHandler, digest: Got, text: str, says: str
) -> None:
    inbound(handler, reply(reply_address(handler.engine), text))
    (said,) = answers(handler.engine)
    assert said.startswith(says)
    assert of_alice(handler.engine) == {}


def test_replies_of_others_forged_ones_and_those_of_programs_change_nothing(
    handler: InboundHandler, digest: Got
) -> None:
    to, handler = reply_address(handler.engine), replace(handler, authentication_server="mx.papers.example")
    token = to.partition("+")[2].partition("@")[0]
    before = everything(handler.engine)
    for sent, says in (
        (reply(to, "unsubscribe", "mallory@example.org"), "550 5.7.1 Please reply from the address"),
        (
            reply(to, "unsubscribe", "alice@example.org", "Authentication-Results: mx.papers.example; dmarc=fail"),
            "550 5.7.1 This",
        ),
        (reply(to, "unsubscribe", "alice@example.org", "Auto-Submitted: auto-replied"), "250"),
        (reply(to, "unsubscribe", "alice@example.org", "Precedence: bulk"), "250"),
        (replace(reply(to, "unsubscribe"), sender=""), "250"),
        (reply(to, "unsubscribe", "alice@example.org, bob@example.org"), "250"),
        (reply(to.replace(token, token[:-3] + "aaa"), "unsubscribe"), "550 5.1.1"),
        (reply(to.replace(token, SIGNER.bounce_token(digest.delivery)), "unsubscribe"), "550 5.1.1"),
    ):
        assert inbound(handler, sent).startswith(says)
        assert everything(handler.engine) == before
    assert refusal(ADDRESSES, "alice@example.org", "reply@papers.example").startswith("550 5.1.1 Please reply")
    detail = reply(to, "save 1", "alice+phone@example.org", "Authentication-Results: mx.papers.example; dmarc=pass")
    assert inbound(handler, detail).startswith("250")
    assert len(answers(handler.engine)) == 1


def test_an_expired_address_and_that_of_an_erased_reader_do_nothing(handler: InboundHandler, digest: Got) -> None:
    to = reply_address(handler.engine)
    late = replace(handler, clock=lambda: NOW + dt.timedelta(days=91))
    assert inbound(late, reply(to, "unsubscribe")).startswith("550 5.1.1")
    with writing(handler.engine) as tx:
        erase(tx, digest.reader)
    assert inbound(handler, reply(to, "unsubscribe")).startswith("550 5.1.1")


def test_two_programs_that_answer_each_other_come_to_an_end(handler: InboundHandler, digest: Got) -> None:
    to = reply_address(handler.engine)
    for _ in range(MOST_AN_HOUR + 3):
        inbound(handler, reply(to, "I am away."))
    assert len(answers(handler.engine)) == MOST_AN_HOUR
    later = replace(handler, clock=lambda: NOW + 2 * HOUR)
    inbound(later, reply(to, "unsubscribe"))
    assert len(answers(handler.engine)) == MOST_AN_HOUR + 1


def test_a_digest_whose_papers_are_gone_says_so_and_leaves_the_rest(handler: InboundHandler, digest: Got) -> None:
    to = reply_address(handler.engine)
    with writing(handler.engine) as tx:
        tx.execute(sa.text("DELETE FROM picks"))
    inbound(handler, reply(to, "more like 1, topics"))
    assert answers(handler.engine) == [
        "That digest is too old: its papers are no longer stored. Please reply to a newer one. Your topics: graphs."
    ]
