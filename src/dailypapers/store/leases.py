"""Leases: of several schedulers on one database, one runs a job at a time."""

import datetime as dt

import sqlalchemy as sa

from dailypapers.store.database import insert_new
from dailypapers.store.schema import leases


def take(tx: sa.Connection, name: str, holder: str, *, lasting: dt.timedelta, now: dt.datetime) -> bool:
    """Take the lease of a job; tells whether it is ours. Ours already, it is renewed.

    A lease that ends more than twice `lasting` from now is not believed: it was written by a clock that was ahead,
    and would keep everybody out until the time has come. Clocks may differ by as much as `lasting`.
    """
    insert_new(tx, leases, [{"name": name, "holder": holder, "until": now}])
    free = sa.or_(leases.c.until <= now, leases.c.until > now + 2 * lasting, leases.c.holder == holder)
    change = sa.update(leases).where(leases.c.name == name, free).values(holder=holder, until=now + lasting)
    return tx.execute(change).rowcount == 1


def give_back(tx: sa.Connection, name: str, holder: str, *, now: dt.datetime) -> None:
    """Let others have the lease at once."""
    own_lease = sa.and_(leases.c.name == name, leases.c.holder == holder)
    tx.execute(sa.update(leases).where(own_lease).values(until=now))
