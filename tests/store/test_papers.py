"""Whatever source, version or cross-list a paper comes back through, it is one paper, announced once."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId, Presentation, Signals
from dailypapers.domain.source import Announcement, AnnounceType
from dailypapers.store import editions, papers
from dailypapers.store.database import GROUP, reading, writing

DAY = dt.date(2026, 4, 20)


def announcement(
    paper_id: str = "2604.01234",
    *,
    title: str = "A Paper With a Telling Title",
    source: str = "arxiv",
    type: AnnounceType = AnnounceType.NEW,  # noqa: A002 - arXiv's own word
    **fields: object,
) -> Announcement:
    paper = Paper(PaperId.parse(paper_id), title, authors=("Ann Lee",), **fields)  # type: ignore[arg-type]
    return Announcement(paper, source, DAY, type)


def add(engine: sa.Engine, *items: Announcement, now: dt.datetime) -> int:
    with writing(engine) as tx:
        return papers.add(tx, items, now=now).new


def waiting(engine: sa.Engine) -> tuple[papers.Listed, ...]:
    with reading(engine) as tx:
        return papers.in_editions(tx, after=0, upto=None)


def test_adding_twice_changes_nothing(engine: sa.Engine, now: dt.datetime) -> None:
    assert add(engine, announcement(), now=now) == 1
    assert add(engine, announcement(), now=now) == 0
    assert len(waiting(engine)) == 1


def test_versions_and_cross_lists_fold_and_categories_unite(engine: sa.Engine, now: dt.datetime) -> None:
    first = announcement(categories=("cs.LG",))
    cross = announcement("2604.01234v2", categories=("stat.ML", "cs.LG"), type=AnnounceType.CROSS)
    assert add(engine, first, cross, now=now) == 1
    assert waiting(engine)[0].paper.categories == ("cs.LG", "stat.ML")


def test_arxivs_own_doi_is_the_same_paper(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement("10.48550/arXiv.2604.01234", source="feed"), announcement(), now=now)
    assert [item.sources for item in waiting(engine)] == [("arxiv", "feed")]


def test_a_feed_that_changes_over_to_https_announces_nothing_again(engine: sa.Engine, now: dt.datetime) -> None:
    before, after, other = (
        announcement(f"url:{address}", title=title, source="feed")
        for address, title in (
            ("http://x.example/1", "Editorial"),
            ("https://x.example/1", "Editorial"),
            ("https://x.example/2", "Editorial"),
        )
    )
    assert [add(engine, each, now=now) for each in (before, after, other)] == [1, 0, 1]


def test_same_title_and_first_author_from_two_sources_is_one_paper(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(), now=now)
    other = announcement("10.1101/2026.04.20.1", title="A paper with a TELLING title!", source="biorxiv")
    assert add(engine, replace(other, paper=replace(other.paper, authors=("Lee, A.",))), now=now) == 1
    assert len(waiting(engine)) == 1


@pytest.mark.parametrize(
    ("first", "second", "papers_kept"),
    [
        ("Rianne van den Berg", "van den Berg, R.", 1),
        ("José García Márquez", "Garcia-Marquez J", 1),
        ("Łukasz Kaiser", "Kaiser, L.", 1),
        ("Geoffrey E. Hinton", "Hinton GE", 1),
        ("Jörg Müller", "Mueller, J.", 1),
        ("The ATLAS Collaboration", "ATLAS Collaboration", 1),
        ("Jan van der Berg", "Karl Burg", 2),
    ],
)
def test_a_paper_of_two_sources_folds_however_they_write_its_author(
    engine: sa.Engine, now: dt.datetime, first: str, second: str, papers_kept: int
) -> None:
    for paper_id, author, source in (("2604.01234", first, "arxiv"), ("10.1101/2026.04.01.000001", second, "biorxiv")):
        item = announcement(paper_id, source=source)
        add(engine, replace(item, paper=replace(item.paper, authors=(author, "Ann Lee"))), now=now)
    assert len(waiting(engine)) == papers_kept


def test_short_titles_do_not_fold(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(title="Editorial"), announcement("2604.09999", title="Editorial"), now=now)
    assert len(waiting(engine)) == 2


def test_two_known_papers_that_turn_out_to_be_one_are_sent_as_one(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(), announcement("10.1101/1", title="Something Else for a Title", source="feed"), now=now)
    assert len(waiting(engine)) == 2
    joined = announcement(source="journal")
    joined = replace(joined, paper=replace(joined.paper, also=(PaperId("doi", "10.1101/1"),)))
    add(engine, joined, now=now)
    assert [item.sources for item in waiting(engine)] == [("arxiv", "feed", "journal")]


def test_a_replacement_brings_no_paper_into_an_edition(engine: sa.Engine, now: dt.datetime) -> None:
    assert add(engine, announcement(type=AnnounceType.REPLACE), now=now) == 0
    assert waiting(engine) == ()
    assert add(engine, announcement(type=AnnounceType.CROSS), now=now) == 1


def test_blanks_are_filled_and_the_first_text_is_kept(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(url="https://arxiv.org/abs/2604.01234"), now=now)
    later = announcement(source="huggingface", abstract="What it says.", code_url="https://example.org/code", url="x")
    add(engine, later, now=now)
    paper = waiting(engine)[0].paper
    assert (paper.abstract, paper.code_url) == ("What it says.", "https://example.org/code")
    assert paper.url == "https://arxiv.org/abs/2604.01234"


def test_authors_are_filled_in_where_the_first_source_names_none(engine: sa.Engine, now: dt.datetime) -> None:
    nameless = announcement()
    add(engine, replace(nameless, paper=replace(nameless.paper, authors=())), now=now)
    add(engine, announcement(source="hf"), announcement(source="biorxiv"), now=now)
    assert waiting(engine)[0].paper.authors == ("Ann Lee",)


def test_papers_are_read_in_the_order_they_came_in_but_those_that_are_another(
    engine: sa.Engine, now: dt.datetime
) -> None:
    first, second = announcement("10.1101/2026.04.20.1", source="biorxiv"), announcement(title="Another Telling Title")
    add(engine, first, second, announcement("2604.00009", title="A Third Telling Title"), now=now)
    with writing(engine) as tx:
        last = papers.last_id(tx)
        assert [paper.title for paper in papers.between(tx, 0, last).values()] == [
            "A Paper With a Telling Title", "Another Telling Title", "A Third Telling Title",
        ]  # fmt: skip
        assert list(papers.between(tx, last - 1, last)) == [last]
    add(engine, announcement("2604.01234", title=first.paper.title, source="hf"), now=now)
    with reading(engine) as tx:
        assert papers.last_id(tx) == last
        assert [paper.title for paper in papers.between(tx, 0, last).values()] == [
            "A Paper With a Telling Title", "A Third Telling Title",
        ]  # fmt: skip


def test_without_papers_the_highest_id_is_0(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        assert (papers.last_id(tx), papers.between(tx, 0, 9), papers.first_editions(tx)) == (0, {}, {})


def test_a_papers_first_edition_is_the_one_it_was_fresh_in(engine: sa.Engine, now: dt.datetime) -> None:
    replaced = announcement("2604.00002", title="A Replaced Telling Title", type=AnnounceType.REPLACE)
    add(engine, announcement(), replaced, now=now)
    with writing(engine) as tx:
        edition = editions.close(tx, DAY, now=now)
    add(engine, announcement(source="hf"), announcement("2604.00003", title="A Waiting Telling Title"), now=now)
    with reading(engine) as tx:
        assert papers.first_editions(tx) == {papers.named(tx, "arxiv:2604.01234"): edition.id}


def test_the_newest_count_of_each_signal_is_used(engine: sa.Engine, now: dt.datetime) -> None:
    morning = replace(announcement(source="huggingface"), signals=Signals(upvotes=3, stars=10))
    evening = replace(morning, signals=Signals(upvotes=30, comments=2))
    add(engine, morning, now=now)
    add(engine, evening, now=now + dt.timedelta(hours=2))
    assert waiting(engine)[0].signals == Signals(upvotes=30, comments=2)


def test_what_a_source_showed_of_a_paper_comes_back(engine: sa.Engine, now: dt.datetime) -> None:
    shown = Presentation(
        "The Lab", "It works.", ("one",), "https://lab.example", "https://cdn.example/t.png", ("https://a",)
    )
    add(engine, announcement(), now=now)
    paper_id = waiting(engine)[0].paper_id
    with reading(engine) as tx:
        assert papers.presentations(tx, [paper_id]) == {}
    add(engine, replace(announcement(source="huggingface"), presentation=shown), now=now)
    with reading(engine) as tx:
        assert papers.presentations(tx, [paper_id]) == {paper_id: shown}
        assert papers.of_delivery(tx, [paper_id])[paper_id].presentation == shown
    # What was shown first stays: a mail that is made again says the same.
    later = replace(shown, organization="A Company", comment="12 pages")
    add(engine, replace(announcement(source="huggingface"), presentation=later), now=now + dt.timedelta(days=1))
    with reading(engine) as tx:
        assert papers.presentations(tx, [paper_id]) == {paper_id: replace(shown, comment="12 pages")}
    assert waiting(engine)[0].signals == Signals()


def test_two_days_readings_tell_how_fast_a_paper_rises(engine: sa.Engine, now: dt.datetime) -> None:
    for days, upvotes in ((0, 3), (1, 10), (3, 40)):
        heard = replace(announcement(source="huggingface"), signals=Signals(upvotes=upvotes))
        add(engine, heard, now=now + dt.timedelta(days=days))
    assert waiting(engine)[0].signals == Signals(upvotes=40, velocity=15)


def test_a_paper_announced_again_by_another_source_comes_into_a_later_edition(
    engine: sa.Engine, now: dt.datetime
) -> None:
    add(engine, announcement(), now=now)
    with writing(engine) as tx:
        first = editions.close(tx, DAY, now=now)
    add(engine, announcement(source="huggingface"), now=now)
    with writing(engine) as tx:
        second = editions.close(tx, DAY + dt.timedelta(days=1), now=now)
        assert (first.papers, second.papers) == (1, 1)
        assert len(papers.in_editions(tx, after=first.id, upto=second.id)) == 1
        assert len(papers.in_editions(tx, after=0, upto=second.id)) == 1


def test_closing_twice_gives_the_same_edition_and_later_papers_wait(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, announcement(), now=now)
    with writing(engine) as tx:
        edition = editions.close(tx, DAY, now=now)
    add(engine, announcement("2604.05678", title="Another One With a Title"), now=now)
    with writing(engine) as tx:
        assert editions.close(tx, DAY, now=now + dt.timedelta(hours=1)) == edition
        assert len(papers.in_editions(tx, after=0, upto=edition.id)) == 1


def test_announcements_of_several_groups_are_kept_in_one_go(engine: sa.Engine, now: dt.datetime) -> None:
    count = GROUP + 1
    many = [announcement(f"2604.{n:05d}", title=f"A Paper With the Number {n}") for n in range(count)]
    assert add(engine, *many, now=now) == count
    with reading(engine) as tx:
        known = papers.by_key(tx, ["arxiv:2604.00007", "arxiv:1111.11111"])
    assert [paper.title for paper in known.values()] == ["A Paper With the Number 7"]


def test_papers_of_an_edition_come_a_page_at_a_time(engine: sa.Engine, now: dt.datetime) -> None:
    add(engine, *(announcement(f"2604.0000{n}", title=f"A Paper With the Number {n}") for n in range(3)), now=now)
    with writing(engine) as tx:
        edition = editions.close(tx, DAY, now=now)
        first = papers.page_of_edition(tx, edition.id, limit=2)
        second = papers.page_of_edition(tx, edition.id, limit=2, after_id=first[-1].paper_id)
    assert [listed.paper.id.value for listed in first + second] == ["2604.00000", "2604.00001", "2604.00002"]
    assert {listed.sources for listed in first} == {("arxiv",)}


def test_a_notice_makes_no_unknown_paper_known_and_gives_none_its_title(engine: sa.Engine, now: dt.datetime) -> None:
    name = "10.1038/xyz-1"
    retraction = announcement(name, title="Retraction Note: A Paper (retraction)", type=AnnounceType.REPLACE)
    notice = replace(retraction, is_notice=True)
    assert add(engine, notice, now=now) == 0
    with reading(engine) as tx:
        assert papers.every(tx) == {}
    assert add(engine, announcement(name, title="A Paper"), notice, now=now) == 1
    with writing(engine) as tx:
        assert papers.add(tx, [notice], now=now).replaced == 0, "it is stored already"
        assert [paper.title for paper in papers.every(tx).values()] == ["A Paper"]
