"""Providers tell over HTTP: what they signed is recorded once, and what anybody else says changes nothing."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.signing import MAILGUN_KEY, TOPIC, certificate, mailgun, sendgrid_headers, sendgrid_public_key, sns
from tests.web.a_digest import Got, a_digest
from tests.web.conftest import NOW
from tests.web.test_pages import everything

from dailypapers.domain.subscriber import SubscriberState
from dailypapers.inbound.webhooks import LONGEST, WebhookOptions
from dailypapers.mail.incoming.certificates import Certificates
from dailypapers.store import subscribers
from dailypapers.store.database import reading
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

LOGIN = "postmark:secret"
BASIC = {"Authorization": "Basic " + base64.b64encode(LOGIN.encode()).decode()}
GONE = {"emailAddress": "alice@example.org", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
SES = {
    "notificationType": "Bounce",
    "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [GONE]},
    "mail": {},
}
POSTMARK = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "Email": "alice@example.org",
    "Details": "550 5.1.1 no such user",
}
SENDGRID = [{"event": "bounce", "type": "bounce", "email": "alice@example.org", "reason": "550 5.1.1 no such user"}]
MAILGUN = {
    "event": "failed",
    "severity": "permanent",
    "reason": "bounce",
    "recipient": "alice@example.org",
    "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
}


@pytest.fixture
def asked() -> list[str]:
    """Which addresses of Amazon were asked for."""
    return []


@pytest.fixture
def client(context: WebContext, asked: list[str]) -> Iterator[TestClient]:
    def fetch(url: str) -> bytes:
        asked.append(url)
        return certificate(NOW)

    options = WebhookOptions(frozenset({TOPIC}), LOGIN, sendgrid_public_key(), MAILGUN_KEY, Certificates(fetch))
    with TestClient(web_app(replace(context, webhooks=options))) as made:
        yield made


@pytest.fixture
def got(context: WebContext) -> Got:
    return a_digest(context.engine)


def state(context: WebContext, got: Got) -> SubscriberState:
    with reading(context.engine) as tx:
        reader = subscribers.one(tx, got.reader)
    assert reader is not None
    return reader.state


def told(name: str) -> tuple[bytes, dict[str, str]]:
    """A bounce as a provider tells it, and the headers that come with it."""
    if name == "postmark":
        return json.dumps(POSTMARK).encode(), BASIC
    if name == "sendgrid":
        body = json.dumps(SENDGRID).encode()
        return body, sendgrid_headers(body, NOW)
    value: Any = sns(NOW, SES) if name == "ses" else mailgun(NOW, MAILGUN)
    return json.dumps(value).encode(), {}


@pytest.mark.parametrize("name", ["ses", "postmark", "sendgrid", "mailgun"])
def test_a_bounce_is_recorded_once(client: TestClient, context: WebContext, got: Got, name: str) -> None:
    body, headers = told(name)
    assert client.post(f"/hooks/{name}", content=body, headers=headers).status_code == 200
    assert state(context, got) is SubscriberState.BOUNCED
    before = everything(context.engine)
    assert client.post(f"/hooks/{name}", content=body, headers=headers).status_code == 200
    assert everything(context.engine) == before


@pytest.mark.parametrize("name", ["ses", "postmark", "sendgrid", "mailgun"])
def test_what_they_did_not_sign_changes_nothing(client: TestClient, context: WebContext, got: Got, name: str) -> None:
    body, headers = told(name)
    before = everything(context.engine)
    forged = (
        body.replace(b"alice", b"mallory")
        if name in {"ses", "sendgrid"}
        else body.replace(b'"signature": "', b'"signature": "0')
    )
    wrong = {**headers, "Authorization": "Basic eDp5"} if name == "postmark" else headers
    assert client.post(f"/hooks/{name}", content=forged, headers=wrong).status_code == 403
    assert client.post(f"/hooks/{name}", content=b"\xff{", headers=headers).status_code in {400, 403}
    assert client.post(f"/hooks/{name}", content=b" " * (LONGEST + 1), headers=headers).status_code == 413
    assert client.get(f"/hooks/{name}").status_code == 405
    assert everything(context.engine) == before
    assert state(context, got) is SubscriberState.ACTIVE


def test_a_signature_of_mailgun_is_good_for_one_event(client: TestClient, context: WebContext, got: Got) -> None:
    other = mailgun(NOW, MAILGUN | {"recipient": "bob@example.org"})
    assert client.post("/hooks/mailgun", json=other).status_code == 200
    assert client.post("/hooks/mailgun", json=other | {"event-data": MAILGUN}).status_code == 200
    assert state(context, got) is SubscriberState.ACTIVE


def test_a_topic_that_is_not_ours_is_refused_before_anything_is_fetched(
    client: TestClient, context: WebContext, got: Got, asked: list[str]
) -> None:
    for wrong in ({"TopicArn": TOPIC + "x"}, {"SigningCertURL": "https://evil.example/x.pem"}):
        assert client.post("/hooks/ses", json=sns(NOW, SES, **wrong)).status_code == 403
    assert client.post("/hooks/ses", json=sns(NOW.replace(year=2025), SES)).status_code == 403
    assert asked == []
    assert state(context, got) is SubscriberState.ACTIVE


def test_the_subscription_of_a_topic_is_confirmed_at_amazon_alone(client: TestClient, asked: list[str]) -> None:
    confirm = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    for url, code in ((confirm, 200), ("https://evil.example/", 403)):
        value = sns(NOW, {}, Type="SubscriptionConfirmation", Token="t", SubscribeURL=url)
        assert client.post("/hooks/ses", json=value).status_code == code
    assert confirm in asked
    assert not any("evil" in url for url in asked)


def test_what_is_not_set_up_is_not_there(context: WebContext) -> None:
    with TestClient(web_app(context)) as client:
        for name in ("ses", "postmark", "sendgrid", "mailgun", "other"):
            body, headers = told(name) if name != "other" else (b"{}", {})
            assert client.post(f"/hooks/{name}", content=body, headers=headers).status_code == 404
