"""Papers and what was announced of them; which records are one paper, `identities` knows."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from dailypapers.domain.forwarded import PRIVATE_SCHEME
from dailypapers.domain.paper import NOTHING_SHOWN, Paper, PaperId, Presentation, Signals
from dailypapers.domain.source import Announcement, AnnounceType
from dailypapers.domain.summary import Summary
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.store import identities, summaries, thumbnails, votes
from dailypapers.store.database import groups, insert_new, lock, replace_rows
from dailypapers.store.schema import announcements as announced
from dailypapers.store.schema import editions, names, papers, signals


@dataclass(frozen=True, slots=True)
class Added:
    """How many announcements their source had not made before."""

    #: Papers announced as new or as cross-lists, and those announced as replacements, by their names in this answer.
    new_ids: frozenset[PaperId] = frozenset()
    replaced_ids: frozenset[PaperId] = frozenset()
    #: How many papers they are: two names may be one paper.
    new: int = 0
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper of an edition with who announced it and what the world made of it."""

    paper: Paper
    sources: tuple[str, ...]
    signals: Signals
    #: The paper's internal id.
    paper_id: int
    #: What sources show of it, and what a model said of it by language, as far as that was asked for.
    presentation: Presentation = NOTHING_SHOWN
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    #: A small picture of a figure of it, where the service has one.
    thumbnail: Thumbnail | None = None


def add(tx: sa.Connection, items: Sequence[Announcement], *, now: dt.datetime) -> Added:
    """Store announcements, and count the new ones; idempotent.

    Versions, cross-lists and other sources' copies fold into one paper: whoever shares a name with a known paper
    is that paper. The first text wins, blanks are filled, categories are united. Notices about papers that nobody
    knows are left out.
    """
    lock(tx, names)
    id_by_name = identities.known(tx, {name for item in items for name in item.paper.names()})
    for item in items:
        if not item.is_notice:
            identities.fold(tx, item.paper, id_by_name, source=item.source, now=now)
    items = [item for item in items if not item.is_notice or str(item.paper.id) in id_by_name]
    # Asked at the end: a later record may have told that two earlier ones are one paper.
    ids = [id_by_name[str(item.paper.id)] for item in items]
    _fill(tx, zip(ids, items, strict=True))
    _observe(tx, zip(ids, items, strict=True), now.date())
    return _announce(tx, list(zip(ids, items, strict=True)), now)


def keep(tx: sa.Connection, unannounced: Sequence[Paper], *, now: dt.datetime) -> int:
    """Store papers that nobody announces; return how many are new."""
    lock(tx, names)
    id_by_name = identities.known(tx, {name for paper in unannounced for name in paper.names()})
    ids_before = set(id_by_name.values())
    return len({identities.fold(tx, paper, id_by_name, now=now) for paper in unannounced} - ids_before)


def named(tx: sa.Connection, name: str) -> int | None:
    """Return the internal id of the paper that goes by a name, `None` where there is none."""
    return identities.known(tx, [name]).get(name)


def _fill(tx: sa.Connection, items: Iterable[tuple[int, Announcement]]) -> None:
    """Fill what the kept record lacks from a later one."""
    papers_by_id: dict[int, list[Paper]] = {}
    for paper_id, item in items:
        papers_by_id.setdefault(paper_id, []).append(item.paper)
    for group in groups(papers_by_id):
        for row in tx.execute(sa.select(papers).where(papers.c.id.in_(group))).all():
            changed = _filled(row, papers_by_id[row.id])
            if changed:
                tx.execute(sa.update(papers).where(papers.c.id == row.id).values(changed))


