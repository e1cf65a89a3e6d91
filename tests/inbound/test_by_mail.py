"""Subscribing and unsubscribing by mail, over a real conversation, on both databases."""

import datetime as dt
import smtplib
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.subscriptions.an_id_again import given_again
from tests.web.a_digest import Got, a_digest
from tests.web.conftest import NOW, PRESS, SIGNER
from tests.web.test_pages import everything

from dailypapers.digests.layout import mail
from dailypapers.digests.render_input import RenderInput
from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.digest import Digest
from dailypapers.domain.edition import Edition
from dailypapers.domain.link import Bearer
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, Subscriber, SubscriberState
from dailypapers.inbound.by_mail import Addresses, InboundHandler, Request, callbacks, decide, inbound, refusal
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.keep import KeptMail
from dailypapers.mail.incoming.parse import Incoming
from dailypapers.mail.incoming.server import Inbound
from dailypapers.store import outbox, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import outbox as outbox_table
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.erase import erase

OURS = Addresses(
    "join@papers.example",
    "leave@papers.example",
    frozenset({"papers@papers.example"}),
    bounces="bounces@papers.example",
    complaints="abuse@papers.example",
)
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(engine: sa.Engine) -> InboundHandler:
    preferences, limits = Preferences(Rhythm(), Amount(10)), Limits(overall_hour=8)
    return InboundHandler(engine, SIGNER, OURS, preferences, limits, Domains(disposable=["throw.example"]), lambda: NOW)


def letter(
    person: str = "alice@example.org", to: str = "join@papers.example", *, sender: str = "x@y.example"
) -> Incoming:
    return Incoming(sender, to, f"From: {person}\r\nSubject: buy pills\r\n\r\nhi\r\n".encode())


def known(engine: sa.Engine, address: str) -> Subscriber | None:
    with reading(engine) as tx:
        return subscribers.by_address(tx, address)


def mails(engine: sa.Engine) -> list[str]:
    with reading(engine) as tx:
        return [row.address for row in tx.execute(sa.select(outbox_table).order_by(outbox_table.c.id))]


def reads(engine: sa.Engine) -> int:
    with writing(engine) as tx:
        sign_up.admit(tx, "bob@example.org", Preferences(Rhythm(), Amount(5)), consent=Consent("x"), now=NOW)
    found = known(engine, "bob@example.org")
    assert found is not None
    return found.id


def bearer(engine: sa.Engine, reader: int) -> Bearer:
    with reading(engine) as tx:
        found = subscribers.one(tx, reader)
    assert found is not None
    return found.bearer


def test_a_mail_to_the_subscribe_address_asks_to_confirm(desk: InboundHandler) -> None:
    with Inbound(*callbacks(desk)) as server, smtplib.LMTP(server.host, server.port) as client:
        client.sendmail("Alice@example.org", ["Join@Papers.example"], letter("Alice <Alice@Example.org>").content)
    reader = known(desk.engine, "alice@example.org")
    assert reader is not None
    assert (reader.state, reader.consent.way) == (SubscriberState.PENDING, "mail")
    assert mails(desk.engine) == ["alice@example.org"]


def test_a_digest_says_where_to_unsubscribe_by_mail_and_a_mail_there_does(desk: InboundHandler) -> None:
    reader = reads(desk.engine)
    with writing(desk.engine) as tx:
        new = outbox.NewDelivery(reader, "bob@example.org", MailKind.CONFIRM, deadline=NOW + DAY)
        outbox.put(tx, [new], now=NOW)
        subscribers.transition(tx, reader, to=SubscriberState.PENDING, now=NOW)
        delivery = outbox.claim(tx, "test", 1, now=NOW)[0]
        subscribers.transition(tx, reader, to=SubscriberState.ACTIVE, now=NOW)
    digest = delivery._replace(kind=MailKind.DIGEST)
    edition = Edition(1, NOW.date(), NOW, 0, ())
    sheet = RenderInput(digest, bearer(desk.engine, reader), edition, Digest((), trending=False))
    made = mail(replace(PRESS, unsubscribe_address=OURS.unsubscribe), sheet)[1].content
    listed = message_from_bytes(made)["List-Unsubscribe"]
    to = listed.partition("<mailto:")[2].partition("?")[0]
    assert to.startswith("leave+")
    assert to.endswith("@papers.example")
    assert len(to.partition("@")[0]) <= 64
    with Inbound(*callbacks(desk), lmtp=False) as server, smtplib.SMTP(server.host, server.port) as client:
        for sender in ("", "anybody@example.org"):
            assert client.sendmail(sender, [to.upper()], b"Auto-Submitted: auto-generated\r\n\r\n") == {}
    found = known(desk.engine, "bob@example.org")
    assert found is not None
    assert found.state is SubscriberState.UNSUBSCRIBED


