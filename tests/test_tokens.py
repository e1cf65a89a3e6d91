"""A token names a subscriber, serves one purpose, and ends."""

import base64
import datetime as dt
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from dailypapers.domain.link import Bearer, Purpose, vote_address
from dailypapers.errors import BadToken
from dailypapers.tokens import LIFETIME, Signer, base32

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
SIGNER = Signer("https://papers.example.org", b"a secret of some length")


ALICE = Bearer(7, "alice")


def token(purpose: Purpose, bearer: Bearer = ALICE) -> str:
    return SIGNER.url(purpose, bearer, issued=NOW).rpartition("/")[2]


def test_a_link_leads_back_to_its_subscriber() -> None:
    for purpose in Purpose:
        claim = SIGNER.claim(purpose, token(purpose), now=NOW)
        assert (claim.purpose, claim.subscriber_id) == (purpose, 7)
        assert SIGNER.is_held_by(ALICE, claim)


def test_a_token_of_one_subscription_is_not_held_by_another_with_its_id() -> None:
    mails = SIGNER.mail_claim(SIGNER.mail_token(ALICE, issued=NOW), now=NOW)
    for claim in (mails, *(SIGNER.claim(purpose, token(purpose), now=NOW) for purpose in Purpose)):
        for other in (Bearer(7, "bob"), Bearer(7), Bearer(8, "alice")):
            assert not SIGNER.is_held_by(other, claim)


def test_links_from_before_there_were_random_values_work_for_who_has_none() -> None:
    before = URLSafeSerializer(SIGNER.secret, salt="dailypapers.feedback")
    ends = int(NOW.timestamp()) + 60
    for old, about in ((before.dumps([7, ends, 3]), 3), (before.dumps([7, ends]), 0)):
        claim = SIGNER.claim(Purpose.FEEDBACK, old, now=NOW)
        assert claim.about == about
        assert SIGNER.is_held_by(Bearer(7), claim)
        assert not SIGNER.is_held_by(ALICE, claim)


def test_a_purpose_keeps_the_word_that_stands_in_links_already_sent() -> None:
    url = SIGNER.url(Purpose.RESUBSCRIBE, ALICE, issued=NOW)
    assert url.startswith("https://papers.example.org/undo/")
    before = URLSafeSerializer(SIGNER.secret, salt="dailypapers.undo").dumps([7, int(NOW.timestamp()) + 60])
    assert SIGNER.claim(Purpose.RESUBSCRIBE, before, now=NOW).subscriber_id == ALICE.subscriber_id


def test_an_address_to_unsubscribe_from_before_works_for_who_has_no_random_value() -> None:
    written = "a4fi36q55vz5ueydmcsb2"
    assert SIGNER.mail_token(Bearer(7), issued=NOW) == written
    claim = SIGNER.mail_claim(written, now=NOW)
    assert (SIGNER.is_held_by(Bearer(7), claim), SIGNER.is_held_by(ALICE, claim)) == (True, False)


def test_a_token_for_one_purpose_opens_nothing_else() -> None:
    with pytest.raises(BadToken):
        SIGNER.claim(Purpose.CONFIRM, token(Purpose.UNSUBSCRIBE), now=NOW)


def test_the_address_of_a_reply_says_who_may_write_and_about_what_and_fits() -> None:
    for bearer, delivery in ((Bearer(1), 1), (ALICE, 3), (Bearer(2**39, "last"), 2**39)):
        written = SIGNER.reply_token(bearer, delivery, issued=NOW)
        assert len(written) <= 64 - len("+") - 16
        claim = SIGNER.reply_claim(written.upper(), now=NOW + LIFETIME[Purpose.REPLY])
        assert (claim.purpose, claim.subscriber_id, claim.about) == (Purpose.REPLY, bearer.subscriber_id, delivery)
        assert SIGNER.is_held_by(bearer, claim)
        assert not SIGNER.is_held_by(Bearer(bearer.subscriber_id, "another"), claim)
        with pytest.raises(BadToken, match="expired"):
            SIGNER.reply_claim(written, now=NOW + LIFETIME[Purpose.REPLY] + dt.timedelta(days=1))
        for other in (SIGNER.mail_token(bearer, issued=NOW), SIGNER.bounce_token(delivery), written[:-2], "", "é"):
            with pytest.raises(BadToken):
                SIGNER.reply_claim(other, now=NOW)


def test_a_token_ends() -> None:
    end = NOW + LIFETIME[Purpose.CONFIRM]
    assert SIGNER.claim(Purpose.CONFIRM, token(Purpose.CONFIRM), now=end).subscriber_id == 7
    with pytest.raises(BadToken, match="expired"):
        SIGNER.claim(Purpose.CONFIRM, token(Purpose.CONFIRM), now=end + dt.timedelta(seconds=1))


def test_another_secret_signs_nothing_for_us() -> None:
    other = Signer(SIGNER.base_url, b"another secret")
    with pytest.raises(BadToken):
        other.claim(Purpose.UNSUBSCRIBE, token(Purpose.UNSUBSCRIBE), now=NOW)


@given(st.text(max_size=200))
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        SIGNER.claim(Purpose.UNSUBSCRIBE, text, now=NOW)


