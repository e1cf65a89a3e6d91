import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from xml.sax.saxutils import quoteattr

import pytest
from tests.playing_sources import Answer, Asked, Route, playing_sources

from dailypapers.domain.paper import PaperId
from dailypapers.domain.source import Announcement, AnnounceType, Fetched
from dailypapers.errors import FetchFailed
from dailypapers.sources.arxiv import MAX_ITEMS, Arxiv, named_once, read_feed
from dailypapers.sources.http.client import Http

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SATURDAY = dt.datetime(2026, 4, 18, 8, 0, tzinfo=dt.UTC)
DAY = MONDAY.date()


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    title: str = "A title"
    abstract: str = "What we did."
    type: str = "new"
    categories: tuple[str, ...] = ("cs.LG",)
    creator: str = "Ann Lee, Bob Roy"
    more: str = ""


def rss(items: Sequence[Item], *, title: str = "cs.LG updates on arXiv.org") -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss xmlns:arxiv='http://arxiv.org/schemas/atom'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/' version='2.0'><channel>"
        f"<title>{escape(title)}</title><managingEditor>rss-help@arxiv.org</managingEditor>"
        f"{''.join(map(_rss_item, items))}</channel></rss>"
    )


def _rss_item(item: Item) -> str:
    return (
        f"<item><title>{escape(item.title)}</title><link>https://arxiv.org/abs/{item.id.partition('v')[0]}</link>"
        f"<description>arXiv:{item.id} Announce Type: {item.type} \nAbstract: {escape(item.abstract)}</description>"
        f"<guid isPermaLink='false'>oai:arXiv.org:{item.id}</guid>"
        f"{''.join(f'<category>{category}</category>' for category in item.categories)}"
        f"<arxiv:announce_type>{item.type}</arxiv:announce_type>"
        f"<dc:creator>{escape(item.creator)}</dc:creator>{item.more}</item>"
    )


def atom(items: Sequence[Item]) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns:arxiv='http://arxiv.org/schemas/atom'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns='http://www.w3.org/2005/Atom'><id>x</id><title>cs.LG</title>"
        f"{''.join(map(_atom_entry, items))}</feed>"
    )


def _atom_entry(item: Item) -> str:
    return (
        f"<entry><id>oai:arXiv.org:{item.id}</id><title>{escape(item.title)}</title>"
        f"<link href='https://arxiv.org/abs/{item.id.partition('v')[0]}' rel='alternate' type='text/html'/>"
        f"<summary>arXiv:{item.id} Announce Type: {item.type} \nAbstract: {escape(item.abstract)}</summary>"
        f"{''.join(f'<category term={quoteattr(category)}/>' for category in item.categories)}"
        f"<arxiv:announce_type>{item.type}</arxiv:announce_type>"
        f"<dc:creator>{escape(item.creator)}</dc:creator>{item.more}</entry>"
    )


ITEM = Item(
    "2604.01234v2",
    title="On $\\alpha$-stable\n  things & more",
    abstract="If $a<b$ then Schr\\\"odinger's\ncat.",
    type="replace-cross",
    categories=("stat.ML", "cs.LG"),
    creator="Jos\\'e Moura (1), Bob Roy ((1) An Institute)",
    more="<arxiv:DOI>doi:10.1000/XYZ.1.</arxiv:DOI>",
)


def only(announcements: Sequence[Announcement]) -> Announcement:
    (announcement,) = announcements
    return announcement


@pytest.mark.parametrize("feed", [rss([ITEM]), atom([ITEM])], ids=["rss", "atom"])
def test_both_formats_say_the_same(feed: str) -> None:
    announcement = only(read_feed(feed.encode(), category="cs.LG", day=DAY).announcements)
    paper = announcement.paper
    assert (str(paper.id), announcement.version, announcement.type) == (
        "arxiv:2604.01234",
        2,
        AnnounceType.REPLACE_CROSS,
    )
    assert paper.title == "On α-stable things & more"
    assert paper.abstract == "If a<b then Schrödinger's cat."
    assert paper.authors == ("José Moura", "Bob Roy")
    assert paper.categories == ("stat.ML", "cs.LG")
    assert paper.url == "https://arxiv.org/abs/2604.01234"
    assert paper.also == (PaperId("doi", "10.1000/xyz.1"),)
    assert (announcement.source, announcement.day) == ("arxiv", DAY)


@pytest.mark.parametrize(
    "written", ["10.1000/abc", "10.1000/abc.", "doi:10.1000/abc.", "https://doi.org/10.1000/abc", "10.1000/ABC;"]
)
def test_a_doi_is_the_same_however_its_author_typed_it(written: str) -> None:
    item = replace(ITEM, more=f"<arxiv:DOI>{written}</arxiv:DOI>")
    paper = only(read_feed(rss([item]).encode(), category="cs.LG", day=DAY).announcements).paper
    assert paper.also == (PaperId("doi", "10.1000/abc"),)


@pytest.mark.parametrize("word", list(AnnounceType))
def test_arxivs_own_words_are_kept(word: AnnounceType) -> None:
    feed = rss([Item("2604.00001v1", type=word.value)])
    assert only(read_feed(feed.encode(), category="cs.LG", day=DAY).announcements).type is word


def test_old_ids_are_read() -> None:
    feed = rss([Item("math.GT/0309136v6", type="replace")])
    assert (
        str(only(read_feed(feed.encode(), category="math.GT", day=DAY).announcements).paper.id) == "arxiv:math/0309136"
    )


