"""From outbox rows to mails: the same rows give the same bytes, links are for their reader alone, picks keep order."""

import datetime as dt
import email
import email.policy
import re
from dataclasses import replace

import dkim as verifier
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.web.a_digest import NOW, a_digest

from dailypapers.digests.layout import MailRenderer, mail, message
from dailypapers.digests.render_input import RenderInput, load_inputs
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.message import Sender
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import AS_USUAL, Abstracts, Amount, Consent, Rhythm, Style
from dailypapers.errors import BadToken
from dailypapers.mail.message import dkim
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import history, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.erase import erase
from dailypapers.subscriptions.links import bearer_of
from dailypapers.tokens import Signer

HOME = "https://papers.example.org/"
SIGNER = Signer(HOME.rstrip("/"), b"secret")
RENDERER = MailRenderer(
    environment(shipped("templates")),
    SIGNER,
    Sender("Daily Papers", "papers@example.org", "bounce@example.org", "papers.example.org"),
    HOME,
    b"secret",
    "leave@example.org",
)


def inputs_of(engine: sa.Engine, *deliveries: int) -> list[RenderInput]:
    with reading(engine) as tx:
        rows = [history.by_id(tx, number) for number in deliveries]
        return load_inputs(tx, [row for row in rows if row is not None])


def test_a_confirmation_has_no_digest_and_its_link_confirms(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        preferences = Preferences(Rhythm(), Amount(5))
        reader = sign_up.subscribe(tx, "alice@example.org", preferences, consent=Consent("web"), now=NOW)
        assert reader is not None
        (delivery,) = history.of_subscriber(tx, reader)
    (loaded,) = inputs_of(engine, delivery.id)
    assert (loaded.digest, loaded.edition) == (None, None)
    made = message(RENDERER, loaded)
    (token,) = set(re.findall(rf"{HOME}confirm/(\S+)", made.text))
    with reading(engine) as tx:
        bearer = bearer_of(tx, SIGNER, SIGNER.claim(Purpose.CONFIRM, token, now=NOW))
    assert bearer is not None
    assert bearer.id == reader
    content = email.message_from_bytes(mail(RENDERER, loaded)[1].content)
    assert "List-Unsubscribe" not in content


def test_the_same_row_gives_the_same_bytes(engine: sa.Engine) -> None:
    got = a_digest(engine)
    first, again = (mail(RENDERER, inputs_of(engine, got.delivery)[0]) for _ in range(2))
    assert first == again
    name, outgoing = first
    assert (outgoing.envelope.sender, outgoing.envelope.recipient) == ("bounce@example.org", "alice@example.org")
    assert outgoing.delivery == got.delivery
    assert email.message_from_bytes(outgoing.content)["Message-ID"] == name


def test_message_ids_differ_by_reader_and_edition_and_give_nobody_away(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    one, two = inputs_of(engine, got.delivery, other.delivery)
    later = replace(one, delivery=one.delivery._replace(edition=2))
    names = {mail(RENDERER, each)[0] for each in (one, two, later)}
    assert len(names) == 3
    assert mail(RENDERER, one)[0] == mail(RENDERER, replace(one, delivery=one.delivery._replace(id=99)))[0]
    assert not any("alice" in name for name in names)


def test_a_digest_can_be_left_with_one_click_and_by_mail_and_each_paper_voted_on(engine: sa.Engine) -> None:
    got = a_digest(engine)
    (loaded,) = inputs_of(engine, got.delivery)
    content = email.message_from_bytes(mail(RENDERER, loaded)[1].content, policy=email.policy.default)
    assert content["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mailto, url = re.findall(r"<([^>]+)>", content["List-Unsubscribe"])
    if mailto.startswith("https:"):
        mailto, url = url, mailto
    token = url.removeprefix(f"{HOME}unsubscribe/")
    assert SIGNER.claim(Purpose.UNSUBSCRIBE, token, now=NOW).subscriber_id == got.reader
    by_mail = re.fullmatch(r"mailto:leave\+(\w+)@example\.org\?subject=unsubscribe", mailto)
    assert by_mail is not None
    assert SIGNER.mail_claim(by_mail[1], now=NOW).subscriber_id == got.reader
    html = message(RENDERER, loaded).html
    tokens = set(re.findall(rf"{HOME}feedback/([^\"/?]+)", html))
    assert {SIGNER.claim(Purpose.FEEDBACK, each, now=NOW).about for each in tokens} == set(got.papers)


def test_without_an_address_to_leave_by_there_is_none_in_the_mail(engine: sa.Engine) -> None:
    got = a_digest(engine)
    (loaded,) = inputs_of(engine, got.delivery)
    assert b"mailto:" not in mail(replace(RENDERER, unsubscribe_address=""), loaded)[1].content


def test_a_link_in_a_mail_of_who_was_erased_opens_nothing(engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        delivery = history.by_id(tx, got.delivery)
        assert delivery is not None
        erase(tx, got.reader)
        (loaded,) = load_inputs(tx, [delivery])
        assert loaded.bearer == Bearer(got.reader)
        token = SIGNER.token(Purpose.PREFERENCES, loaded.bearer, issued=NOW)
        assert bearer_of(tx, SIGNER, SIGNER.claim(Purpose.PREFERENCES, token, now=NOW)) is None


def test_links_last_from_when_the_digest_was_composed(engine: sa.Engine) -> None:
    got = a_digest(engine)
    (loaded,) = inputs_of(engine, got.delivery)
    (token,) = set(re.findall(rf"{HOME}preferences/([\w.-]+)", message(RENDERER, loaded).text))
    assert SIGNER.claim(Purpose.PREFERENCES, token, now=NOW).subscriber_id == got.reader
    with pytest.raises(BadToken):
        SIGNER.claim(Purpose.PREFERENCES, token, now=NOW + dt.timedelta(days=5000))


def test_a_mail_whose_style_was_not_stored_has_the_style_its_reader_prefers_now(engine: sa.Engine) -> None:
    got = a_digest(engine)
    style = Style(text_only=True, abstracts=Abstracts.NONE)
    with writing(engine) as tx:
        subscribers.change(tx, got.reader, rhythm=Rhythm(), amount=Amount(5), style=style)
    (loaded,) = inputs_of(engine, got.delivery)
    assert loaded.style == style
    assert "They go deeper" not in message(RENDERER, replace(loaded, style=style)).text
    assert "They go deeper" in message(RENDERER, replace(loaded, style=AS_USUAL)).text


def test_each_mail_has_an_envelope_sender_of_its_own_where_the_bounce_address_takes_one(engine: sa.Engine) -> None:
    got, other = a_digest(engine), a_digest(engine, "bob")
    renderer = replace(RENDERER, sender=replace(RENDERER.sender, bounce_plus=True))
    addresses = [mail(renderer, each)[1].envelope.sender for each in inputs_of(engine, got.delivery, other.delivery)]
    tokens = [re.fullmatch(r"bounce\+([a-z2-7]+)@example\.org", address) for address in addresses]
    assert [SIGNER.bounced(token[1]) for token in tokens if token] == [got.delivery, other.delivery]
    assert "alice" not in addresses[0]
    assert max(map(len, addresses)) <= len("bounce+@example.org") + 30


def test_a_digest_says_which_list_issue_and_sender_it_is_of(engine: sa.Engine) -> None:
    got = a_digest(engine)
    (loaded,) = inputs_of(engine, got.delivery)
    sender = replace(RENDERER.sender, complaints="fbl@example.org", feedback_id="example-org")
    content = email.message_from_bytes(mail(replace(RENDERER, sender=sender), loaded)[1].content)
    assert content["Feedback-ID"] == f"{NOW:%Y%m%d}:topics:digest:example-org"
    assert content["X-Dailypapers-Issue"] == f"{NOW:%Y-%m-%d}"
    assert content["CFBL-Address"] == "fbl@example.org; report=arf"
    assert content["Archived-At"].startswith(f"<{HOME}digest/")
    assert (content["Auto-Submitted"], content["Precedence"]) == ("auto-generated", "bulk")


def test_a_signed_mail_is_the_same_bytes_on_a_retry_and_others_verify_it(engine: sa.Engine) -> None:
    got = a_digest(engine)
    (loaded,) = inputs_of(engine, got.delivery)
    private = load_pem_private_key(dkim.new_key(), password=None)
    assert isinstance(private, RSAPrivateKey)
    key = dkim.Key("example.org", "papers", private)
    renderer = replace(RENDERER, keys=(key,))
    later = replace(loaded, delivery=loaded.delivery._replace(attempts=3))
    (_, first), (_, again) = mail(renderer, loaded), mail(renderer, later)
    assert first.content == again.content
    record = dkim.record_value(key).encode()
    assert verifier.verify(first.content, dnsfunc=lambda name, timeout=5: record if name and timeout else b"")
    assert "PRIVATE" not in repr(renderer)
