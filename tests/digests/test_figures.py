"""Figures are fetched for readers who see them, once a paper, within limits; whatever goes wrong, there is none."""

import datetime as dt
import io
from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa
from PIL import Image
from tests.playing_sources import Answer, Asked, Route, playing_sources
from tests.sources.parsing.test_pictures import claiming, picture

from dailypapers.digests.figures import FigureOptions, fetch_figures
from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.domain.source import Announcement
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.sources.http.addresses import addresses_of
from dailypapers.sources.http.client import Http
from dailypapers.store import papers, thumbnails
from dailypapers.store.database import reading, writing

NOW = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
TODAY = NOW.date()
HTML = '<figure class="ltx_figure"><img src="x1.png"></figure>'
GOOD: Mapping[str, Route] = {"/html/2604.00000": Answer(HTML), "/html/2604.00000/x1.png": Answer(picture())}


def options(url: str, make: Callable[[], Http] | None = None) -> FigureOptions:
    return FigureOptions(
        make or (lambda: Http(allow_private=True, pace=0, retries=0, max_bytes=100_000)), arxiv_url=url
    )


def store(engine: sa.Engine, *thumbnail_urls: str) -> list[int]:
    """Store papers, with these thumbnails; returns their internal ids."""
    announcements = [
        Announcement(
            Paper(PaperId("arxiv", f"2604.0000{n}"), f"Skipping layers {n}", "Models are slow."),
            "arxiv",
            TODAY,
            presentation=Presentation(thumbnail_url=url),
        )
        for n, url in enumerate(thumbnail_urls)
    ]
    with writing(engine) as tx:
        papers.add(tx, announcements, now=NOW)
        return sorted(papers.ids_by_name(tx, [str(each.paper.id) for each in announcements]).values())


def kept(engine: sa.Engine, ids: list[int]) -> dict[int, Thumbnail]:
    with reading(engine) as tx:
        return thumbnails.of_papers(tx, ids)


def test_hugging_face_s_thumbnail_is_taken_and_else_arxiv_s_first_figure_each_once(engine: sa.Engine) -> None:
    asked: list[Asked] = []
    routes: dict[str, Route] = {**GOOD} | {"/t.png": Answer(picture(size=(200, 200))), "/html/2604.00001": Answer(HTML)}
    with playing_sources(routes, asked=asked) as url:
        ids = store(engine, "", f"{url}/t.png")
        assert fetch_figures(engine, options(url), ids, day=TODAY) == 2
        assert fetch_figures(engine, options(url), ids, day=TODAY + dt.timedelta(days=1)) == 0
    assert [each.path for each in asked] == ["/html/2604.00000", "/html/2604.00000/x1.png", "/t.png"]
    shown = kept(engine, ids)
    assert [(shown[key].width, shown[key].height) for key in ids] == [(300, 200), (200, 200)]
    with reading(engine) as tx:
        content = thumbnails.contents(tx, [shown[ids[0]].name])[shown[ids[0]].name]
        assert papers.of_delivery(tx, ids)[ids[0]].thumbnail == shown[ids[0]]
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.format == "JPEG"


@pytest.mark.parametrize(
    "routes",
    [
        {},
        {"/html/2604.00000": Answer("<p>No figure.</p>")},
        {"/html/2604.00000": Answer(HTML)},
        {"/html/2604.00000": Answer(HTML), "/html/2604.00000/x1.png": Answer(claiming(10_000, 10_000))},
        {"/html/2604.00000": Answer(HTML), "/html/2604.00000/x1.png": Answer(b"\0" * 200_000, packed=True)},
        {
            "/html/2604.00000": Answer(HTML),
            "/html/2604.00000/x1.png": Answer("<html>Sign in</html>", headers={"Content-Type": "image/png"}),
        },
    ],
    ids=["404", "no figure", "figure 404", "10,000 × 10,000", "bomb", "HTML that says image/png"],
)
def test_what_is_no_figure_is_looked_for_on_three_days_and_then_no_more(
    sqlite: sa.Engine, routes: Mapping[str, Route]
) -> None:
    ids, asked = store(sqlite, ""), list[Asked]()
    with playing_sources(routes, asked=asked) as url:
        for day in (0, 0, 1, 2, 3, 4):
            assert fetch_figures(sqlite, options(url), ids, day=TODAY + dt.timedelta(days=day)) == 0
    assert [each.path for each in asked].count("/html/2604.00000") == 3
    assert kept(sqlite, ids) == {}


def test_a_redirect_to_a_private_address_is_not_followed(sqlite: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Asked] = []
    with playing_sources({"/secret.png": Answer(picture())}, asked=asked) as url:
        ids = store(sqlite, f"{url}/secret.png")
        public_only = FigureOptions(lambda: Http(pace=0, retries=0), arxiv_url=url)
        assert fetch_figures(sqlite, public_only, ids, day=TODAY) == 0
        assert asked == []
        # The first hop is let through as a public one would be; the second is looked at as well.
        there = f"{url.replace('127.0.0.1', 'localhost')}/secret.png"
        with playing_sources({"/t.png": Answer(status=302, headers={"Location": there})}) as public:
            monkeypatch.setattr("dailypapers.sources.http.exchange.addresses_of", only(public))
            (other,) = store(sqlite, "", f"{public}/t.png")[1:]
            assert fetch_figures(sqlite, public_only, [other], day=TODAY) == 0
    assert asked == []


def only(public: str) -> Callable[..., object]:
    """Take one address of this machine for a public one."""
    port = int(public.rpartition(":")[2])

    async def resolve(host: str, at: int, *, allow_private: bool) -> tuple[str, ...]:
        return await addresses_of(host, at, allow_private=allow_private or at == port)

    return resolve


def test_it_takes_no_longer_than_it_may_and_the_rest_has_its_chance_later(sqlite: sa.Engine) -> None:
    ids = store(sqlite, "", "")
    with playing_sources(GOOD) as url:
        assert fetch_figures(sqlite, options(url), ids, day=TODAY, seconds=0) == 0
        assert fetch_figures(sqlite, options(url), ids, day=TODAY, is_over=lambda: True) == 0
        assert fetch_figures(sqlite, options(url), ids, day=TODAY) == 1
