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
def sources(run: Run, tmp_path: Path, migrated: Path) -> Callable[[], list[dict[str, Any]]]:
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
        assert (code, "1 paper announced" in said, "Added to dailypapers.toml." in said) == (0, True, True), said
        assert f"It is a web page, which names the feed {base}/feed." in said
        added = {"kind": "feed", "name": "127.0.0.1", "url": f"{base}/feed"}
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
        ("cs.LG", "arXiv is a source already."),
        ("https://huggingface.co/papers", "Hugging Face is a source already."),
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
    said = run("sources", "import", "feeds.opml")[2]
    assert ("3 feeds left out: there is a source with that address." in said, "0 sources added" in said) == (True, True)
    code, out, _ = run("sources", "export")
    assert (code, out.count("<outline ")) == (0, 2)
    (tmp_path / "feeds.opml").write_text("<html/>", "utf-8")
    assert run("sources", "import", "feeds.opml")[0] == 2


def test_a_list_for_other_programs_holds_no_password(run: Run, tmp_path: Path) -> None:
    outline = "<outline text='Feed' xmlUrl='https://ann:pencil@a.example/feed'/>"
    (tmp_path / "feeds.opml").write_text(f"<opml><body>{outline}</body></opml>", "utf-8")
    run("sources", "import", "feeds.opml")
    _, out, said = run("sources", "export")
    assert ('"https://a.example/feed"' in out, "pencil" in out + said) == (True, False)
    assert "The password for Feed is left out" in said


def test_several_feeds_of_one_host_are_named_by_their_titles_and_then_numbered(
    run: Run, sources: Callable[[], list[dict[str, Any]]]
) -> None:
    titled = {f"/{n}": Answer(FEED.replace("<title>t<", f"<title>{title}<")) for n, title in enumerate(("A", "B", "B"))}
    with playing_sources(titled) as base:
        for path in titled:
            assert run("sources", "add", f"{base}{path}")[0] == 0
    assert [each["name"] for each in sources()[2:]] == ["127.0.0.1", "B", "127.0.0.1 2"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7", "but a PDF. It was not added."),
        (b"<opml><body/></opml>", "but a list of feeds (OPML), which “dailypapers sources import” reads from a file."),
        (b"<!DOCTYPE html><p>Hello", "but a web page. It was not added."),
    ],
)
def test_what_is_no_feed_is_said_to_be_what_it_is(
    run: Run, sources: Callable[[], list[dict[str, Any]]], content: bytes, why: str
) -> None:
    with playing_sources({"/x": Answer(content)}) as base:
        code, _, said = run("sources", "add", f"{base}/x")
    assert (code, why in said, sources()) == (1, True, []), said


def test_arxivs_feeds_in_a_list_become_one_source_of_its_kind(
    run: Run, sources: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    feeds = (
        "https://rss.arxiv.org/rss/cs.RO",
        "https://rss.arxiv.org/rss/cs.LG+cs.RO",
        "ftp://a.example/",
        "https://a.example/",
    )
    outlines = "".join(f"<outline text='Feed' xmlUrl='{url}'/>" for url in feeds)
    (tmp_path / "feeds.opml").write_text(f"<opml><body>{outlines}</body></opml>", "utf-8")
    said = run("sources", "import", "feeds.opml")[2]
    assert "“Feed” was left out: its address is not one of the web." in said
    assert 'arXiv is a source already: add ["cs.RO"] to its categories.' in said
    assert [each["kind"] for each in sources()] == ["arxiv", "huggingface", "feed"]
    settings = tmp_path / "dailypapers.toml"
    settings.write_text(
        settings.read_text("utf-8").partition("\n[[sources]]")[0] + "\n[[sources]]\nkind = 'huggingface'\n", "utf-8"
    )
    run("sources", "import", "feeds.opml")
    assert [each.get("categories") for each in sources() if each["kind"] == "arxiv"] == [["cs.RO", "cs.LG"]]
