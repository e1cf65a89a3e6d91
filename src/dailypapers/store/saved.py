"""Papers that readers saved, with a collection and a note each, and what each reader has been told of them.

That a paper is saved is a vote (`store.votes`); a row here stays when the vote is withdrawn, so that saving the paper
again brings back the note.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from dailypapers.domain.paper import PaperId, Presentation
from dailypapers.domain.resource import talk_of
from dailypapers.domain.saved import NOTHING_REMARKED, Facts, Remark
from dailypapers.domain.vote import Vote
from dailypapers.store.database import groups, insert_new
from dailypapers.store.schema import announcements, names, notices, papers, saved_papers, signals, votes


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A paper somebody has saved."""

    subscriber_id: int
    paper_id: int
    saved_at: dt.datetime
    remark: Remark = NOTHING_REMARKED
    #: What the reader knows of it; `None` for one that was saved before this was noted.
    facts: Facts | None = None


def begin(tx: sa.Connection, subscriber_id: int, paper_id: int) -> None:
    """Note what is known of a paper at the moment somebody saves it: only what changes later is news to them."""
    row = {"subscriber_id": subscriber_id, "paper_id": paper_id, "collection": "", "note": "", "facts": None}
    insert_new(tx, saved_papers, [row], saved_papers.c.paper_id)
    mark_told(tx, {(subscriber_id, paper_id): facts_of(tx, [paper_id])[paper_id]})


def describe(tx: sa.Connection, subscriber_id: int, paper_id: int, remark: Remark) -> bool:
    """Put a saved paper into a collection and note something about it; return whether the reader has saved it."""
    if not any(one.paper_id == paper_id for one in of_readers(tx, [subscriber_id], paper_id=paper_id)):
        return False
    row = {"subscriber_id": subscriber_id, "paper_id": paper_id, **asdict(remark)}
    if not insert_new(tx, saved_papers, [{**row, "facts": None}], saved_papers.c.paper_id):
        of_both = (saved_papers.c.subscriber_id == subscriber_id, saved_papers.c.paper_id == paper_id)
        tx.execute(sa.update(saved_papers).where(*of_both).values(**asdict(remark)))
    return True


def of_readers(tx: sa.Connection, subscriber_ids: Sequence[int], *, paper_id: int | None = None) -> list[SavedPaper]:
    """Return what these readers have saved, the newest first; with `paper_id` that paper alone."""
    same = sa.and_(saved_papers.c.subscriber_id == votes.c.subscriber_id, saved_papers.c.paper_id == votes.c.paper_id)
    query = (
        sa.select(votes.c.subscriber_id, votes.c.paper_id, votes.c.voted_at)
        .add_columns(saved_papers.c.collection, saved_papers.c.note, saved_papers.c.facts)
        .outerjoin(saved_papers, same)
        .where(votes.c.vote == Vote.SAVE.value)
        .order_by(votes.c.voted_at.desc(), votes.c.paper_id.desc())
    )
    if paper_id is not None:
        query = query.where(votes.c.paper_id == paper_id)
    rows = (
        row for group in groups(subscriber_ids) for row in tx.execute(query.where(votes.c.subscriber_id.in_(group)))
    )
    return [
        SavedPaper(
            row.subscriber_id,
            row.paper_id,
            row.voted_at,
            Remark(row.collection or "", row.note or ""),
            _facts(row.facts) if row.facts is not None else None,
        )
        for row in rows
    ]


def _facts(stored: Mapping[str, object]) -> Facts:
    # As `mark_told` wrote them; earlier versions did not know of talks.
    facts = Facts(**{"talk": None, **stored})  # type: ignore[arg-type]
    return replace(facts, notices=tuple((kind, doi) for kind, doi in facts.notices))


