"""A link opens the subscription it was made for, and no other."""

import datetime as dt

import sqlalchemy as sa
from tests.subscriptions.an_id_again import given_again

from dailypapers.domain.link import Bearer, Claim, Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.erase import erase
from dailypapers.subscriptions.links import bearer_of
from dailypapers.tokens import Signer

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SIGNER = Signer("https://papers.example.org", b"secret")


def subscribe(engine: sa.Engine, name: str = "alice") -> int:
    with writing(engine) as tx:
        added = sign_up.subscribe(
            tx, f"{name}@example.org", Preferences(Rhythm(), Amount(5)), consent=Consent("web"), now=NOW
        )
    assert added is not None
    return added


def claim_for(bearer: Bearer) -> Claim:
    """What a link for this bearer says, having been signed and read."""
    token = SIGNER.token(Purpose.PREFERENCES, bearer, issued=NOW)
    return SIGNER.claim(Purpose.PREFERENCES, token, now=NOW)


def claim_of(engine: sa.Engine, reader: int) -> Claim:
    with reading(engine) as tx:
        known = subscribers.one(tx, reader)
    assert known is not None
    return claim_for(known.bearer)


def test_a_link_opens_the_subscription_it_was_made_for_whatever_became_of_it(engine: sa.Engine) -> None:
    alice, bob = subscribe(engine), subscribe(engine, "bob")
    claim = claim_of(engine, alice)
    for act in (lifecycle.confirm, lifecycle.unsubscribe):
        with writing(engine) as tx:
            act(tx, alice, now=NOW)
            reader = bearer_of(tx, SIGNER, claim)
            assert reader is not None
            assert (reader.id, reader.address) == (alice, "alice@example.org")
            assert bearer_of(tx, SIGNER, claim_for(Bearer(bob, "another random value"))) is None


def test_a_link_of_somebody_erased_opens_nothing_whoever_has_their_id(engine: sa.Engine) -> None:
    alice = subscribe(engine)
    claim = claim_of(engine, alice)
    with writing(engine) as tx:
        erase(tx, alice)
        assert bearer_of(tx, SIGNER, claim) is None
    assert given_again(engine, alice) == alice
    with reading(engine) as tx:
        assert subscribers.one(tx, alice) is not None
        assert bearer_of(tx, SIGNER, claim) is None


def test_a_link_without_a_random_value_opens_only_subscriptions_older_than_those(engine: sa.Engine) -> None:
    alice = subscribe(engine)
    with writing(engine) as tx:
        assert bearer_of(tx, SIGNER, claim_for(Bearer(alice))) is None
        tx.execute(sa.text("UPDATE subscribers SET link_key = NULL"))
        assert bearer_of(tx, SIGNER, claim_for(Bearer(alice))) == subscribers.one(tx, alice)
