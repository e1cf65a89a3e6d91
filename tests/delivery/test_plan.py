"""When the last mail leaves follows from the limits, from what waits, and from what is planned."""

import datetime as dt

import pytest
import sqlalchemy as sa
from tests.delivery import queued

from dailypapers.delivery.pace import Pace
from dailypapers.delivery.plan import ASSUMED_SPEED, Line, Plan, plan
from dailypapers.delivery.routes import Route
from dailypapers.domain.pace import COUNTED_BY, Limit, Rules, Usage
from dailypapers.domain.worker import Process
from dailypapers.store import workers
from dailypapers.store.database import reading, writing

NOW = queued.NOW
SECOND, MINUTE, HOUR, DAY = (dt.timedelta(seconds=n) for n in (1, 60, 3600, 86400))


def line(*servers: Rules, per_second: float = 10) -> Line:
    """A line for servers by which nothing has gone yet."""
    return Line([(rules, Usage()) for rules in servers], per_second, NOW)


def quota(mails: int, period: dt.timedelta) -> Rules:
    """So many in a period."""
    return Rules(quotas=(Limit(mails, period),))


def test_without_limits_it_is_as_fast_as_this_machine() -> None:
    assert line(Rules()).send(36_000, not_before=NOW) == NOW + HOUR


def test_a_rate_slower_than_this_machine_decides() -> None:
    assert line(Rules(Limit(2, SECOND))).send(7200, not_before=NOW) == NOW + HOUR


def test_two_servers_are_twice_as_fast_until_the_machine_is_the_limit() -> None:
    two = Rules(Limit(2, SECOND))
    assert line(two, two).send(14_400, not_before=NOW) == NOW + HOUR
    assert line(two, two, per_second=3).send(10_800, not_before=NOW) == NOW + HOUR


def test_what_is_more_than_the_limit_of_a_day_leaves_on_the_next_one() -> None:
    rules = quota(1000, DAY)
    assert line(rules).send(1000, not_before=NOW) == NOW + 100 * SECOND
    assert line(rules).send(1001, not_before=NOW) > NOW + DAY
    assert line(rules).send(2500, not_before=NOW) - NOW > 2 * DAY
    assert line(rules).send(2500, not_before=NOW) - NOW < 2 * DAY + 4 * COUNTED_BY


def test_a_new_sender_sends_more_on_each_day() -> None:
    rules = Rules(warm_up_from=NOW.date())
    assert line(rules).send(200, not_before=NOW) - NOW < HOUR
    assert DAY < line(rules).send(400, not_before=NOW) - NOW < DAY + HOUR


def test_a_plan_that_would_take_for_ever_ends() -> None:
    assert line(quota(1, DAY)).send(10_000, not_before=NOW) - NOW < 70 * DAY


def planned(engine: sa.Engine, pace: Pace) -> Plan:
    with reading(engine) as tx:
        return plan(tx, pace, now=NOW)


def test_what_waits_leaves_by_zone_and_then_what_is_planned(engine: sa.Engine) -> None:
    queued.queue(engine, 6)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE subscribers SET zone = 'Asia/Tokyo' WHERE id IN (1, 2, 4)"))
        tx.execute(sa.text("UPDATE outbox SET state = 'deferred', next_attempt_at = deadline WHERE id = 6"))
        later = sa.text("UPDATE subscribers SET state = 'active', next_digest_at = :at WHERE id = :key")
        moment = (NOW + HOUR).astimezone(dt.UTC)
        tx.execute(later.bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True))), {"at": moment, "key": 5})
    done = planned(engine, Pace(Route("relay", Rules(Limit(1, SECOND)))))
    assert (done.per_second, done.is_measured) == (ASSUMED_SPEED, False)
    seen = [(each.zone, each.mails, each.last_at - NOW, each.is_composed) for each in done.leaving]
    assert seen == [
        ("Asia/Tokyo", 3, 4 * SECOND, True),
        ("UTC", 3, 20 * HOUR + SECOND, True),
        ("UTC", 1, HOUR + SECOND, False),
    ]
    assert [each.is_late for each in done.leaving] == [False, True, False]


def test_how_fast_this_machine_is_shows_in_its_last_run(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for name, mails, seconds in (("first", 600, 10), ("second", 4, 1)):
            workers.register(tx, name, Process(), now=NOW)
            workers.count_handed_over(tx, name, mails)
            workers.end(tx, name, now=NOW + seconds * SECOND)
    assert planned(engine, Pace()).per_second == pytest.approx(60)
    assert planned(engine, Pace()).is_measured