def test_tokens_that_are_forged_old_or_for_the_web_unsubscribe_nobody(desk: InboundHandler) -> None:
    reader = reads(desk.engine)
    mine = bearer(desk.engine, reader)
    good = SIGNER.mail_token(mine, issued=NOW)
    old = SIGNER.mail_token(mine, issued=NOW - 500 * DAY)
    other = SIGNER.mail_token(Bearer(reader + 1), issued=NOW)
    before = everything(desk.engine)
    for token in (good[:-1], good[:-6] + "aaaaaa", "q" + good[1:], old, "", "x", "8" * 40, "é", "a" * 4000):
        reply = inbound(desk, letter(to=f"leave+{token}@papers.example"))
        assert reply.startswith(("550", "250 2.0.0 Thank")), token
    assert inbound(desk, letter(to=f"leave+{other}@papers.example")).startswith("250"), "erased ones are well"
    assert everything(desk.engine) == before
    assert inbound(desk, letter(to=f"leave+{good}@papers.example")) == "250 2.0.0 Unsubscribed"


def test_a_token_fits_into_an_address_whoever_it_is_for() -> None:
    for reader in (Bearer(1), Bearer(10**6, "of one"), Bearer(2**63 - 1, "of the last")):
        token = SIGNER.mail_token(reader, issued=NOW)
        assert len(f"papers-unsubscribe+{token}") <= 64
        for written, now in ((token, NOW), (token.upper(), NOW + 400 * DAY)):
            assert SIGNER.is_held_by(reader, SIGNER.mail_claim(written, now=now))


def test_an_erased_subscribers_address_does_not_unsubscribe_who_has_the_id_now(desk: InboundHandler) -> None:
    reader = reads(desk.engine)
    token = SIGNER.mail_token(bearer(desk.engine, reader), issued=NOW)
    with writing(desk.engine) as tx:
        erase(tx, reader)
    assert given_again(desk.engine, reader) == reader
    before = everything(desk.engine)
    assert inbound(desk, letter(to=f"leave+{token}@papers.example")) == "250 2.0.0 Unsubscribed"
    assert everything(desk.engine) == before


@pytest.mark.parametrize(
    "mail",
    [
        letter(sender=""),
        letter("MAILER-DAEMON@example.org"),
        letter("join@papers.example"),
        letter("Bounces <BOUNCES@papers.example>"),
        letter("join+x@papers.example"),
        letter("Leave+token@papers.example"),
        letter("bounces+alice=example.org@papers.example"),
        letter("((((" * 1000),
        replace(letter(), content=b"From: \xff\xfe@example.org\r\n\r\n"),
        letter("nobody at all"),
        letter("a@b@c"),
        letter("<script>@example.org"),
        letter("alice@example.org\r\nAuto-Submitted: auto-replied"),
    ],
)
def test_what_no_person_sent_asks_for_nothing(desk: InboundHandler, mail: Incoming) -> None:
    assert decide(mail, OURS).nothing
    before = everything(desk.engine)
    assert inbound(desk, mail) == "250 2.0.0 Thank you"
    assert everything(desk.engine) == before


def test_disposable_addresses_and_known_ones_get_the_same_thanks(desk: InboundHandler) -> None:
    reads(desk.engine)
    assert {inbound(desk, letter(f"{who}.example")) for who in ("a@throw", "b@good")} == {"250 2.0.0 Thank you"}
    assert inbound(desk, letter("bob@example.org")) == "250 2.0.0 Thank you"
    assert mails(desk.engine) == ["b@good.example"]


def test_the_limits_are_those_of_the_form(desk: InboundHandler) -> None:
    for _ in range(3):
        assert inbound(desk, letter("alice+x@gmail.com")).startswith("250")
    assert mails(desk.engine) == ["alice+x@gmail.com"]
    assert inbound(desk, letter("bob@example.org")).startswith("250")
    assert inbound(desk, letter("carol@example.org")).startswith("451"), "a quarter of what may be asked in an hour"
    later = replace(desk, clock=lambda: NOW + dt.timedelta(hours=2))
    assert inbound(later, letter("carol@example.org")).startswith("250")


def test_closed_doors_are_closed_for_mail_too(desk: InboundHandler) -> None:
    closed = replace(desk, open=False)
    assert inbound(closed, letter()).startswith("550")
    assert mails(desk.engine) == []


