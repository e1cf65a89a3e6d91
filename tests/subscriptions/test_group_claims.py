"""Who is in a group by the word of a provider: as long as it says so, and sharing nothing they did not choose to."""

from collections.abc import Collection

import pytest
import sqlalchemy as sa
from tests.a_group import NOW, OPEN, a_group, a_reader

from dailypapers.domain.group import Role, Terms
from dailypapers.store import group_claims, groups, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import group_claims as following
from dailypapers.subscriptions.group_claims import Memberships, follow_claims


def signs_in(engine: sa.Engine, reader_id: int, claims: Collection[str]) -> Memberships:
    with writing(engine) as tx:
        reader = subscribers.one(tx, reader_id)
        assert reader
        return follow_claims(tx, reader, claims, now=NOW)


def claimed(engine: sa.Engine, group: int, claim: str = "ml-lab") -> int:
    with writing(engine) as tx:
        group_claims.put(tx, group, claim)
    return group


def ids(some: Collection[object]) -> list[int]:
    return [each.id for each in some]  # type: ignore[attr-defined]


def test_a_member_by_a_claim_is_one_for_as_long_as_it_is_made_and_shares_nothing(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group, other = (claimed(engine, a_group(engine, (ada, OPEN))) for _ in range(2))
    first = signs_in(engine, bob, {"ml-lab", "staff"})
    assert (ids(first.joined), first.stayed, first.left) == ([group, other], (), ())
    with reading(engine) as tx:
        member = groups.member(tx, group, bob)
    assert member
    assert (member.terms, member.role, member.by_claim) == (Terms(), Role.MEMBER, True)
    with writing(engine) as tx:
        groups.agree(tx, group, bob, Terms("Bob", pools_votes=True))
    again = signs_in(engine, bob, {"ml-lab"})
    assert (again.joined, ids(again.stayed)) == ((), [group, other])
    with reading(engine) as tx:
        member = groups.member(tx, group, bob)
    assert member
    assert member.terms.pools_votes, "what was agreed to holds on"
    assert ids(signs_in(engine, bob, {"staff"}).left) == [group, other]
    assert signs_in(engine, bob, {"staff"}) == Memberships()
    # Who was invited stays, whatever the provider says of them.
    assert signs_in(engine, ada, ()) == Memberships()
    with reading(engine) as tx:
        assert ids([each for each, _ in groups.of_subscriber(tx, ada)]) == [group, other]


def test_a_claimed_group_outlives_its_last_member_whose_successor_organises_it(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group, other = claimed(engine, a_group(engine, (ada, OPEN))), a_group(engine, (ada, OPEN))
    with writing(engine) as tx:
        for each in (group, other):
            groups.leave(tx, each, ada)
        assert ids(groups.every(tx)) == [group], "a group that nobody can come into ends with its last member"
    signs_in(engine, bob, {"ml-lab"})
    with reading(engine) as tx:
        member = groups.member(tx, group, bob)
    assert member
    assert member.role is Role.ORGANISER


def test_an_invitation_that_is_open_becomes_a_membership(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = claimed(engine, a_group(engine, (ada, OPEN)))
    with writing(engine) as tx:
        groups.invite(tx, group, bob, role=Role.MEMBER, now=NOW)
    assert ids(signs_in(engine, bob, {"ml-lab"}).joined) == [group]


def test_a_claim_that_is_no_longer_followed_leaves_members_where_they_are(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = claimed(engine, a_group(engine, (ada, OPEN)))
    signs_in(engine, bob, {"ml-lab"})
    claimed(engine, group, "")
    assert signs_in(engine, bob, ()) == Memberships()
    with reading(engine) as tx:
        assert [each.by_claim for each in groups.members(tx, group)] == [False, False]


@pytest.mark.parametrize("limit", ["MOST_MEMBERS", "MOST_GROUPS"])
def test_who_finds_no_room_is_told(engine: sa.Engine, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = claimed(engine, a_group(engine, (ada, OPEN)))
    monkeypatch.setattr(following, limit, 0)
    memberships = signs_in(engine, bob, {"ml-lab"})
    assert (memberships.joined, ids(memberships.full)) == ((), [group])
