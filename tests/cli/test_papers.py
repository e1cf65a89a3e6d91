"""Commands about papers, as an operator types them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.playing_arxiv import arxiv_feed
from tests.playing_sources import Answer, Route, playing_sources

Run = Callable[..., tuple[int, str, str]]
NOW = ("--now", "2026-04-20T08:00")
JOURNAL = (
    '<rss version="2.0"><channel><title>t</title><item><title>A Paper With a Telling Title</title>'
    "<link>https://doi.org/10.1000/j.1</link><description>More.</description></item>"
    "<item><title>Another Paper</title><link>https://journal.example/2</link></item></channel></rss>"
)


@pytest.fixture
def _fetched(run: Run, tmp_path: Path, migrated: Path) -> Iterator[None]:
    """A folder in which a paper came by two sources, and was taken for one by its title."""
    arxiv = str(arxiv_feed("2604.20001").body).replace("Paper 2604.20001", "A Paper With a Telling Title")
    by_ann = "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Ann Lee</dc:creator></item>"
    routes: dict[str, Route] = {
        "/rss/cs.LG": Answer(
            str(arxiv).replace("</item>", by_ann).replace("Paper 2604.20001", "A Paper With a Telling Title")
        ),
        "/journal": Answer(JOURNAL.replace("</item>", by_ann)),
    }
    with playing_sources(routes) as base:
        (tmp_path / "dailypapers.toml").write_text(
            "[service]\nallow_local_sources = true\n"
            f"[[sources]]\nkind = 'arxiv'\nurl = '{base}'\ncategories = ['cs.LG']\n"
            f"[[sources]]\nkind = 'feed'\nname = 'journal'\nurl = '{base}/journal'\n",
            "utf-8",
        )
        run("init", "--no-check-mail")
        run("fetch", *NOW)
        yield


@pytest.mark.usefixtures("_fetched")
def test_where_a_paper_came_from_is_shown_and_a_merge_undone(run: Run) -> None:
    code, out, _ = run("paper", "2604.20001", *NOW)
    assert (code, "First seen 2026-04-20 08:00 UTC; also known as doi:10.1000/j.1" in out) == (0, True), out
    origin = json.loads(run("paper", "https://doi.org/10.1000/j.1", "--json")[1])
    assert [each["source"] for each in origin["announcements"]] == ["arxiv", "journal"]
    assert [(each["source"], each["record"]) for each in origin["merges"]] == [("journal", "doi:10.1000/j.1")]
    code, _, said = run("paper", "2604.20001", "--split", "10.1000/j.1", *NOW)
    assert (code, "doi:10.1000/j.1 is a paper of its own from now on." in said) == (0, True)
    assert "First seen 2026-04-20 08:00 UTC.\n" in run("paper", "2604.20001", *NOW)[1]
    run("fetch", *NOW)
    assert json.loads(run("paper", "10.1000/j.1", "--json")[1])["id"] == "doi:10.1000/j.1"
    code, _, said = run("paper", "2604.20001", "--split", "10.1000/j.1")
    assert (code, "doi:10.1000/j.1 is not merged into arxiv:2604.20001" in said) == (2, True)


@pytest.mark.usefixtures("_fetched")
def test_a_paper_without_an_id_is_known_by_its_address(run: Run) -> None:
    code, out, _ = run("paper", "https://journal.example/2")
    assert (code, out.splitlines()[0]) == (0, "url:https://journal.example/2  Another Paper"), out
    assert "First seen 2026-04-20 08:00 UTC.\n" in out
    assert run("paper", "https://journal.example/none")[0] == 2


@pytest.mark.usefixtures("_fetched")
def test_a_paper_nobody_knows_is_an_error(run: Run) -> None:
    for words in (("2604.99999",), ("2604.99999", "--split", "10.1000/j.1")):
        code, _, said = run("paper", *words)
        assert (code, "There is no paper arxiv:2604.99999 in the database." in said) == (2, True)
