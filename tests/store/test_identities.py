"""What was merged is recorded with its reason, can be undone, and stays undone."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.store import editions, identities, papers
from dailypapers.store.database import reading, writing

DAY = dt.date(2026, 4, 20)
TITLE = "A Paper With a Telling Title"
PREPRINT, JOURNAL = "2604.01234", "10.1000/j.1"


def announcement(paper_id: str, *, source: str, title: str = TITLE, also: str = "", **fields: object) -> Announcement:
    names = (PaperId.parse(also),) if also else ()
    paper = Paper(PaperId.parse(paper_id), title, authors=("Ann Lee",), also=names, **fields)  # type: ignore[arg-type]
    return Announcement(paper, source, DAY)


def add(engine: sa.Engine, *items: Announcement, now: dt.datetime) -> int:
    with writing(engine) as tx:
        return papers.add(tx, items, now=now).new


def waiting(engine: sa.Engine) -> list[tuple[str, tuple[str, ...]]]:
    with reading(engine) as tx:
        return [(str(item.paper.id), item.sources) for item in papers.in_editions(tx, after=0, upto=None)]


def split(engine: sa.Engine, name: str, record: str, *, now: dt.datetime) -> int | None:
    with writing(engine) as tx:
        paper_id = papers.named(tx, name)
        assert paper_id is not None
        return identities.split(tx, paper_id, record, now=now)


def merges(engine: sa.Engine, name: str) -> tuple[identities.Merge, ...]:
    with reading(engine) as tx:
        return identities.merges_of(tx, papers.named(tx, name) or 0)


def test_a_record_that_folds_by_its_title_says_so(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(PREPRINT, source="arxiv"), announcement(PREPRINT, source="huggingface"), now=now)
    assert merges(engine, f"arxiv:{PREPRINT}") == ()
    for _ in range(2):
        add(engine, announcement(JOURNAL, source="journal"), now=now)
    (merge,) = merges(engine, f"arxiv:{PREPRINT}")
    assert (merge.source, merge.record, merge.merged_at) == ("journal", f"doi:{JOURNAL}", now)
    assert merge.name.startswith("work:")


def test_a_split_is_undone_by_no_source(engine: sa.Engine, now: dt.datetime) -> None:
    first = announcement(PREPRINT, source="arxiv", categories=("cs.LG",))
    other = announcement(JOURNAL, source="journal", categories=("Physics",), abstract="Of something else.")
    add(engine, first, other, now=now)
    assert waiting(engine) == [(f"arxiv:{PREPRINT}", ("arxiv", "journal"))]
    assert split(engine, f"arxiv:{PREPRINT}", f"doi:{JOURNAL}", now=now + dt.timedelta(hours=1))
    for _ in range(2):
        add(engine, first, other, replace(other, source="crossref"), now=now + dt.timedelta(days=1))
        assert waiting(engine) == [(f"arxiv:{PREPRINT}", ("arxiv",)), (f"doi:{JOURNAL}", ("crossref", "journal"))]
    with reading(engine) as tx:
        one, two = papers.by_key(tx, [f"arxiv:{PREPRINT}", f"doi:{JOURNAL}"]).values()
    assert (one.categories, one.abstract) == (("cs.LG",), "")
    assert (two.categories, two.abstract, two.authors) == (("Physics",), "Of something else.", ("Ann Lee",))
    assert merges(engine, f"arxiv:{PREPRINT}")[0].split_at == now + dt.timedelta(hours=1)
    # Split once more, there is nothing to split.
    assert split(engine, f"arxiv:{PREPRINT}", f"doi:{JOURNAL}", now=now) is None


def test_two_known_papers_are_split_into_what_they_were(engine: sa.Engine, now: dt.datetime) -> None:
    one, two = (
        announcement(PREPRINT, source="arxiv"),
        announcement(JOURNAL, source="journal", title="Another Long Title"),
    )
    add(engine, one, two, now=now)
    joined = announcement(PREPRINT, source="arxiv", also=JOURNAL)
    add(engine, joined, now=now)
    (merge,) = merges(engine, f"doi:{JOURNAL}")
    assert (merge.source, merge.record, merge.name) == ("arxiv", f"doi:{JOURNAL}", f"doi:{JOURNAL}")
    assert split(engine, f"arxiv:{PREPRINT}", f"doi:{JOURNAL}", now=now)
    add(engine, joined, two, one, now=now)
    assert [name for name, _ in waiting(engine)] == [f"arxiv:{PREPRINT}", f"doi:{JOURNAL}"]
    with reading(engine) as tx:
        assert [p.title for p in papers.by_key(tx, [f"doi:{JOURNAL}"]).values()] == ["Another Long Title"]


@pytest.mark.parametrize(("days", "is_news"), [(1, True), (30, False)])
def test_what_was_wrongly_folded_joins_the_next_edition_while_it_is_news(
    engine: sa.Engine, now: dt.datetime, days: int, is_news: bool
) -> None:
    add(engine, announcement(PREPRINT, source="arxiv"), announcement(JOURNAL, source="journal"), now=now)
    with writing(engine) as tx:
        closed = editions.close(tx, DAY, now=now)
    split(engine, f"arxiv:{PREPRINT}", f"doi:{JOURNAL}", now=now + dt.timedelta(days=days))
    with reading(engine) as tx:
        next_one = [str(item.paper.id) for item in papers.in_editions(tx, after=closed.id, upto=None)]
    assert next_one == [f"doi:{JOURNAL}"] * is_news


def test_papers_that_are_split_do_not_meet_by_a_third(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(PREPRINT, source="arxiv"), announcement(JOURNAL, source="journal"), now=now)
    split(engine, f"arxiv:{PREPRINT}", f"doi:{JOURNAL}", now=now)
    # The paper becomes one with an older one, and a record names all of them.
    both = announcement("10.1000/j.2", source="crossref", also=JOURNAL)
    add(engine, both, now=now)
    assert len(waiting(engine)) == 2


def test_what_a_later_record_of_the_same_answer_joins_is_announced_once(engine: sa.Engine, now: dt.datetime) -> None:
    one, two = announcement(PREPRINT, source="feed"), announcement(JOURNAL, source="feed", title="Another Long Title")
    assert add(engine, one, two, announcement(PREPRINT, source="feed", also=JOURNAL), now=now) == 1
    assert waiting(engine) == [(f"arxiv:{PREPRINT}", ("feed",))]
