"""Who does not read here gets one invitation, and is a member only once they have confirmed."""

import datetime as dt

import sqlalchemy as sa
from tests.a_group import NOW, OPEN, a_group, a_reader

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.group import Group, Terms
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import groups, history, outbox, strangers, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.erase import expire_unconfirmed
from dailypapers.subscriptions.groups import accept
from dailypapers.subscriptions.sign_up import sign_up_request
from dailypapers.subscriptions.strangers import MOST_AN_HOUR, invite
from dailypapers.tokens import Signer

SIGNER = Signer("https://pages", b"secret")
PREFERENCES = Preferences(Rhythm(), Amount(5))
DAY = dt.timedelta(days=1)


def the_group(tx: sa.Connection, key: int) -> Group:
    group = groups.one(tx, key)
    assert group
    return group


def ask(tx: sa.Connection, group: Group, address: str, now: dt.datetime = NOW) -> bool:
    request = sign_up_request(SIGNER, address, "invitations of 1")
    return invite(tx, group, address, preferences=PREFERENCES, request=request, limits=Limits(), now=now)


def test_a_stranger_who_joins_is_asked_to_confirm_and_then_in_the_group(engine: sa.Engine) -> None:
    key = a_group(engine, (a_reader(engine, "ada"), OPEN))
    with writing(engine) as tx:
        assert ask(tx, the_group(tx, key), "eve@example.org")
        eve = subscribers.by_address(tx, "eve@example.org")
        assert eve
        assert eve.state is SubscriberState.PENDING
        assert [each.kind for each in outbox.claim(tx, "w", 9, now=NOW)] == [MailKind.INVITATION]
        assert accept(tx, key, eve, Terms("Eve"), now=NOW)
        assert not accept(tx, key, eve, Terms("Eve"), now=NOW)
        assert [each.kind for each in history.of_subscriber(tx, eve.id)] == [MailKind.INVITATION, MailKind.CONFIRM]
        assert len(groups.members(tx, key)) == 1
        assert lifecycle.confirm(tx, eve.id, now=NOW)
        assert [each.terms.name for each in groups.members(tx, key)] == ["Ada", "Eve"]
        assert [each.text for each in subscribers.interests_of(tx, [eve.id])[eve.id]] == ["graph neural networks"]


def test_nobody_is_invited_twice_nor_who_has_left_and_an_organiser_invites_so_many(engine: sa.Engine) -> None:
    key = a_group(engine, (a_reader(engine, "ada"), OPEN))
    bob = a_reader(engine, "bob")
    with writing(engine) as tx:
        group = the_group(tx, key)
        lifecycle.unsubscribe(tx, bob, now=NOW)
        sign_up.subscribe(tx, "kim@example.org", PREFERENCES, consent=Consent("web"), now=NOW)
        assert not ask(tx, group, "bob@example.org")
        assert not ask(tx, group, "kim@example.org")
        assert ask(tx, group, "eve@example.org")
        assert not ask(tx, group, "eve@example.org", NOW + DAY)
        assert expire_unconfirmed(tx, now=NOW + 9 * DAY)[0] == 2
        assert not ask(tx, group, "eve@example.org", NOW + 9 * DAY)
        assert groups.count(tx, key) == 1
        assert strangers.prune(tx, before=NOW + DAY) == 1
        assert ask(tx, group, "eve@example.org", NOW + 400 * DAY)
        later = NOW + 401 * DAY
        asked = [ask(tx, group, f"s{n}@example.org", later) for n in range(MOST_AN_HOUR + 1)]
        assert asked == [True] * MOST_AN_HOUR + [False]
