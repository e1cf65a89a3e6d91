"""arXiv's first figure is found by its markup, on arXiv's own host alone."""

import pytest
from tests.playing_sources import Answer, playing_sources

from dailypapers.errors import FetchFailed
from dailypapers.sources.figures import first_figure, from_arxiv
from dailypapers.sources.http.client import Http

PAGE = "https://arxiv.org/html/2604.00001"
FIGURE = '<figure class="ltx_figure"><img src="{}" class="ltx_graphics" width="400" height="200"></figure>'


@pytest.mark.parametrize(
    ("html", "address"),
    [
        (FIGURE.format("x1.png"), f"{PAGE}/x1.png"),
        (f'<base href="/html/2604.00001v2/">{FIGURE.format("x1.png")}', "https://arxiv.org/html/2604.00001v2/x1.png"),
        (FIGURE.format("/html/2604.00001v1/a.jpg"), "https://arxiv.org/html/2604.00001v1/a.jpg"),
        (f'<img src="/static/logo.png">{FIGURE.format("x1.png")}', f"{PAGE}/x1.png"),
        (f'<figure class="ltx_table"><img src="t.png"></figure>{FIGURE.format("x1.png")}', f"{PAGE}/x1.png"),
        (f"{FIGURE.format('plot.svg')}{FIGURE.format('x2.png')}", f"{PAGE}/x2.png"),
        (f"{FIGURE.format('data:image/png;base64,AA==')}{FIGURE.format('x2.png')}", f"{PAGE}/x2.png"),
        (f"{'<p>' * 40_000}{FIGURE.format('x1.png')}", f"{PAGE}/x1.png"),
        (FIGURE.format("https://evil.example/x1.png"), ""),
        (FIGURE.format("http://arxiv.org/x1.png"), ""),
        (f'<base href="//evil.example/">{FIGURE.format("x1.png")}', ""),
        (FIGURE.format("http://["), ""),
        ("<p>No figure here.</p><figure><figcaption>Nor here.</figcaption></figure>", ""),
        ("<figure <img src=<<<", ""),
    ],
)
def test_the_first_picture_within_a_figure_on_the_same_host_is_found(html: str, address: str) -> None:
    assert first_figure(html, PAGE) == address


async def test_html_without_a_figure_and_a_paper_without_html_are_said() -> None:
    routes = {"/html/2604.00001": Answer("<p>Words alone.</p>")}
    with playing_sources(routes) as url:
        async with Http(allow_private=True, pace=0) as http:
            with pytest.raises(FetchFailed, match="shows no figure"):
                await from_arxiv(http, "2604.00001", base_url=url)
            with pytest.raises(FetchFailed, match="answered 404"):
                await from_arxiv(http, "2604.00002", base_url=url)