def test_a_mail_rendered_again_carries_the_same_link() -> None:
    assert token(Purpose.UNSUBSCRIBE) == token(Purpose.UNSUBSCRIBE)


def test_the_secret_is_in_no_printout() -> None:
    assert "secret" not in repr(SIGNER)


@given(st.integers(1, 2**62), st.integers(0, 2**40), st.text(max_size=9), st.binary(min_size=1))
def test_tokens_are_those_that_mails_already_carry(reader: int, about: int, key: str, secret: bytes) -> None:
    signer, bearer = Signer(SIGNER.base_url, secret), Bearer(reader, key)
    ends = int((NOW + LIFETIME[Purpose.FEEDBACK]).timestamp())
    before = URLSafeSerializer(secret, salt="dailypapers.feedback")
    mark = [signer.keyed_hash("bearer", f"{reader} {key}")[:12]] if key else []
    token, values = signer.token(Purpose.FEEDBACK, bearer, issued=NOW, about=about), [reader, ends, about, *mark]
    # What was made before may be compressed, which begins with a full stop.
    assert token == before.dumps(values) or before.dumps(values).startswith(".")
    assert before.loads(token) == values
    assert signer.claim(Purpose.FEEDBACK, token, now=NOW).about == about


def test_a_token_marked_for_its_purpose_as_earlier_versions_did_is_held_still() -> None:
    ends = int(NOW.timestamp()) + 60
    mark = SIGNER.keyed_hash("bearer.feedback", "7 alice")[:12]
    for purpose, is_held in ((Purpose.FEEDBACK, True), (Purpose.PREFERENCES, False)):
        before = URLSafeSerializer(SIGNER.secret, salt=f"dailypapers.{purpose}").dumps([7, ends, 0, mark])
        assert SIGNER.is_held_by(ALICE, SIGNER.claim(purpose, before, now=NOW)) is is_held


@pytest.mark.parametrize("bearer", [ALICE, Bearer(7)])
def test_the_addresses_of_a_digest_are_those_of_each_purpose(bearer: Bearer) -> None:
    urls = SIGNER.digest_urls(bearer, issued=NOW, delivery_id=9)
    assert urls.unsubscribe == SIGNER.url(Purpose.UNSUBSCRIBE, bearer, issued=NOW)
    assert urls.preferences == SIGNER.url(Purpose.PREFERENCES, bearer, issued=NOW)
    assert urls.feedback == SIGNER.url(Purpose.FEEDBACK, bearer, issued=NOW)
    assert urls.web == SIGNER.url(Purpose.DIGEST, bearer, issued=NOW, about=9)
    assert not SIGNER.digest_urls(bearer, issued=NOW, delivery_id=0).web


@given(st.binary(max_size=40))
def test_base32_is_that_of_the_standard_library(raw: bytes) -> None:
    assert base32(raw) == base64.b32encode(raw).decode().rstrip("=").lower()


def test_a_vote_says_behind_its_token_which_paper_it_is_about() -> None:
    address = vote_address(SIGNER.url(Purpose.FEEDBACK, ALICE, issued=NOW), 71)
    claim = SIGNER.claim(Purpose.FEEDBACK, address.rpartition("/")[2], now=NOW)
    assert (claim.subscriber_id, claim.about) == (ALICE.subscriber_id, 71)
    assert SIGNER.is_held_by(ALICE, claim)


@pytest.mark.parametrize("behind", ["~", "~0", "~07", "~-7", "~7~8", "~x", "~١", "~7 ", f"~{10**18}", "~7.5"])
def test_what_is_no_paper_is_refused(behind: str) -> None:
    with pytest.raises(BadToken):
        SIGNER.claim(Purpose.FEEDBACK, token(Purpose.FEEDBACK) + behind, now=NOW)


def test_a_token_for_one_paper_is_for_no_other_and_other_tokens_are_for_none() -> None:
    one = SIGNER.token(Purpose.FEEDBACK, ALICE, issued=NOW, about=71)
    for purpose, changed in ((Purpose.FEEDBACK, f"{one}~72"), (Purpose.DIGEST, f"{token(Purpose.DIGEST)}~71")):
        with pytest.raises(BadToken):
            SIGNER.claim(purpose, changed, now=NOW)


def test_a_keyed_hash_is_an_hmac() -> None:
    for secret in (b"", b"a secret", b"x" * 64, b"x" * 65):
        value = hmac.digest(secret, b"dailypapers.blind.kind\0value", "sha256").hex()[:32]
        assert Signer("https://x.org", secret).keyed_hash("kind", "value") == value


@given(st.integers(1, 2**63))
def test_a_bounce_tells_which_email_it_is_of(delivery: int) -> None:
    token = SIGNER.bounce_token(delivery)
    assert SIGNER.bounced(token) == SIGNER.bounced(token.upper()) == delivery
    assert len(token) <= 29


@given(st.text(max_size=40))
def test_a_made_up_bounce_is_refused(text: str) -> None:
    for token in (text, SIGNER.bounce_token(7)[:-1], Signer(SIGNER.base_url, b"another").bounce_token(7)):
        with pytest.raises(BadToken):
            SIGNER.bounced(token)