@pytest.mark.parametrize(
    ("sender", "recipient", "code"),
    [
        ("a@b.example", "JOIN@papers.example", ""),
        ("a@b.example", "leave+token@papers.example", ""),
        ("a@b.example", "leave@papers.example", "550"),
        ("a@b.example", "leave+@papers.example", "550"),
        ("a@b.example", "leave+token@elsewhere.example", "550"),
        ("", "bounces@papers.example", ""),
        ("a@b.example", "bounces@papers.example", ""),
        ("a@b.example", "Bounces+token@papers.example", ""),
        ("a@b.example", "abuse@papers.example", ""),
        ("", "papers@papers.example", ""),
        ("a@b.example", "papers@papers.example", "550"),
        ("", "", "550"),
        ("", "somebody@papers.example", "550"),
    ],
)
def test_recipients_are_ours_or_refused(sender: str, recipient: str, code: str) -> None:
    assert refusal(OURS, sender, recipient)[:3] == code


def test_deciding_is_pure() -> None:
    assert decide(letter(), OURS) == Request(subscribe="alice@example.org")
    assert decide(letter(to="Leave+ABC@papers.example"), OURS) == Request(unsubscribe="abc")
    for to in ("bounces+x@papers.example", "abuse@papers.example", "papers@papers.example"):
        assert decide(letter(to=to), OURS) == Request(is_report=True)


def test_a_mail_made_to_break_the_reading_is_taken_and_does_not_come_again(desk: InboundHandler) -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3_000))
    with Inbound(*callbacks(desk), lmtp=False) as server, smtplib.SMTP(server.host, server.port) as client:
        for content in (b"From: " + b"(" * 900 + b"\r\n\r\n", b"Auto-Submitted: no\r\n" + deep):
            assert client.sendmail("eve@example.org", [OURS.subscribe], content) == {}
    assert mails(desk.engine) == []


def test_a_reader_who_writes_in_utf_8_is_understood(desk: InboundHandler) -> None:
    with Inbound(*callbacks(desk), lmtp=False) as server, smtplib.SMTP(server.host, server.port) as client:
        client.ehlo()
        content = letter("Jürgen Müller <jürgen@bücher.example>").content
        client.sendmail("eve@example.org", [OURS.subscribe], content, mail_options=["SMTPUTF8"])
    assert mails(desk.engine) == ["jürgen@bücher.example"]


REPORT = b"""From: MAILER-DAEMON@y.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; y.example

Final-Recipient: rfc822; whoever@y.example
Action: failed
Status: 5.1.1
--b--
"""


@pytest.fixture
def sent(engine: sa.Engine) -> Got:
    """A digest the server has accepted."""
    digest = a_digest(engine)
    with writing(engine) as tx:
        (claimed,) = outbox.claim(tx, "tester", 1, now=NOW)
        outbox.record(tx, [claimed._replace(state=DeliveryState.ACCEPTED)])
    return digest


def state(engine: sa.Engine, got: Got) -> SubscriberState:
    with reading(engine) as tx:
        found = subscribers.one(tx, got.reader)
    assert found is not None
    return found.state


def test_a_bounce_to_the_address_a_mail_came_from_is_recorded(desk: InboundHandler, sent: Got, tmp_path: Path) -> None:
    kept = KeptMail(tmp_path / "unread")
    desk = replace(desk, kept=kept)
    to = f"Bounces+{SIGNER.bounce_token(sent.delivery).upper()}@Papers.example"
    with Inbound(*callbacks(desk)) as server, smtplib.LMTP(server.host, server.port) as client:
        for _ in range(2):
            assert client.sendmail("", [to], REPORT) == {}
    assert state(desk.engine, sent) is SubscriberState.BOUNCED
    assert kept.count() == 0


def test_what_answers_by_itself_ends_nothing_and_who_answers_that_they_leave_is_unsubscribed(
    desk: InboundHandler, sent: Got
) -> None:
    to = f"bounces+{SIGNER.bounce_token(sent.delivery)}@papers.example"
    away = b"From: alice@example.org\nAuto-Submitted: auto-replied\nSubject: unsubscribe\n\nAway"
    assert inbound(desk, Incoming("", to, away)) == "250 2.0.0 Thank you"
    assert state(desk.engine, sent) is SubscriberState.ACTIVE
    leave = b"From: alice@example.org\nSubject: Unsubscribe\n\n"
    assert inbound(desk, Incoming("x@y.example", "bounces@papers.example", leave)) == "250 2.0.0 Thank you"
    assert state(desk.engine, sent) is SubscriberState.ACTIVE
    assert inbound(desk, Incoming("x@y.example", to, leave)) == "250 2.0.0 Unsubscribed"
    assert state(desk.engine, sent) is SubscriberState.UNSUBSCRIBED


def test_what_cannot_be_read_or_is_about_no_mail_of_ours_is_kept(desk: InboundHandler, tmp_path: Path) -> None:
    desk = replace(desk, kept=KeptMail(tmp_path / "unread", most=2))
    before = everything(desk.engine)
    replies = [inbound(desk, Incoming("", "bounces@papers.example", content)) for content in (REPORT, b"\0", REPORT)]
    assert [reply[:3] for reply in replies] == ["250", "250", "452"]
    assert everything(desk.engine) == before
