"""Hosts: when each may be asked again, and whose turn it is. Moments are those of the database's own clock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.store.database import insert_new
from dailypapers.store.schema import Moment, hosts


@dataclass(frozen=True, slots=True)
class HostTimes:
    """Seconds from now until a host may be asked, and until anybody tries; 0 or less: now."""

    next_in: float = 0.0
    closed_for: float = 0.0


def clock(tx: sa.Connection) -> dt.datetime:
    """Return the time of day by the database, which all who use it share; of little use for anything else."""
    if tx.dialect.name == "postgresql":
        query = sa.select(sa.func.clock_timestamp(type_=Moment))
    else:
        query = sa.select(sa.func.strftime("%Y-%m-%d %H:%M:%f", "now", type_=Moment))
    return tx.execute(query).scalar_one()


def take(tx: sa.Connection, name: str, holder: str, *, lasting: dt.timedelta) -> bool:
    """Take the turn at a host; tells whether it is ours. Ours already, it is renewed."""
    now = clock(tx)
    _known(tx, name, now)
    free = sa.or_(hosts.c.held_until <= now, hosts.c.held_until > now + 2 * lasting, hosts.c.holder == holder)
    change = sa.update(hosts).where(hosts.c.name == name, free).values(holder=holder, held_until=now + lasting)
    return tx.execute(change).rowcount == 1


def give_back(tx: sa.Connection, name: str, holder: str) -> None:
    """Let others have the turn at once."""
    own = sa.and_(hosts.c.name == name, hosts.c.holder == holder)
    tx.execute(sa.update(hosts).where(own).values(held_until=clock(tx)))


def ahead(tx: sa.Connection, names: Iterable[str]) -> tuple[HostTimes, ...]:
    """Return how long each of these hosts is to be waited for; those that were never asked are left out."""
    now = clock(tx)
    rows = tx.execute(sa.select(hosts).where(hosts.c.name.in_(tuple(names))))
    return tuple(
        HostTimes((row.next_at - now).total_seconds(), (row.closed_until - now).total_seconds()) for row in rows
    )


def closed(tx: sa.Connection) -> dict[str, dt.datetime]:
    """Return the hosts that nobody asks for now, with the moment from which they are asked again."""
    rows = tx.execute(sa.select(hosts).where(hosts.c.closed_until > clock(tx)).order_by(hosts.c.name))
    return {row.name: row.closed_until for row in rows}


def note(tx: sa.Connection, name: str, *, rest: float, is_closed: bool) -> None:
    """Keep that a host was asked just now, and for how many seconds it is to be left alone."""
    now = clock(tx)
    _known(tx, name, now)
    until = now + dt.timedelta(seconds=rest)
    times = {"next_at": until, "closed_until": until if is_closed else now}
    tx.execute(sa.update(hosts).where(hosts.c.name == name).values(times))


def _known(tx: sa.Connection, name: str, now: dt.datetime) -> None:
    insert_new(tx, hosts, [{"name": name, "next_at": now, "closed_until": now, "holder": "", "held_until": now}])
