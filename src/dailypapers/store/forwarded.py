"""Papers that readers forward to us: a row for each reader and paper.

A paper that is known is the one that all readers share. Of any other we know only what one reader's email says, which
anybody may have written: it gets a row of its own that no name of a work leads to, so that nobody else meets it.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.forwarded import PRIVATE_SCHEME, Candidate, ForwardedFrom, Listing
from dailypapers.domain.paper import Paper, PaperId, by_first_name
from dailypapers.store import identities
from dailypapers.store.database import groups, lock
from dailypapers.store.schema import forwarded_papers, names, papers

#: For how long it is remembered which papers somebody forwarded: until then none of them is sent to them twice.
KEPT = dt.timedelta(days=400)
#: Alerts of one paper that are named.
_MOST_ALERTS = 5


def count_since(tx: sa.Connection, subscriber_id: int, moment: dt.datetime) -> int:
    """Return how many papers somebody has forwarded since a moment."""
    query = sa.select(sa.func.count()).where(
        forwarded_papers.c.subscriber_id == subscriber_id, forwarded_papers.c.received_at > moment
    )
    return int(tx.execute(query).scalar_one())


def add(tx: sa.Connection, subscriber_id: int, listing: Listing, *, limit: int, now: dt.datetime) -> int:
    """Store what an email lists, `limit` new papers at most; returns how many were new to its reader. Idempotent."""
    lock(tx, names)
    rows = tx.execute(sa.select(forwarded_papers).where(forwarded_papers.c.subscriber_id == subscriber_id)).all()
    by_name = {name: row for row in rows for name in row.names}
    shared = identities.known(tx, {name for paper in listing.papers for name in paper.names()})
    new = 0
    for paper in listing.papers:
        before = by_first_name(by_name, paper.names())
        if before is not None:
            _name_again(tx, before, listing)
        elif new < limit:
            row = _insert(tx, subscriber_id, listing, paper, shared, now=now)
            by_name |= dict.fromkeys(paper.names(), row)
            new += 1
    return new


def _name_again(tx: sa.Connection, row: sa.Row[Any], listing: Listing) -> None:
    """Note that another alert lists a paper too."""
    alerts = list(dict.fromkeys([*row.alerts, listing.name]))[:_MOST_ALERTS]
    mine = (
        forwarded_papers.c.subscriber_id == row.subscriber_id,
        forwarded_papers.c.paper_id == row.paper_id,
    )
    source = listing.source if listing.source is ForwardedFrom.SCHOLAR else row.source
    tx.execute(sa.update(forwarded_papers).where(*mine).values(alerts=alerts, source=str(source)))


def _insert(
    tx: sa.Connection,
    subscriber_id: int,
    listing: Listing,
    paper: Paper,
    shared: Mapping[str, int],
    *,
    now: dt.datetime,
) -> sa.Row[Any]:
    paper_id = by_first_name(shared, paper.names()) or _private(tx, paper, now)
    row = {
        "subscriber_id": subscriber_id,
        "paper_id": paper_id,
        "source": listing.source.value,
        "alerts": [listing.name],
        "names": list(paper.names()),
        "received_at": now,
    }
    return tx.execute(sa.insert(forwarded_papers).values(row).returning(*forwarded_papers.c)).one()


def _private(tx: sa.Connection, paper: Paper, now: dt.datetime) -> int:
    key = PaperId(PRIVATE_SCHEME, secrets.token_hex(16))
    paper_id = identities.insert(tx, replace(paper, id=key, also=()), now)
    # Votes call papers by their keys.
    tx.execute(sa.insert(names).values(name=str(key), paper_id=paper_id))
    return paper_id


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What one reader has forwarded."""

    candidates: tuple[Candidate, ...]
    """What came lately."""
    twins: tuple[frozenset[int], ...]
    """Ids of one paper each: its reader's own, and the one that all share, which it got later."""


def listed_for(tx: sa.Connection, subscriber_id: int) -> list[tuple[int, tuple[str, ...], dt.datetime]]:
    """Return all that somebody forwarded: each paper's internal id, the alerts that listed it, and since when."""
    mine = forwarded_papers.c.subscriber_id == subscriber_id
    rows = tx.execute(sa.select(forwarded_papers).where(mine).order_by(forwarded_papers.c.paper_id))
    return [(row.paper_id, tuple(row.alerts), row.received_at) for row in rows]


def of_readers(tx: sa.Connection, subscriber_ids: Sequence[int], *, since: dt.datetime) -> dict[int, Forwarded]:
    """Return what readers have forwarded; candidates are the papers that came since a moment.

    A paper that has become known is the one that all share. Who has forwarded nothing is left out.
    """
    rows: list[sa.Row[Any]] = []
    for group in groups(subscriber_ids):
        query = sa.select(forwarded_papers).where(forwarded_papers.c.subscriber_id.in_(group))
        rows += tx.execute(query.order_by(forwarded_papers.c.subscriber_id, forwarded_papers.c.paper_id)).all()
    shared = identities.known(tx, {name for row in rows for name in row.names}) if rows else {}
    by_reader: dict[int, list[sa.Row[Any]]] = {}
    for row in rows:
        by_reader.setdefault(row.subscriber_id, []).append(row)
    return {reader: _forwarded(mine, shared, since) for reader, mine in by_reader.items()}


def _forwarded(rows: Sequence[sa.Row[Any]], shared: Mapping[str, int], since: dt.datetime) -> Forwarded:
    candidates, twins = list[Candidate](), list[frozenset[int]]()
    for row in rows:
        known_ids = [shared[name] for name in row.names if name in shared]
        ids = frozenset((row.paper_id, *known_ids))
        if len(ids) > 1:
            twins.append(ids)
        if row.received_at > since:
            is_asked_for = row.source == ForwardedFrom.SCHOLAR
            candidates.append(Candidate(next(iter(known_ids), row.paper_id), tuple(row.alerts), is_asked_for))
    return Forwarded(tuple(candidates), tuple(twins))


def erase(tx: sa.Connection, subscriber_id: int) -> None:
    """Forget what somebody forwarded; nothing is left of what only their emails said."""
    gone = sa.delete(forwarded_papers).where(forwarded_papers.c.subscriber_id == subscriber_id)
    _blank(tx, tx.scalars(gone.returning(forwarded_papers.c.paper_id)).all())


def prune(tx: sa.Connection, *, before: dt.datetime) -> int:
    """Forget what was forwarded earlier; returns how much that was. Papers stay where digests show them."""
    return tx.execute(sa.delete(forwarded_papers).where(forwarded_papers.c.received_at < before)).rowcount


def _blank(tx: sa.Connection, paper_ids: Iterable[int]) -> None:
    is_private = papers.c.key.startswith(f"{PRIVATE_SCHEME}:")
    for group in groups(paper_ids):
        blank = {"title": "", "abstract": "", "authors": [], "url": "", "categories": []}
        tx.execute(sa.update(papers).where(papers.c.id.in_(group), is_private).values(blank))