def test_items_that_cannot_be_read_are_named_and_the_rest_goes_on() -> None:
    items = [Item("2604.00001v1", title=" "), Item("nonsense"), Item("2604.00003v1", type="odd"), Item("2604.00004v1")]
    reading = read_feed(rss(items).encode(), category="cs.LG", day=DAY)
    assert [str(a.paper.id) for a in reading.announcements] == ["arxiv:2604.00004"]
    assert [skipped.where for skipped in reading.skipped] == [f"cs.LG item {number}" for number in (1, 2, 3)]
    assert [skipped.why.partition(" ")[0] for skipped in reading.skipped] == [
        "arxiv:2604.00001",
        "“oai:arXiv.org:nonsense”",
        "Its",
    ]


async def fetch(
    routes: dict[str, Route], source: Arxiv, *, now: dt.datetime = MONDAY, asked: list[Asked] | None = None
) -> Fetched:
    with playing_sources(routes, asked=asked) as base:
        async with Http(allow_private=True, pace=0, retries=0, backoff=0) as http:
            return await source_at(source, base).fetch(http, None, now=now)


def source_at(source: Arxiv, base: str) -> Arxiv:
    return Arxiv(source.categories, base_url=base, format=source.format, name=source.name)


async def test_a_paper_of_two_feeds_is_announced_once_as_new() -> None:
    routes: dict[str, Route] = {
        "/rss/cs.CV": Answer(rss([Item("2604.00001v1", type="cross", categories=("cs.LG", "cs.CV"))])),
        "/rss/cs.LG": Answer(
            rss([Item("2604.00001v1", categories=("cs.LG", "cs.CV", "stat.ML")), Item("2604.00002v1")])
        ),
    }
    answer = await fetch(routes, Arxiv(("cs.CV", "cs.LG")))
    assert [str(a.paper.id) for a in answer.announcements] == ["arxiv:2604.00001", "arxiv:2604.00002"]
    assert answer.announcements[0].type is AnnounceType.NEW
    assert answer.announcements[0].paper.categories == ("cs.LG", "cs.CV", "stat.ML")


async def test_a_category_that_fails_is_named_and_the_others_go_on() -> None:
    routes: dict[str, Route] = {
        "/atom/cs.LG": Answer(atom([Item("2604.00001v1")])),
        "/atom/cs.CV": Answer(status=503),
        "/atom/cs.ZZ": Answer(rss([], title="Feed error for query: cs.ZZ: bad category"), status=400),
    }
    answer = await fetch(routes, Arxiv(("cs.LG", "cs.CV", "cs.ZZ"), format="atom"))
    assert len(answer.announcements) == 1
    said = " ".join(answer.remarks)
    assert "cs.CV failed: " in said
    assert "it answered 503" in said
    assert "cs.ZZ failed: arXiv says “Feed error for query: cs.ZZ: bad category”" in said


async def test_when_all_categories_fail_the_source_fails() -> None:
    with pytest.raises(FetchFailed, match=r"cs\.LG failed: .*503.* cs\.CV failed: .*404"):
        await fetch({"/rss/cs.LG": Answer(status=503)}, Arxiv(("cs.LG", "cs.CV")))


async def test_the_highest_id_announced_as_new_is_remembered() -> None:
    items = [Item("2604.00002v1"), Item("2604.00009v3", type="replace"), Item("math/0309136v1"), Item("2604.00001v1")]
    answer = await fetch({"/rss/cs.LG": Answer(rss(items))}, Arxiv(("cs.LG",)))
    assert answer.checkpoint.highest_id == "2604.00002"


async def test_its_day_turns_where_arxiv_is() -> None:
    answer = await fetch({"/rss/cs.LG": Answer(rss([]))}, Arxiv(("cs.LG",)))
    assert (answer.zone, answer.items) == ("America/New_York", 0)


async def test_asked_again_an_unchanged_feed_says_so() -> None:
    with playing_sources({"/rss/cs.LG": Answer(rss([Item("2604.00001v1")]), etag=True)}) as base:
        async with Http(allow_private=True, pace=0) as http:
            source = Arxiv(("cs.LG",), base_url=base)
            first = await source.fetch(http, None, now=MONDAY)
            second = await source.fetch(http, first.checkpoint, now=MONDAY)
    assert (first.asked, first.unchanged, first.items) == (1, 0, 1)
    assert (second.asked, second.unchanged, second.items) == (1, 1, 0)
    assert second.checkpoint == first.checkpoint


async def test_a_feed_cut_in_two_is_asked_for_again_in_full() -> None:
    half = rss([Item("2604.00001v1"), Item("2604.00002v1")])[:-400]
    with playing_sources({"/rss/cs.LG": Answer(half, etag=True)}) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await Arxiv(("cs.LG",), base_url=base).fetch(http, None, now=MONDAY)
    assert "The XML of cs.LG is broken" in answer.remarks[0]
    assert answer.announcements
    assert answer.checkpoint.etags == ()


def test_a_full_feed_warns_of_what_it_may_lack() -> None:
    items = [Item(f"2604.{number:05}v1") for number in range(MAX_ITEMS)]
    (remark,) = read_feed(rss(items).encode(), category="cs.LG", day=DAY).remarks
    assert remark == "cs.LG has 2000 items, arXiv's limit: new papers may be missing"


async def test_two_names_of_one_category_are_asked_once() -> None:
    asked: list[Asked] = []
    await fetch({"/rss/cs.SY": Answer(rss([]))}, Arxiv(("cs.SY", "eess.SY")), asked=asked)
    assert [request.path for request in asked] == ["/rss/cs.SY"]
    assert named_once(("math.NA", "cs.LG", "cs.NA", "cs.LG")) == ("math.NA", "cs.LG")


def test_something_else_than_a_feed_is_refused() -> None:
    with pytest.raises(FetchFailed, match="not an RSS"):
        read_feed(b"<html><body>Down for maintenance</body></html>", category="cs.LG", day=DAY)
