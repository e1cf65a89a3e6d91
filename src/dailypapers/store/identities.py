"""Identities: the names papers go by. Two records that share a name are one paper; what was merged can be split again.

    names of a record | papers that go by them | none: a new paper · one: that paper · several: merge them

A merge is recorded where a source's record led to a paper by another name than its own id. Split again, the two stay
apart whatever a source says later.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.paper import Paper
from dailypapers.store.database import groups, insert_new, lock
from dailypapers.store.schema import announcements as announced
from dailypapers.store.schema import merges, names, papers

#: A paper that was split off this long after it came is no news any more.
NEWS_FOR = dt.timedelta(days=7)

# Made once: to put a statement together takes longer than to run it.
_NEW_PAPER = sa.insert(papers).returning(papers.c.id)
_NEW_NAMES = sa.insert(names)
#: What a paper takes from another record where it has nothing itself.
_FILLED = ("abstract", "url", "code_url", "published", "authors")


@dataclass(frozen=True, slots=True)
class Merge:
    """A record that was taken for a paper which was known."""

    #: Who said so; empty for a file of earlier papers.
    source: str
    #: The record's own id, and the name by which it was taken for the paper.
    record: str
    name: str
    merged_at: dt.datetime
    #: When it was split off again; `None` while it is merged.
    split_at: dt.datetime | None = None


def known(tx: sa.Connection, some_names: Iterable[str]) -> dict[str, int]:
    """Return the internal ids of papers by any name they go by; a name nobody knows is left out."""
    id_by_name: dict[str, int] = {}
    for group in groups(sorted(some_names)):
        rows = tx.execute(sa.select(names.c.name, names.c.paper_id).where(names.c.name.in_(group)))
        id_by_name.update((row.name, row.paper_id) for row in rows)
    return id_by_name


def fold(tx: sa.Connection, paper: Paper, id_by_name: dict[str, int], *, source: str = "", now: dt.datetime) -> int:
    """Return the paper this record is, or keep it as a new one; its unknown names lead there from now on."""
    own = str(paper.id)
    paper_ids = {id_by_name[name]: name for name in reversed(paper.names()) if name in id_by_name}
    if len(paper_ids) > 1:
        paper_ids = _not_apart(tx, paper_ids, first=id_by_name.get(own))
    paper_id = min(paper_ids, default=0) or insert(tx, paper, now)
    # Two records turn out to be one work: from now on every name leads to the one we knew first.
    for other in sorted(paper_ids)[1:]:
        name = paper_ids[paper_id if id_by_name.get(own) == other else other]
        _merge(tx, other, into=paper_id, source=source, name=name, now=now)
        id_by_name.update((name, paper_id) for name, known_id in id_by_name.items() if known_id == other)
    fresh_names = [name for name in paper.names() if name not in id_by_name]
    if paper_ids and own in fresh_names:
        _record_fold(tx, paper, paper_id, source=source, name=paper_ids[paper_id], brought=fresh_names, now=now)
    if fresh_names:
        tx.execute(_NEW_NAMES, [{"name": name, "paper_id": paper_id} for name in fresh_names])
        id_by_name.update((name, paper_id) for name in fresh_names)
    return paper_id


def _not_apart(tx: sa.Connection, paper_ids: Mapping[int, str], *, first: int | None) -> dict[int, str]:
    """Leave out the papers that were split from one another; the one that goes by the record's own id stays."""
    is_split = sa.and_(merges.c.split_at.is_not(None), merges.c.paper_id.in_(paper_ids))
    rows = tx.execute(sa.select(merges.c.paper_id, merges.c.other_id).where(is_split)).all()
    apart = {frozenset((row.paper_id, row.other_id)) for row in rows}
    together: dict[int, str] = {}
    for paper_id in sorted(paper_ids, key=lambda each: (each != first, each)):
        if not any(frozenset((paper_id, other)) in apart for other in together):
            together[paper_id] = paper_ids[paper_id]
    return together


def insert(tx: sa.Connection, paper: Paper, now: dt.datetime) -> int:
    """Store a paper nobody knew; returns its internal id."""
    row = {"key": str(paper.id), "published": paper.published, "first_seen_at": now, **_texts(paper)}
    return int(tx.execute(_NEW_PAPER, row).scalar_one())


def _texts(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "url": paper.url,
        "code_url": paper.code_url,
    }


def _merge(tx: sa.Connection, other: int, *, into: int, source: str, name: str, now: dt.datetime) -> None:
    """Lead all names and all waiting announcements to one paper; what closed editions show stays as it was."""
    led = list(tx.scalars(sa.select(names.c.name).where(names.c.paper_id == other).order_by(names.c.name)))
    key = tx.execute(sa.select(papers.c.key).where(papers.c.id == other)).scalar_one()
    details = {"names": led}
    _record(tx, into, other, source=source, record=key, name=name, details=details, now=now)
    tx.execute(sa.update(names).where(names.c.paper_id == other).values(paper_id=into))
    # What was merged into it, or split from it, is now merged into the one it has become, or split from that.
    tx.execute(sa.update(merges).where(merges.c.paper_id == other).values(paper_id=into))
    split_off = sa.and_(merges.c.other_id == other, merges.c.split_at.is_not(None))
    tx.execute(sa.update(merges).where(split_off).values(other_id=into))
    waiting = sa.and_(announced.c.paper_id == other, announced.c.edition_id.is_(None))
    rows = tx.execute(sa.delete(announced).where(waiting).returning(*announced.c)).all()
    moved = [{**row._asdict(), "paper_id": into} for row in rows]
    insert_new(tx, announced, [{k: v for k, v in row.items() if k != "id"} for row in moved])


