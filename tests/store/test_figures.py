"""Figures of a day are kept when what they were counted from is gone."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.vote import Vote
from dailypapers.jobs.prune import prune
from dailypapers.store import bounces, editions, figures, votes
from dailypapers.store.bounces import NewBounce
from dailypapers.store.database import reading, writing
from dailypapers.store.figures import Figure
from dailypapers.store.schema import daily_figures

DAY = dt.timedelta(days=1)


def test_each_day_is_counted_once_however_often(engine: sa.Engine, now: dt.datetime) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        editions.count_due(tx, 1, 1)
        told = Diagnosis(Fault.MAILBOX, is_hard=True)
        bounces.add(tx, NewBounce("a", got.reader, ReportKind.BOUNCE, counts=True, diagnosis=told), now=now - DAY)
        votes.cast(tx, got.reader, got.papers[0], Vote.LIKE, now=now)
    for _ in range(2):
        prune(engine, now=now)
    with writing(engine) as tx:
        tx.execute(sa.insert(daily_figures).values(day=now.date(), name="of a newer version", value=1))
    with reading(engine) as tx:
        counted = figures.since(tx, now.date() - DAY)
    today, yesterday = now.date(), (now - DAY).date()
    assert counted[Figure.SUBSCRIBERS] == {today: 1}
    assert (counted[Figure.DUE], counted[Figure.ACCEPTED]) == ({today: 1}, {today: 0})
    assert counted[Figure.BOUNCES] == {yesterday: 1, today: 0}
    assert counted[Figure.LIKES] == {yesterday: 0, today: 1}
