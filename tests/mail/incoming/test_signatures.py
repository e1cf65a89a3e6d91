"""What a provider signed is told from what anybody wrote."""

import base64
import datetime as dt

import pytest
from tests.signing import (
    MAILGUN_KEY,
    certificate,
    mailgun,
    sendgrid_headers,
    sendgrid_public_key,
    sns,
)

from dailypapers.mail.incoming.signatures import (
    has_password,
    is_recent,
    signed_by_mailgun,
    signed_by_sendgrid,
    signed_by_sns,
)

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("version", ["1", "2"])
def test_sns_signs_each_field_with_a_certificate_that_is_valid(version: str, now: dt.datetime) -> None:
    pem = certificate(now - DAY)
    for told in (
        sns(now, {"a": 1}, version=version),
        sns(now, {}, version=version, Subject="Hi"),
        sns(now, {}, version=version, Type="SubscriptionConfirmation", Token="t", SubscribeURL="https://x"),
    ):
        assert signed_by_sns(told, pem, now=now)
        for name in ("Message", "MessageId", "TopicArn", "Timestamp", "Type", "Signature", "SignatureVersion"):
            assert not signed_by_sns(told | {name: told[name] + "x"}, pem, now=now), name
    assert not signed_by_sns(told, pem, now=now + 40 * DAY), "the certificate has expired"
    assert not signed_by_sns(told, b"not a certificate", now=now)
    assert not signed_by_sns({}, pem, now=now)


def test_sendgrid_signs_the_moment_and_the_body(now: dt.datetime) -> None:
    headers = sendgrid_headers(b"[]", now)
    timestamp, signature = headers.values()
    assert signed_by_sendgrid(b"[]", timestamp, signature, sendgrid_public_key())
    for told in (
        (b"[1]", timestamp, signature),
        (b"[]", timestamp + "0", signature),
        (b"[]", timestamp, "AAAA"),
        (b"", "", ""),
    ):
        assert not signed_by_sendgrid(*told, sendgrid_public_key())
    for key in ("", "AAAA", "not base64", base64.b64encode(b"x" * 90).decode()):
        assert not signed_by_sendgrid(b"[]", timestamp, signature, key)


def test_mailgun_signs_a_moment_and_a_token(now: dt.datetime) -> None:
    told = mailgun(now, {})["signature"]
    assert signed_by_mailgun(told, MAILGUN_KEY)
    assert not signed_by_mailgun(told, "another")
    for name in told:
        assert not signed_by_mailgun(told | {name: "x"}, MAILGUN_KEY)
    assert not signed_by_mailgun({}, MAILGUN_KEY)


def test_a_password_is_compared_whole() -> None:
    said = "Basic " + base64.b64encode(b"user:pass").decode()
    assert has_password(said, "user:pass")
    assert not any(has_password(each, "user:pass") for each in ("", "Basic", "Basic ???", said + "x", said[1:]))
    assert not has_password("Basic ", "")


def test_what_is_old_made_up_or_no_moment_is_not_recent(now: dt.datetime) -> None:
    for moment in (str(now.timestamp()), now.isoformat(), "2026-04-20T08:00:00.000Z"):
        assert is_recent(moment, now=now, within=DAY)
    for moment in ("", "x", "nan", "1e99", str((now - 2 * DAY).timestamp()), "2026-04-20T08:00:00"):
        assert not is_recent(moment, now=now, within=DAY)
