"""What providers tell is dealt with by what is signed; over HTTP it is tested with the page."""

import datetime as dt

import sqlalchemy as sa
from tests.signing import MAILGUN_KEY, mailgun

from dailypapers.inbound.webhooks import Answer, Call, WebhookOptions, receive
from dailypapers.tokens import Signer

SIGNER = Signer("https://papers.example.org", b"secret")


def test_answers_tell_why(sqlite: sa.Engine, now: dt.datetime) -> None:
    def answer(provider: str, body: object, options: WebhookOptions) -> Answer:
        call = Call({}, str(body).replace("'", '"').encode())
        return receive(sqlite, SIGNER, options, provider, call, now=now)

    ours = WebhookOptions(mailgun_signing_key=MAILGUN_KEY)
    event = mailgun(now, {"event": "opened"})
    assert answer("mailgun", event, ours) is Answer.DONE
    assert answer("mailgun", event, WebhookOptions()) is Answer.UNKNOWN
    assert answer("mailgun", "[]", ours) is Answer.UNREADABLE
    assert answer("mailgun", mailgun(now - dt.timedelta(days=2), {}), ours) is Answer.REFUSED
    assert answer("elsewhere", event, ours) is Answer.UNKNOWN