def _filled(row: sa.Row[Any], others: Sequence[Paper]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for column in ("abstract", "url", "code_url", "published"):
        if not getattr(row, column):
            better = next((value for other in others if (value := getattr(other, column))), None)
            changed |= {column: better} if better else {}
    if not row.authors and (authors := next((other.authors for other in others if other.authors), ())):
        changed["authors"] = list(authors)
    united = list(dict.fromkeys([*row.categories, *(c for other in others for c in other.categories)]))
    if united != row.categories:
        changed["categories"] = united
    return changed


def _observe(tx: sa.Connection, items: Iterable[tuple[int, Announcement]], day: dt.date) -> None:
    """Keep a day's last reading, by the day it was read on: two of them tell how fast a count grows."""
    rows = [
        {
            "paper_id": paper_id,
            "source": item.source,
            "day": day,
            "upvotes": counted.upvotes,
            "comments": counted.comments,
            "stars": counted.stars,
            "presentation": asdict(item.presentation) if item.presentation else None,
        }
        for paper_id, item in items
        if item.signals or item.presentation
        for counted in [item.signals or Signals()]
    ]
    replace_rows(tx, signals, rows)


def presentations(tx: sa.Connection, paper_ids: Iterable[int]) -> dict[int, Presentation]:
    """Load what sources showed of papers, of each thing what was shown first: a mail made again says the same.

    Papers of which nobody showed anything are left out.
    """
    query = sa.select(signals.c.paper_id, signals.c.presentation).where(signals.c.presentation.is_not(None))
    values: dict[int, dict[str, Any]] = {}
    for group in groups(sorted(set(paper_ids))):
        in_group = query.where(signals.c.paper_id.in_(group))
        for row in tx.execute(in_group.order_by(signals.c.day.desc(), signals.c.source.desc())):
            stated_values = {key: tuple(v) if isinstance(v, list) else v for key, v in row.presentation.items() if v}
            values.setdefault(row.paper_id, {}).update(stated_values)
    return {paper_id: Presentation(**stated_values) for paper_id, stated_values in values.items() if stated_values}


def presented(tx: sa.Connection, listed: Sequence[Listed]) -> tuple[Listed, ...]:
    """Return the same papers, each with what sources show of it, what a model said, and its figure."""
    ids = [item.paper_id for item in listed]
    shown_by_id, summaries_by_id = presentations(tx, ids), summaries.of_papers(tx, ids)
    thumbnail_by_id = thumbnails.of_papers(tx, ids)
    return tuple(
        replace(
            item,
            presentation=shown_by_id.get(item.paper_id, NOTHING_SHOWN),
            summaries=summaries_by_id.get(item.paper_id, {}),
            thumbnail=thumbnail_by_id.get(item.paper_id),
        )
        for item in listed
    )


def undescribed(tx: sa.Connection, source: str, *, limit: int) -> list[PaperId]:
    """Return papers of the last edition, and of the one that closes next, of which a source has not been asked more."""
    newest = sa.select(editions.c.id).order_by(editions.c.day.desc()).limit(1).scalar_subquery()
    is_recent = sa.or_(announced.c.edition_id.is_(None), announced.c.edition_id == newest)
    is_described = sa.exists().where(
        signals.c.paper_id == announced.c.paper_id, signals.c.source == source, signals.c.presentation.is_not(None)
    )
    query = (
        sa.select(papers.c.key)
        .join(announced, announced.c.paper_id == papers.c.id)
        .where(announced.c.source == source, announced.c.fresh, is_recent, ~is_described)
        .where(papers.c.key.startswith("arxiv:"))
        .order_by(papers.c.id)
        .limit(limit)
    )
    return [PaperId.parse(key) for key in tx.scalars(query)]


def describe(tx: sa.Connection, source: str, items: Sequence[tuple[Paper, Presentation]], *, now: dt.datetime) -> int:
    """Store what a source says besides of papers it has announced; return how many were given another name by it."""
    lock(tx, names)
    all_names = {name for paper, _ in items for name in paper.names()}
    id_by_name = identities.known(tx, all_names)
    before = len(id_by_name)
    announcements = [Announcement(paper, source, now.date(), presentation=shown) for paper, shown in items]
    for item in announcements:
        identities.fold(tx, item.paper, id_by_name, source=source, now=now)
    described = [(id_by_name[str(item.paper.id)], item) for item in announcements]
    _fill(tx, described)
    _observe(tx, described, now.date())
    return len(id_by_name) - before


def _announce(tx: sa.Connection, items: Sequence[tuple[int, Announcement]], now: dt.datetime) -> Added:
    ordered = sorted(items, key=lambda pair: pair[1].type is not AnnounceType.NEW)
    rows = {
        (item.source, paper_id, item.type.fresh): {
            "source": item.source,
            "paper_id": paper_id,
            "fresh": item.type.fresh,
            "type": item.type.value,
            "version": item.version,
            "day": item.day,
            "seen_at": now,
        }
        for paper_id, item in reversed(ordered)
    }
    added = insert_new(tx, announced, list(rows.values()), announced.c.paper_id, announced.c.fresh)
    _raise_versions(tx, rows.values())
    new, replaced = ({row.paper_id for row in added if row.fresh is fresh} for fresh in (True, False))

    def named_ids(paper_ids: set[int], *, fresh: bool) -> frozenset[PaperId]:
        return frozenset(item.paper.id for id_, item in items if id_ in paper_ids and item.type.fresh is fresh)

    return Added(named_ids(new, fresh=True), named_ids(replaced, fresh=False), len(new), len(replaced))


def _raise_versions(tx: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Note the newest version of papers that are replaced once more."""
    replaced = [
        {"of_source": row["source"], "of_paper": row["paper_id"], "to": row["version"]}
        for row in rows
        if row["version"] and not row["fresh"]
    ]
    if replaced:
        newest = sa.bindparam("to", type_=sa.Integer)
        is_older = sa.or_(announced.c.version.is_(None), announced.c.version < newest)
        same = (announced.c.source == sa.bindparam("of_source"), announced.c.paper_id == sa.bindparam("of_paper"))
        statement = sa.update(announced).where(*same, announced.c.fresh.is_(sa.false()), is_older)
        tx.execute(statement.values(version=newest), replaced)


def every(tx: sa.Connection) -> dict[int, Paper]:
    """Return all papers by their internal ids."""
    return {row.id: _paper(row) for row in tx.execute(sa.select(papers).order_by(papers.c.id))}


def last_id(tx: sa.Connection) -> int:
    """Return the highest internal id, 0 where there is no paper. They are given in the order papers come in."""
    return int(tx.execute(sa.select(sa.func.max(papers.c.id))).scalar_one() or 0)


def between(tx: sa.Connection, after: int, upto: int) -> dict[int, Paper]:
    """Return the papers with `after` < id ≤ `upto` that anybody may find.

    Those that turned out to be another one are left out, and those that one reader alone has told us of.
    """
    own = sa.and_(names.c.name == papers.c.key, names.c.paper_id == papers.c.id)
    is_public = ~papers.c.key.startswith(f"{PRIVATE_SCHEME}:")
    query = sa.select(papers).join(names, own).where(papers.c.id > after, papers.c.id <= upto, is_public)
    return {row.id: _paper(row) for row in tx.execute(query.order_by(papers.c.id))}


def first_editions(tx: sa.Connection) -> dict[int, int]:
    """Return the first edition each paper was in; papers that were in none are left out."""
    number = sa.func.min(announced.c.edition_id).label("edition_id")
    fresh = sa.and_(announced.c.fresh, announced.c.edition_id.is_not(None))
    rows = tx.execute(sa.select(announced.c.paper_id, number).where(fresh).group_by(announced.c.paper_id))
    return {row.paper_id: row.edition_id for row in rows}


def in_editions(tx: sa.Connection, *, after: int, upto: int | None) -> tuple[Listed, ...]:
    """Return all papers of the editions with `after` < id ≤ `upto`, each once, in an order that never varies.

    Without `upto`, all editions after it and what waits for the next one.
    """
    number = announced.c.edition_id
    window = number <= upto if upto is not None else sa.true()
    later = sa.or_(number > after, number.is_(None)) if upto is None else number > after
    rows = tx.execute(
        sa.select(announced.c.paper_id, announced.c.source)
        .where(announced.c.fresh, window, later)
        .order_by(announced.c.paper_id, announced.c.source)
    ).all()
    sources: dict[int, list[str]] = {}
    for row in rows:
        sources.setdefault(row.paper_id, []).append(row.source)
    return _listed(tx, sources)


def page_of_edition(tx: sa.Connection, edition_id: int, *, limit: int, after_id: int = 0) -> tuple[Listed, ...]:
    """Return papers of an edition by their internal ids, behind one of them."""
    mine = sa.and_(announced.c.fresh, announced.c.edition_id == edition_id, announced.c.paper_id > after_id)
    ids = sa.select(announced.c.paper_id).where(mine).distinct().order_by(announced.c.paper_id).limit(limit)
    return tuple(of_delivery(tx, list(tx.scalars(ids))).values())


def waiting(tx: sa.Connection) -> int:
    """Return how many papers wait for the next edition to close."""
    query = sa.select(sa.func.count(announced.c.paper_id.distinct()))
    return tx.execute(query.where(announced.c.fresh, announced.c.edition_id.is_(None))).scalar_one()


def ids_by_name(tx: sa.Connection, some_names: Iterable[str]) -> dict[str, int]:
    """Return the internal ids of papers by any name they go by; a name nobody knows is left out."""
    return identities.known(tx, some_names)


def by_key(tx: sa.Connection, keys: Iterable[str]) -> dict[str, Paper]:
    """Return papers by any name they go by; a name nobody knows is left out."""
    id_by_name = identities.known(tx, keys)
    paper_by_id = by_id(tx, set(id_by_name.values()))
    return {key: paper_by_id[paper_id] for key, paper_id in id_by_name.items()}


def of_delivery(tx: sa.Connection, paper_ids: Sequence[int]) -> dict[int, Listed]:
    """Load papers with all sources that announced them and what these show, for rendering."""
    sources: dict[int, list[str]] = {paper_id: [] for paper_id in paper_ids}
    for group in groups(sorted(sources)):
        rows = tx.execute(
            sa.select(announced.c.paper_id, announced.c.source)
            .where(announced.c.paper_id.in_(group), announced.c.fresh)
            .order_by(announced.c.paper_id, announced.c.source)
        )
        for row in rows:
            sources[row.paper_id].append(row.source)
    return dict(zip(sources, presented(tx, _listed(tx, sources)), strict=True))


def _listed(tx: sa.Connection, sources: Mapping[int, Sequence[str]]) -> tuple[Listed, ...]:
    paper_by_id = by_id(tx, sources)
    signals_by_id = _signals(tx, sources)
    return tuple(
        Listed(paper_by_id[paper_id], tuple(announcers), signals_by_id.get(paper_id, Signals()), paper_id)
        for paper_id, announcers in sources.items()
    )


def by_id(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Paper]:
    """Return papers by their internal ids."""
    paper_by_id: dict[int, Paper] = {}
    for group in groups(ids):
        for row in tx.execute(sa.select(papers).where(papers.c.id.in_(group))):
            paper_by_id[row.id] = _paper(row)
    return paper_by_id


def _paper(row: sa.Row[Any]) -> Paper:
    scheme, _, value = row.key.partition(":")
    return Paper(
        id=PaperId(scheme, value),
        title=row.title,
        abstract=row.abstract,
        authors=tuple(row.authors),
        categories=tuple(row.categories),
        url=row.url,
        code_url=row.code_url,
        published=row.published,
    )


def _signals(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Signals]:
    """Load the newest count of each source, and its growth; where several sources counted, the highest."""
    paper_ids = sorted(set(ids))
    signals_by_id = {paper_id: Signals(votes=count) for paper_id, count in votes.balance(tx, paper_ids).items()}
    counts = ("paper_id", "source", "day", "upvotes", "comments", "stars")
    query = sa.select(*(signals.c[name] for name in counts)).order_by(signals.c.day)
    for group in groups(paper_ids):
        rows = tx.execute(query.where(signals.c.paper_id.in_(group))).all()
        newest: dict[tuple[int, str], list[sa.Row[Any]]] = {}
        for row in rows:
            newest.setdefault((row.paper_id, row.source), []).append(row)
        for (paper_id, _), readings in newest.items():
            signals_by_id[paper_id] = _highest(
                signals_by_id.get(paper_id, Signals()), readings[-1], _velocity(readings[-2:])
            )
    return signals_by_id


def _velocity(readings: Sequence[sa.Row[Any]]) -> float | None:
    """Return the upvotes gained a day between the last two readings."""
    counts = [(row.day, row.upvotes) for row in readings if row.upvotes is not None]
    if len(counts) < 2:  # noqa: PLR2004 - growth is between two
        return None
    (before, fewer), (after, more) = counts
    return float((more - fewer) / (after - before).days)


def _highest(so_far: Signals, row: sa.Row[Any], velocity: float | None) -> Signals:
    def higher(a: float | None, b: float | None) -> Any:
        return max((n for n in (a, b) if n is not None), default=None)

    return replace(
        so_far,
        upvotes=higher(so_far.upvotes, row.upvotes),
        comments=higher(so_far.comments, row.comments),
        stars=higher(so_far.stars, row.stars),
        velocity=higher(so_far.velocity, velocity),
    )
