"""Paces: how far mails have gone by each server and to each domain, for all senders together."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.pace import Breaker, Usage, counted_from
from dailypapers.store.database import groups, insert_new, replace_rows
from dailypapers.store.prepared import Prepared
from dailypapers.store.schema import attempts, mail_server_counts, mail_servers, outbox, receiving_domains

#: Mails counted longer ago than this are part of no limit.
_KEPT = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Domain:
    """What is kept to with one receiving domain."""

    next_at: dt.datetime | None = None
    """When the next mail may go, where domains have a limit."""
    breaker: Breaker | None = None


def usage_of(tx: sa.Connection, server: str, *, to_change: bool = True) -> Usage:
    """Return how far mails have gone by a server; with `to_change`, nobody else changes that before this transaction.

    What is claimed is counted first: a mail handed over meanwhile is counted twice rather than not at all.
    """
    query = sa.select(mail_servers.c.next_at).where(mail_servers.c.name == server)
    if to_change:
        insert_new(tx, mail_servers, [{"name": server, "next_at": None}])
        query = query.with_for_update()
    next_at = tx.execute(query).scalar_one_or_none()
    claimed: int = tx.execute(_claimed_by_way_of(server)).scalar_one()
    counts = sa.select(mail_server_counts).where(mail_server_counts.c.server == server)
    return Usage(next_at, {row.began_at: row.mails for row in tx.execute(counts)}, claimed)


def _claimed_by_way_of(server: str) -> sa.Select[Any]:
    this_try = sa.and_(attempts.c.delivery_id == outbox.c.id, attempts.c.number == outbox.c.attempts)
    query = sa.select(sa.func.count()).select_from(outbox).join(attempts, this_try)
    return query.where(outbox.c.state == DeliveryState.CLAIMED.value, attempts.c.server == server)


def set_next(tx: sa.Connection, server: str, next_at: dt.datetime) -> None:
    """Note when the next mail may go by a server."""
    tx.execute(sa.update(mail_servers).where(mail_servers.c.name == server).values(next_at=next_at))


def count(tx: sa.Connection, server: str, mails: int, *, now: dt.datetime) -> None:
    """Count mails that are about to be handed over to a server."""
    began = counted_from(now)
    row = {"server": server, "began_at": began, "mails": mails}
    if insert_new(tx, mail_server_counts, [row], mail_server_counts.c.mails):
        old = (mail_server_counts.c.server == server, mail_server_counts.c.began_at < now - _KEPT)
        tx.execute(sa.delete(mail_server_counts).where(*old))
        return
    these = (mail_server_counts.c.server == server, mail_server_counts.c.began_at == began)
    tx.execute(sa.update(mail_server_counts).where(*these).values(mails=mail_server_counts.c.mails + mails))


def domains(tx: sa.Connection, names: Collection[str] | None = None, *, to_change: bool = False) -> dict[str, Domain]:
    """Return what is kept to with these domains, or with all that there is anything to be kept to; by name."""
    if not _ANY_DOMAIN.rows(tx):
        return {}
    query = sa.select(receiving_domains).order_by(receiving_domains.c.name)
    if to_change:
        query = query.with_for_update()
    if names is None:
        return {row.name: _domain(row) for row in tx.execute(query)}
    domains_by_name: dict[str, Domain] = {}
    for group in groups(sorted(names)):
        rows = tx.execute(query.where(receiving_domains.c.name.in_(group)))
        domains_by_name |= {row.name: _domain(row) for row in rows}
    return domains_by_name


#: Asked with every claim, and mostly there is none.
_ANY_DOMAIN = Prepared(sa.select(receiving_domains.c.name).limit(1))


def keep_domains(tx: sa.Connection, domains: Mapping[str, Domain]) -> None:
    """Store what is kept to with these domains."""
    rows = [_row(name, domain) for name, domain in sorted(domains.items())]
    replace_rows(tx, receiving_domains, rows)


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Delete domains that nothing has been kept to with since a moment; returns how many."""
    long_ago = [
        sa.or_(column.is_(None), column < before)
        for column in (receiving_domains.c.next_at, receiving_domains.c.left_alone_until)
    ]
    return tx.execute(sa.delete(receiving_domains).where(*long_ago)).rowcount


def _domain(row: sa.Row[Any]) -> Domain:
    pause = dt.timedelta(seconds=row.pause_seconds)
    return Domain(row.next_at, Breaker(row.refusals, row.left_alone_until, pause) if row.refusals else None)


def _row(name: str, domain: Domain) -> dict[str, Any]:
    breaker = domain.breaker or Breaker()
    return {
        "name": name,
        "next_at": domain.next_at,
        "refusals": breaker.refusals,
        "left_alone_until": breaker.until,
        "pause_seconds": int(breaker.pause.total_seconds()),
    }