def mark_told(tx: sa.Connection, facts: Mapping[tuple[int, int], Facts]) -> None:
    """Note what readers know by now, by reader and paper, so that it is not said again."""
    for (subscriber_id, paper_id), fact in facts.items():
        of_both = (saved_papers.c.subscriber_id == subscriber_id, saved_papers.c.paper_id == paper_id)
        if not tx.execute(sa.update(saved_papers).where(*of_both).values(facts=asdict(fact))).rowcount:
            row = {"subscriber_id": subscriber_id, "paper_id": paper_id, "collection": "", "note": ""}
            insert_new(tx, saved_papers, [{**row, "facts": asdict(fact)}], saved_papers.c.paper_id)


def facts_of(tx: sa.Connection, paper_ids: Iterable[int]) -> dict[int, Facts]:
    """Return what is known of these papers' lives."""
    facts = dict.fromkeys(paper_ids, Facts())
    for group in groups(sorted(facts)):
        _add_versions_and_code(tx, group, facts)
        _add_where_published(tx, group, facts)
        query = sa.select(notices).where(notices.c.paper_id.in_(group))
        for row in tx.execute(query.order_by(notices.c.kind, notices.c.doi)):
            before = facts[row.paper_id]
            facts[row.paper_id] = replace(before, notices=(*before.notices, (row.kind, row.doi)))
    return facts


def _add_versions_and_code(tx: sa.Connection, group: Sequence[int], facts: dict[int, Facts]) -> None:
    for row in tx.execute(sa.select(papers.c.id, papers.c.code_url).where(papers.c.id.in_(group))):
        facts[row.id] = replace(facts[row.id], code=row.code_url)
    newest = sa.func.max(announcements.c.version).label("version")
    query = sa.select(announcements.c.paper_id, newest).where(announcements.c.paper_id.in_(group))
    for row in tx.execute(query.group_by(announcements.c.paper_id)):
        facts[row.paper_id] = replace(facts[row.paper_id], version=row.version or 0)


def _add_where_published(tx: sa.Connection, group: Sequence[int], facts: dict[int, Facts]) -> None:
    """Add a DOI that is not the paper's own name, and the journal that a source names."""
    other = sa.and_(names.c.paper_id == papers.c.id, names.c.name.startswith("doi:"), names.c.name != papers.c.key)
    query = sa.select(papers.c.id, names.c.name).join(names, other).where(papers.c.id.in_(group))
    for row in tx.execute(query.order_by(papers.c.id, names.c.name.desc())):
        facts[row.id] = replace(facts[row.id], doi=PaperId.parse(row.name).value)
    presentations = sa.select(signals.c.paper_id, signals.c.presentation).where(
        signals.c.paper_id.in_(group), signals.c.presentation.is_not(None)
    )
    for row in tx.execute(presentations.order_by(signals.c.day, signals.c.source)):
        shown = Presentation(journal=row.presentation.get("journal", ""), comment=row.presentation.get("comment", ""))
        if talk := talk_of(shown):
            facts[row.paper_id] = replace(facts[row.paper_id], talk=talk)
        elif shown.journal:
            facts[row.paper_id] = replace(facts[row.paper_id], journal=shown.journal)


def with_dois(tx: sa.Connection, *, after: int = 0, limit: int) -> list[tuple[int, str]]:
    """Return the next papers that anybody has saved and that have DOIs, each with one of them, by their ids."""
    is_saved = sa.exists().where(votes.c.paper_id == names.c.paper_id, votes.c.vote == Vote.SAVE.value)
    query = sa.select(names.c.paper_id, sa.func.min(names.c.name).label("name")).where(
        names.c.name.startswith("doi:"), names.c.paper_id > after, is_saved
    )
    rows = tx.execute(query.group_by(names.c.paper_id).order_by(names.c.paper_id).limit(limit))
    return [(row.paper_id, row.name.removeprefix("doi:")) for row in rows]


def note_notices(tx: sa.Connection, answers: Iterable[tuple[int, str, str]], *, now: dt.datetime) -> int:
    """Store what was published about papers (id, kind, the notice's DOI); return how many are new."""
    rows = [{"paper_id": paper, "kind": kind, "doi": doi, "noticed_at": now} for paper, kind, doi in answers]
    return len(insert_new(tx, notices, rows, notices.c.paper_id)) if rows else 0
