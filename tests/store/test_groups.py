"""Groups are left, ended and erased, and nothing is left over."""

import datetime as dt

import sqlalchemy as sa
from tests.a_group import CLOSED, NOW, OPEN, a_group, a_reader

from dailypapers.domain.content import Content
from dailypapers.domain.delivery import DeliveryState, Doubt, MailKind, in_doubt
from dailypapers.domain.group import Role, Terms
from dailypapers.store import groups, history, outbox
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import group_members, reading_groups
from dailypapers.subscriptions.erase import erase


def count(engine: sa.Engine, table: sa.Table) -> int:
    with reading(engine) as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_the_last_organiser_leaves_to_the_longest_member_and_the_last_member_ends_it(engine: sa.Engine) -> None:
    ada, bob, kim = (a_reader(engine, name) for name in ("ada", "bob", "kim"))
    group = a_group(engine, (ada, OPEN), (bob, CLOSED), (kim, CLOSED))
    with writing(engine) as tx:
        assert groups.leave(tx, group, ada)
        assert not groups.leave(tx, group, ada)
        assert {each.subscriber: each.role for each in groups.members(tx, group)} == {
            bob: Role.ORGANISER,
            kim: Role.MEMBER,
        }
        groups.leave(tx, group, kim)
    with writing(engine) as tx:
        erase(tx, bob, now=NOW)
        assert groups.one(tx, group) is None
    assert count(engine, reading_groups) == count(engine, group_members) == 0


def test_what_waits_for_who_leaves_is_not_sent(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    left, stays = a_group(engine, (ada, OPEN), (bob, CLOSED)), a_group(engine, (bob, CLOSED))
    with writing(engine) as tx:
        mails = [
            outbox.NewDelivery(
                bob, "bob@example.org", MailKind.GROUP, NOW + dt.timedelta(days=1), content=Content(group=(group, 1))
            )
            for group in (left, stays)
        ]
        outbox.put(tx, mails, now=NOW)
        groups.leave(tx, left, bob)
        states = [each.state for each in history.of_subscriber(tx, bob)]
    assert sorted(states) == [DeliveryState.QUEUED, DeliveryState.SKIPPED]


def test_a_mail_that_may_have_arrived_ends_uncertain_when_its_reader_leaves(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN), (bob, CLOSED))
    with writing(engine) as tx:
        content = Content(group=(group, 1))
        deadline = NOW + dt.timedelta(days=1)
        new = outbox.NewDelivery(bob, "bob@example.org", MailKind.GROUP, deadline, content=content)
        outbox.put(tx, [new], now=NOW)
        claimed = outbox.claim(tx, "w", 9, now=NOW)
        outbox.record(tx, [in_doubt(each, Doubt.RESEND, resend_at=NOW) for each in claimed])
        groups.leave(tx, group, bob)
        assert [each.state for each in history.of_subscriber(tx, bob)] == [DeliveryState.UNCERTAIN]


def test_an_invitation_nobody_accepts_is_deleted_and_members_stay(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    group = a_group(engine, (ada, OPEN))
    with writing(engine) as tx:
        groups.invite(tx, group, bob, role=Role.MEMBER, now=NOW)
        assert groups.prune(tx, before=NOW) == 0
        assert groups.prune(tx, before=NOW + dt.timedelta(days=8)) == 1
        assert [each.subscriber for each in groups.members(tx, group)] == [ada]
        assert not groups.join(tx, group, bob, Terms(), now=NOW)


def test_a_group_changes_what_it_reads(engine: sa.Engine) -> None:
    group = a_group(engine, (a_reader(engine, "ada"), OPEN))
    with writing(engine) as tx:
        before = groups.one(tx, group)
        assert before
        groups.change(tx, before, "Cells", ["cells"], before.rhythm, now=NOW)
        after = groups.one(tx, group)
        assert after
        assert (after.name, after.topics, after.next_digest_at) == ("Cells", ("cells",), before.next_digest_at)
        assert groups.every(tx) == [after]
