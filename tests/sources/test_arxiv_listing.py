"""arXiv's listing pages: hand-made in the shape that its templates give them, and checked by their own counts."""

import datetime as dt

import pytest
from tests.playing_arxiv import Listed, catchup_page, new_page
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.domain.paper import Presentation
from dailypapers.domain.source import AnnounceType
from dailypapers.errors import FetchFailed
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.arxiv_listing import read_listing
from dailypapers.sources.http.client import Http

DAY = dt.date(2026, 4, 20)
NOW = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
PAPERS = (
    Listed("2604.00001", "Deeper <Graphs>", authors=("Ann Lee", "Bo Chen"), abstract="We show $\\alpha &lt; 1$."),
    Listed("2604.00002", "More"),
    Listed(
        "2603.09999", "Crossed", "cross", subjects=("Optimization and Control (math.OC)", "Machine Learning (cs.LG)")
    ),
    Listed("2601.00003", "Replaced", "replacement"),
)


def test_a_page_gives_its_papers_with_their_types() -> None:
    listing = read_listing(new_page(DAY, PAPERS), category="cs.LG", day=DAY)
    first, _, crossed, replaced = listing.reading.announcements
    assert (listing.day, listing.is_complete, listing.reading.remarks) == (DAY, True, ())
    assert (str(first.paper.id), first.paper.title, first.paper.authors) == (
        "arxiv:2604.00001",
        "Deeper <Graphs>",
        ("Ann Lee", "Bo Chen"),
    )
    assert first.paper.abstract == "We show α < 1."
    assert first.paper.url == "https://arxiv.org/abs/2604.00001"
    assert (first.type, crossed.type, replaced.type) == (AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE)
    assert crossed.paper.categories == ("math.OC", "cs.LG")
    assert {item.day for item in listing.reading.announcements} == {DAY}


def test_what_authors_remark_and_which_papers_have_a_page_is_kept() -> None:
    page = new_page(
        DAY,
        [
            Listed(
                "2604.00001",
                comments="12 pages, $\\alpha$ < 1",
                journal="J. Graphs 3 (2026) 1",
                html_url="https://arxiv.org/html/2604.00001v1",
            ),
            Listed("2604.00002"),
            Listed("2604.00003", html_url="javascript:alert(1)"),
            Listed("2604.00004", html_url="https://arxiv.org.example.org/html/2604.00004v1"),
        ],
    )
    shown, *others = (each.presentation for each in read_listing(page, category="cs.LG", day=DAY).reading.announcements)
    assert shown == Presentation(
        comment="12 pages, α < 1", journal="J. Graphs 3 (2026) 1", html_url="https://arxiv.org/html/2604.00001v1"
    )
    assert others == [None, None, None]


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("<h3", "<h2"),
        (' title="Abstract" id="2604.00001"', ""),
        ("(showing 2 of 2", "(continued, showing last 2 of 2"),
        ("(showing 2 of 2", "(showing first 2 of 2"),
        ("<dt>", "<DT>"),
    ],
)
def test_small_changes_of_the_page_lose_nothing(written: str, changed: str) -> None:
    page = new_page(DAY, PAPERS)
    changed_page = page.replace(written.encode(), changed.encode()).replace(
        b"</h3", b"</h2" if "h2" in changed else b"</h3"
    )
    assert changed_page != page
    assert read_listing(changed_page, category="cs.LG", day=DAY) == read_listing(page, category="cs.LG", day=DAY)


@pytest.mark.parametrize(
    ("written", "changed", "remark"),
    [
        ("New submissions (showing 2 of 2", "New submissions (showing 2 of 1,002", "1002 new, 2 were read"),
        ("Cross submissions", "Withdrawn papers", "has papers under “Withdrawn papers (showing 1 of 1 entries)”"),
        ("</div></div></body></html>", "", "is cut off"),
    ],
)
def test_a_page_that_is_not_understood_whole_says_so(written: str, changed: str, remark: str) -> None:
    page = new_page(DAY, PAPERS).replace(written.encode(), changed.encode())
    listing = read_listing(page, category="cs.LG", day=DAY)
    assert not listing.is_complete
    assert remark in listing.reading.remarks[0]


def test_catchup_is_read_like_todays_page() -> None:
    today = read_listing(new_page(DAY, PAPERS), category="cs.LG", day=DAY)
    assert read_listing(catchup_page(DAY, PAPERS), category="cs.LG", day=DAY) == today


@pytest.mark.parametrize("page", [new_page, catchup_page])
def test_a_day_without_papers_is_complete(page: type) -> None:
    listing = read_listing(page(DAY, ()), category="cs.LG", day=DAY)
    assert (listing.day, listing.printed, listing.is_complete, listing.reading.items) == (DAY, {}, True, 0)


def test_a_count_that_does_not_fit_is_said() -> None:
    listing = read_listing(new_page(DAY, PAPERS, printed={"new": 239}), category="cs.LG", day=DAY)
    assert not listing.is_complete
    assert listing.reading.remarks == ("The page of cs.LG says 239 new, 2 were read",)


def test_what_promises_papers_and_shows_none_is_not_complete() -> None:
    listing = read_listing(new_page(DAY, (), printed={"new": 7}), category="cs.LG", day=DAY)
    assert (listing.is_complete, listing.reading.items) == (False, 0)


@pytest.mark.parametrize(
    "content", [b"", b"<html><h1>Sorry</h1></html>", b"<!" * 100_000, b"\xff\xfe", b"<dt><a title=Abstract id=x>"]
)
def test_what_is_no_listing_is_refused(content: bytes) -> None:
    with pytest.raises(FetchFailed, match=r"page of cs\.LG"):
        read_listing(content, category="cs.LG", day=DAY)


async def test_today_is_asked_for_by_the_listing_and_earlier_days_by_catchup() -> None:
    asked: list[Asked] = []
    friday = DAY - dt.timedelta(days=3)
    routes = {
        "/list/cs.LG/new": Answer(new_page(DAY, PAPERS)),
        f"/catchup/cs.LG/{friday}": Answer(catchup_page(friday, PAPERS[:1])),
        f"/catchup/cs.LG/{DAY - dt.timedelta(days=4)}": Answer(catchup_page(friday, PAPERS)),
    }
    with playing_sources(routes, asked=asked) as base:
        arxiv = Arxiv(("cs.LG",), pages_url=base)
        async with Http(allow_private=True, pace=0) as http:
            assert (await arxiv.list_again(http, "cs.LG", DAY, now=NOW)).items == 4
            assert (await arxiv.list_again(http, "cs.LG", friday, now=NOW)).items == 1
            with pytest.raises(FetchFailed, match="is about 2026-04-17, not about 2026-04-16"):
                await arxiv.list_again(http, "cs.LG", DAY - dt.timedelta(days=4), now=NOW)
    assert [request.path for request in asked][:2] == [
        "/list/cs.LG/new?skip=0&show=2000",
        "/catchup/cs.LG/2026-04-17?abs=True",
    ]


def test_a_mirror_has_no_pages_unless_it_says_so() -> None:
    assert Arxiv(("cs.LG",), base_url="https://mirror.example").listed_categories == ()
    assert Arxiv(("cs.LG", "cs.SY", "eess.SY")).listed_categories == ("cs.LG", "cs.SY")
