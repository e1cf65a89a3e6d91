"""Answers to a group's mail go to the group with its next digest, and nowhere else."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

import pytest
import sqlalchemy as sa
from tests.a_group import CLOSED, NOW, OPEN, a_group, a_reader
from tests.digests.test_group_digest import GRAPHS, an_edition
from tests.digests.test_preview import announce, close
from tests.digests.test_window import HOW
from tests.inbound.test_replies import ADDRESSES, RENDERER
from tests.web.conftest import SIGNER

from dailypapers.digests.group_digest import compose_groups
from dailypapers.digests.layout import mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.group_comment import LONGEST_COMMENT, MOST_COMMENTS_A_DAY
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Rhythm, SubscriberState
from dailypapers.domain.vote import Vote
from dailypapers.inbound.by_mail import InboundHandler, inbound
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.parse import Incoming
from dailypapers.store import group_comments, groups, history, subscribers, votes
from dailypapers.store.database import reading, writing

DAY = dt.timedelta(days=1)


@pytest.fixture
def handler(engine: sa.Engine) -> InboundHandler:
    preferences = Preferences(Rhythm(), Amount(10))
    return InboundHandler(engine, SIGNER, ADDRESSES, preferences, Limits(), Domains(), lambda: NOW)


@pytest.fixture
def club(engine: sa.Engine) -> int:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN), (bob, CLOSED))
    an_edition(engine)
    compose_groups(engine, HOW, now=NOW)
    return group


def mails(engine: sa.Engine, name: str, kind: MailKind = MailKind.GROUP) -> list[Message]:
    with reading(engine) as tx:
        reader = subscribers.by_address(tx, f"{name}@example.org")
        assert reader
        sent = [each for each in history.of_subscriber(tx, reader.id) if each.kind is kind]
        return [message_from_bytes(mail(RENDERER, each)[1].content) for each in load_inputs(tx, sent)]


def text_of(message: Message) -> str:
    return message.get_payload()[0].get_payload(decode=True).decode()  # type: ignore[index,union-attr]


def answer(engine: sa.Engine, name: str, text: str, *more: str, to: str = "") -> Incoming:
    to = to or str(mails(engine, name)[0]["Reply-To"])
    header = [f"From: {name}@example.org", "Subject: Re: Graph club", "Message-ID: <1@mua.example>", *more]
    return Incoming(f"{name}@example.org", to, ("\r\n".join(header) + f"\r\n\r\n{text}\r\n").encode())


def comments(engine: sa.Engine, group: int) -> list[str]:
    with reading(engine) as tx:
        return [each.text for each in group_comments.newest(tx, group, limit=99)]


def told(engine: sa.Engine, name: str) -> str:
    return " ".join(text_of(mails(engine, name, MailKind.ANSWER)[-1]).partition("Change preferences")[0].split())


def test_a_comment_is_in_the_next_mail_under_its_paper_with_the_name_of_who_agreed(
    handler: InboundHandler, engine: sa.Engine, club: int
) -> None:
    quoted = "> " + text_of(mails(engine, "ada")[0]).replace("\n", "\r\n> ")
    said = f"1: Is <b>this</b> sound?\r\n\r\nI doubt it.\r\n\r\nOn Monday, Daily Papers wrote:\r\n{quoted}"
    assert inbound(handler, answer(engine, "ada", said)).startswith("250")
    assert told(engine, "ada") == f"Your comment on “{GRAPHS}” will be in the next email from Graph club."
    assert inbound(handler, answer(engine, "bob", "Shall we meet?\r\n-- \r\nBob")).startswith("250")
    assert comments(engine, club) == ["Shall we meet?", "Is <b>this</b> sound?\n\nI doubt it."]
    announce(engine, ["Weather"], NOW + DAY)
    close(engine, NOW + DAY)
    assert compose_groups(engine, HOW, now=NOW + DAY) == 2
    (_, message) = mails(engine, "bob")
    assert "Comments from the group" in str(message["Subject"])
    text = " ".join(text_of(message).split())
    assert f"COMMENTS FROM THE GROUP {GRAPHS}" in text
    assert "Ada: Is <b>this</b> sound? I doubt it. To the group A member: Shall we meet?" in text
    html = message.get_payload()[1].get_payload(decode=True).decode()  # type: ignore[index,union-attr]
    assert "Is &lt;b&gt;this&lt;/b&gt; sound?" in html
    assert compose_groups(engine, HOW, now=NOW + 2 * DAY) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("7: Nice", "There is no paper 7 in that email; its papers are numbered 1 to 1."),
        ("x" * (LONGEST_COMMENT + 1), "Comments can have up to 1,000 characters"),
        ("> 1: quoted", "We couldn’t find a comment in your reply"),
    ],
)
def test_what_cannot_be_posted_is_said(
    handler: InboundHandler, engine: sa.Engine, club: int, text: str, says: str
) -> None:
    inbound(handler, answer(engine, "ada", text))
    assert told(engine, "ada").startswith(says)
    assert comments(engine, club) == []


def test_a_digest_quoted_without_a_mark_and_what_is_attached_are_left_out(
    handler: InboundHandler, engine: sa.Engine, club: int
) -> None:
    whole = text_of(mails(engine, "ada")[0]).replace("\n", "\r\n")
    inbound(handler, answer(engine, "ada", f"Agreed.\r\n\r\n{whole}"))
    inbound(handler, answer(engine, "ada", whole))
    mixed = (
        "--b\r\nContent-Type: text/html\r\n\r\n<p>1: In <i>HTML</i></p><script>x()</script>\r\n--b\r\n"
        "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nattached\r\n--b--"
    )
    inbound(handler, answer(engine, "ada", mixed, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b"))
    assert comments(engine, club) == ["In HTML", "Agreed."]


def test_strangers_former_members_and_programs_say_nothing(
    handler: InboundHandler, engine: sa.Engine, club: int
) -> None:
    to = str(mails(engine, "bob")[0]["Reply-To"])
    assert inbound(handler, answer(engine, "eve", "Hi", to=to)).startswith("550 5.7.1 Please reply from")
    assert inbound(handler, answer(engine, "bob", "Away", "Auto-Submitted: auto-replied")).startswith("250")
    assert inbound(handler, replace(answer(engine, "bob", "Away"), sender="")).startswith("250")
    assert inbound(handler, answer(engine, "bob", "Unsubscribe")).startswith("250")
    assert told(engine, "bob") == "You have left the group Graph club."
    with reading(engine) as tx:
        reader = subscribers.by_address(tx, "bob@example.org")
    assert reader
    assert reader.state is SubscriberState.ACTIVE
    assert inbound(handler, answer(engine, "bob", "Hi", to=to)) == "550 5.7.1 You are not in this group"
    assert comments(engine, club) == []


def test_commands_are_for_who_sends_them_and_a_member_comments_so_often_a_day(
    handler: InboundHandler, engine: sa.Engine, club: int
) -> None:
    inbound(handler, answer(engine, "ada", "More like 1"))
    with writing(engine) as tx:
        ada = subscribers.by_address(tx, "ada@example.org")
        assert ada
        (cast,) = votes.of_subscriber(tx, ada.id)
        assert (cast.paper_id, cast.vote) == (groups.picks_of(tx, club, 1)[0].paper_id, Vote.LIKE)
        group_comments.add(tx, club, ada.id, [(None, "More")] * (MOST_COMMENTS_A_DAY - 1), now=NOW)
    inbound(handler, answer(engine, "ada", "One\r\n1: Two"))
    assert told(engine, "ada").startswith("You have posted 20 comments within a day")
    inbound(handler, answer(engine, "ada", "One"))
    assert len(comments(engine, club)) == MOST_COMMENTS_A_DAY