def _record_fold(
    tx: sa.Connection,
    paper: Paper,
    paper_id: int,
    *,
    source: str,
    name: str,
    brought: Sequence[str],
    now: dt.datetime,
) -> None:
    """Keep a record that has no row of its own, and what the paper was like without it."""
    before = tx.execute(sa.select(papers).where(papers.c.id == paper_id)).one()
    details = {
        "names": list(brought),
        "record": {**_texts(paper), "published": str(paper.published or "")},
        "blank": [column for column in _FILLED if not getattr(before, column)],
        "categories": before.categories,
    }
    _record(tx, paper_id, None, source=source, record=str(paper.id), name=name, details=details, now=now)


def _record(
    tx: sa.Connection,
    paper_id: int,
    other: int | None,
    *,
    source: str,
    record: str,
    name: str,
    details: Mapping[str, Any],
    now: dt.datetime,
) -> None:
    row = {"paper_id": paper_id, "other_id": other, "source": source, "record": record, "name": name}
    tx.execute(sa.insert(merges).values(**row, details=details, merged_at=now))


def merges_of(tx: sa.Connection, paper_id: int) -> tuple[Merge, ...]:
    """Return what was taken for a paper, oldest first; what was split off again is among it."""
    rows = tx.execute(sa.select(merges).where(merges.c.paper_id == paper_id).order_by(merges.c.id))
    return tuple(Merge(row.source, row.record, row.name, row.merged_at, row.split_at) for row in rows)


def split(tx: sa.Connection, paper_id: int, record: str, *, now: dt.datetime) -> int | None:
    """Make a record that was merged into a paper a paper of its own; returns its internal id.

    It stays apart whatever a source says later. If it came within a week and was in no edition it joins the next one.
    `None` where the record is not merged into this paper.
    """
    lock(tx, names)
    own = sa.and_(merges.c.paper_id == paper_id, merges.c.record == record, merges.c.split_at.is_(None))
    row = tx.execute(sa.select(merges).where(own).order_by(merges.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    other = int(row.other_id or _own_row(tx, row))
    led = [name for name, known_id in known(tx, row.details["names"]).items() if known_id == paper_id]
    tx.execute(sa.update(names).where(names.c.name.in_(led)).values(paper_id=other))
    # What had been merged into it before goes with it.
    also = sa.and_(merges.c.paper_id == paper_id, merges.c.record.in_(led), merges.c.id != row.id)
    tx.execute(sa.update(merges).where(also).values(paper_id=other))
    tx.execute(sa.update(merges).where(merges.c.id == row.id).values(other_id=other, split_at=now))
    if row.source and now - row.merged_at <= NEWS_FOR:
        _announce_apart(tx, row.source, paper_id, other, now)
    return other


def _own_row(tx: sa.Connection, merge: sa.Row[Any]) -> int:
    """Give a record a row of its own, and take from the paper what it had from the record."""
    record = merge.details["record"]
    published = dt.date.fromisoformat(record["published"]) if record["published"] else None
    texts = {**record, "published": published}
    _unfill(tx, merge.paper_id, texts, blank=merge.details["blank"], categories=merge.details["categories"])
    return int(tx.execute(_NEW_PAPER, {**texts, "key": merge.record, "first_seen_at": merge.merged_at}).scalar_one())


def _unfill(
    tx: sa.Connection, paper_id: int, texts: Mapping[str, Any], *, blank: Sequence[str], categories: Sequence[str]
) -> None:
    now = tx.execute(sa.select(papers).where(papers.c.id == paper_id)).one()
    foreign = set(texts["categories"]) - set(categories)
    changed: dict[str, Any] = {"categories": [each for each in now.categories if each not in foreign]}
    for column in blank:
        if getattr(now, column) == texts[column]:
            changed[column] = None if column == "published" else type(texts[column])()
    tx.execute(sa.update(papers).where(papers.c.id == paper_id).values(changed))


def _announce_apart(tx: sa.Connection, source: str, paper_id: int, other: int, now: dt.datetime) -> None:
    """Let a paper that was split off join the next edition, unless one has had it."""
    fresh = sa.select(announced).where(announced.c.fresh)
    of_paper = tx.execute(fresh.where(announced.c.paper_id == paper_id, announced.c.source == source)).one_or_none()
    has_others = tx.execute(fresh.where(announced.c.paper_id == paper_id, announced.c.source != source)).first()
    was_shown = tx.execute(fresh.where(announced.c.paper_id == other, announced.c.edition_id.is_not(None))).first()
    if of_paper is None:
        return
    if not was_shown:
        values = {"paper_id": other, "edition_id": None, "seen_at": now}
        row = {name: value for name, value in of_paper._asdict().items() if name != "id"}
        insert_new(tx, announced, [{**row, **values}])
    if of_paper.edition_id is None and has_others:
        tx.execute(sa.delete(announced).where(announced.c.id == of_paper.id))
