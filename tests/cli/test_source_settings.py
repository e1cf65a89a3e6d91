"""Sources that are added by a command."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.playing_sources import Answer, playing_sources

Run = Callable[..., tuple[int, str, str]]
FEED = "<rss version='2.0'><channel><title>t</title><item><title>A title</title><link>/1</link></item></channel></rss>"


@pytest.fixture
def sources(run: Run, tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """A folder with the settings as `init` writes them; reads the sources that stand in them."""
    file = tmp_path / "dailypapers.toml"
    run("init", "--no-check-mail")
    file.write_text(
        file.read_text("utf-8").replace("# allow_local_sources = false", "allow_local_sources = true"), "utf-8"
    )
    return lambda: list(tomllib.loads(file.read_text("utf-8")).get("sources", []))


def test_a_feed_is_tried_and_written_beside_the_default_sources(
    run: Run, sources: Callable[[], list[dict[str, Any]]]
) -> None:
    page = "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head></html>"
    with playing_sources({"/": Answer(page), "/feed": Answer(FEED)}) as base:
        code, _, said = run("sources", "add", f"{base}/")
        assert (code, "1 papers announced" in said, "Added to dailypapers.toml." in said) == (0, True, True), said
        added = {"kind": "feed", "name": "127.0.0.1", "url": f"{base}/"}
        assert [each["kind"] for each in sources()] == ["arxiv", "huggingface", "feed"]
        assert sources()[-1] == added
        code, _, said = run("sources", "add", f"{base}/")
        assert (code, "is a source already: 127.0.0.1." in said) == (2, True)
        code, _, said = run("sources", "add", f"{base}/nothing")
        assert (code, "It was not added." in said) == (1, True)
    assert len(sources()) == 3


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("cs.RO", 'arXiv is a source already: add ["cs.RO"] to its categories.'),
        ("https://huggingface.co/papers", "huggingface is a source already."),
        ("cs.CX", "arXiv has no category cs.CX; did you mean cs.SC?"),
        ("nature", "is neither a web address nor a category of arXiv"),
    ],
)
def test_what_cannot_be_added_is_said(
    run: Run, sources: Callable[[], list[dict[str, Any]]], address: str, why: str
) -> None:
    code, _, said = run("sources", "add", address)
    assert (code, why in said, sources()) == (2, True, [])


def test_feeds_come_in_and_go_out_as_opml(
    run: Run, sources: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    outlines = "".join(f"<outline text='Feed' xmlUrl='https://{name}.example/feed'/>" for name in "aba")
    (tmp_path / "feeds.opml").write_text(f"<opml><body>{outlines}</body></opml>", "utf-8")
    assert run("sources", "import", "feeds.opml")[0] == 0
    assert [each.get("name") for each in sources()][2:] == ["Feed", "Feed 2"]
    assert "0 sources added" in run("sources", "import", "feeds.opml")[2]
    code, out, _ = run("sources", "export")
    assert (code, out.count("<outline ")) == (0, 2)
    (tmp_path / "feeds.opml").write_text("<html/>", "utf-8")
    assert run("sources", "import", "feeds.opml")[0] == 2
