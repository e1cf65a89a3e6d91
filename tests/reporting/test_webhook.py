"""What an operator is told is posted as a signed event, follows nothing, and never raises."""

import datetime as dt

import pytest
from tests.posted import listening

from dailypapers.posting.webhooks import Webhook, signed
from dailypapers.reporting.webhook import post

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def webhook(url: str, *keys: bytes) -> Webhook:
    return Webhook("operator", url, keys, allow_private=True)


def test_it_is_signed_so_that_who_gets_it_can_tell_it_is_ours() -> None:
    with listening() as listener:
        assert post(webhook(listener.url, b"secret"), "on hold", "All is well: ü", now=NOW)
    (request,) = listener.requests
    headers = signed([b"secret"], request.headers["webhook-id"], request.raw, now=NOW)
    assert headers.items() <= dict(request.headers).items()
    assert request.path == "/hook?a=b"
    assert request.body == {
        "type": "operator.on_hold", "timestamp": "2026-04-20T08:00:00Z", "data": {"text": "All is well: ü"},
    }  # fmt: skip


@pytest.mark.parametrize("status", [302, 403, 500])
def test_another_answer_is_a_failure_and_a_redirect_is_not_followed(status: int) -> None:
    with listening(status) as listener:
        assert not post(webhook(listener.url), "report", "text", now=NOW)
    assert len(listener.requests) == 1
    assert "webhook-signature" not in listener.requests[0].headers


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http:///", "http://127.0.0.1:x/"])
def test_no_answer_is_a_failure_too(url: str) -> None:
    assert not post(webhook(url), "report", "text", now=NOW)
