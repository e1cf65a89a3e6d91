"""A token names a subscriber, serves one purpose, and ends."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.link import Purpose
from dailypapers.errors import BadToken
from dailypapers.tokens import LIFETIME, Signer

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
SIGNER = Signer("https://papers.example.org", b"a secret of some length")


def token(purpose: Purpose, subscriber: int = 7) -> str:
    return SIGNER.url(purpose, subscriber, issued=NOW).rpartition("/")[2]


def test_a_link_leads_back_to_its_subscriber() -> None:
    for purpose in Purpose:
        assert SIGNER.subscriber(purpose, token(purpose), now=NOW) == 7


def test_a_token_for_one_purpose_opens_nothing_else() -> None:
    with pytest.raises(BadToken):
        SIGNER.subscriber(Purpose.CONFIRM, token(Purpose.UNSUBSCRIBE), now=NOW)


def test_a_token_ends() -> None:
    end = NOW + LIFETIME[Purpose.CONFIRM]
    assert SIGNER.subscriber(Purpose.CONFIRM, token(Purpose.CONFIRM), now=end) == 7
    with pytest.raises(BadToken, match="too old"):
        SIGNER.subscriber(Purpose.CONFIRM, token(Purpose.CONFIRM), now=end + dt.timedelta(seconds=1))


def test_another_secret_signs_nothing_for_us() -> None:
    other = Signer(SIGNER.base_url, b"another secret")
    with pytest.raises(BadToken):
        other.subscriber(Purpose.UNSUBSCRIBE, token(Purpose.UNSUBSCRIBE), now=NOW)


@given(st.text(max_size=200))
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        SIGNER.subscriber(Purpose.UNSUBSCRIBE, text, now=NOW)


def test_a_mail_rendered_again_carries_the_same_link() -> None:
    assert token(Purpose.UNSUBSCRIBE) == token(Purpose.UNSUBSCRIBE)


def test_the_secret_is_in_no_printout() -> None:
    assert "secret" not in repr(SIGNER)
