"""Messages are signed as the specification of Standard Webhooks says."""

import base64
import datetime as dt

import pytest

from dailypapers.errors import BadSettings
from dailypapers.posting.webhooks import event_body, read_keys, signed

#: The example of the specification's reference implementations.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, SECOND, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_signature_is_that_of_the_specifications_example() -> None:
    now = dt.datetime.fromtimestamp(SECOND, dt.UTC)
    headers = signed(read_keys(SECRET), MESSAGE, BODY, now=now)
    assert headers["webhook-signature"] == SIGNATURE
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (MESSAGE, str(SECOND))


def test_while_a_secret_is_replaced_both_sign() -> None:
    now = dt.datetime.fromtimestamp(SECOND, dt.UTC)
    other = base64.b64encode(b"x" * 32).decode()
    headers = signed(read_keys(f"whsec_{other}\n{SECRET}\n"), MESSAGE, BODY, now=now)
    assert len(signatures := headers["webhook-signature"].split()) == 2
    assert signatures[1] == SIGNATURE


@pytest.mark.parametrize("text", ["", "short", "x" * 65, "whsec_not base64", f"{SECRET}\nshort"])
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSettings):
        read_keys(text)


def test_an_event_says_what_happened_and_when() -> None:
    body = event_body("edition.closed", {"papers": 3}, at=dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC))
    assert body == b'{"type":"edition.closed","timestamp":"2026-04-20T08:00:00Z","data":{"papers":3}}'
