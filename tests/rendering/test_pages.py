"""Pages: no script, nothing loaded, one button where something happens, and foreign text stays text."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import pytest
from tests.rendering.samples import DAY, FOR_SOMEBODY, digest_of, entry
from tests.rendering.test_digest import HOSTILE, Structure

from dailypapers.domain.digest import Digest
from dailypapers.domain.edition import Edition
from dailypapers.rendering.pages import render_page

SHARED = {
    "root": "/",
    "path": "/",
    "home": "https://papers.example.org/",
    "list_name": "Daily Papers",
    "static": "/static/{}".format,
}
EDITION = Edition(1, DAY, dt.datetime(2026, 11, 24, tzinfo=dt.UTC), 274, ())


@dataclass(frozen=True, slots=True)
class Mail:
    """A caught mail as the pages see it."""

    path: Path = Path("000001-alice@example_org.eml")
    recipient: str = "alice@example.org"
    sender: str = "papers@example.org"
    subject: str = "Two papers · 23 Nov"
    date: str = "Mon, 23 Nov 2026 12:00:00 +0000"
    headers: tuple[tuple[str, str], ...] = (("List-Post", "NO"),)
    text: str = "The text part"
    html: str = "<p>The HTML part</p>"
    size: int = 12_345


CONFIRM: dict[str, object] = {
    "address": "ann@example.org",
    "topics": ("graph neural networks",),
    "examples": 0,
    "profiles": [],
    "preferences": "https://papers.example.org/preferences/x",
    "hour": 7,
    "zone": "UTC",
    "days": 7,
    "is_paused": False,
}
LEAVE: dict[str, object] = {
    "token": "t",
    "resubscribe": "u",
    "erase": "e",
    "day": DAY,
    "no_day": False,
    "tomorrow": DAY,
}
LEAVE |= {"than": 10, "paused": False}
PAGES: list[tuple[str, dict[str, object]]] = [
    *(("confirm", CONFIRM | {"state": state}) for state in ("ready", "done", "bad link")),
    *(("unsubscribe", LEAVE | {"state": state}) for state in ("ready", "left", "gone", "weekly", "fewer", "paused")),
    ("message", {"title": "Page not found", "message": "Perhaps a part was lost on the way."}),
]
ALONE: list[tuple[str, dict[str, object]]] = [
    ("caught", {"mails": (Mail(), Mail())}),
    ("caught", {"mails": ()}),
    ("caught_mail", {"mail": Mail()}),
]


@pytest.mark.parametrize(("name", "values"), PAGES)
def test_a_page_loads_its_own_sheet_and_nothing_else(
    env: jinja2.Environment, name: str, values: dict[str, object]
) -> None:
    html = render_page(env, name, **SHARED, **values)
    assert set(re.findall(r'<link rel="\w+" href="([^"]*)"', html)) == {"/static/site.css", "/static/icon.svg"}
    assert "<style" not in html
    _check(html)


@pytest.mark.parametrize(("name", "values"), ALONE)
def test_a_page_beside_caught_mails_stands_alone(env: jinja2.Environment, name: str, values: dict[str, object]) -> None:
    html = render_page(env, name, **values)
    assert "<link" not in html
    assert "<style>" in html
    _check(html)


def _check(html: str) -> None:
    tags = Structure(html).tags
    assert not {tag[0] for tag in tags} & {"script", "img", "object", "base"}
    assert not re.search(r"\sstyle=|\son\w+=|\ssrc=|url\(", html)
    assert [tag[0] for tag in tags].count("h1") == 1
    assert '<html lang="en" dir="ltr">' in html


def test_there_is_one_button_where_something_can_be_done_and_none_elsewhere(env: jinja2.Environment) -> None:
    buttons = {
        state: render_page(env, "confirm", **SHARED, **CONFIRM, state=state).count('<form method="post"><button')
        for state in ("ready", "done", "bad link")
    }
    assert buttons == {"ready": 1, "done": 0, "bad link": 0}


def test_the_three_states_of_a_page_differ(env: jinja2.Environment) -> None:
    for name, values in (("confirm", CONFIRM), ("unsubscribe", LEAVE)):
        pages = {render_page(env, name, **SHARED, **values, state=s) for s in ("ready", "done", "left", "bad link")}
        assert len(pages) == 3


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview as its template sees it."""

    digest: Digest
    state: str = "digest"
    edition: Edition = EDITION
    notes: tuple[str, ...] = ()
    troubles: Mapping[str, str] = field(default_factory=dict)
    more: int = 0
    counted: int = 0
    votes: Mapping[str, str] = field(default_factory=dict)


def test_a_preview_shows_its_picks_and_the_edition_they_are_from(env: jinja2.Environment) -> None:
    html = render_page(env, "_preview", root="/", shown=Preview(FOR_SOMEBODY))
    assert "23 November 2026" in html
    assert all(item.paper.title in html for item in FOR_SOMEBODY.entries)


def test_an_edition_has_its_thousands_parted(env: jinja2.Environment) -> None:
    shown = {"entries": FOR_SOMEBODY.entries, "total": 1203, "page": 1, "last": 1, "before": None, "after": None}
    html = render_page(env, "edition", **SHARED, **shown, edition=EDITION, doubts="")
    assert "1,203 new papers, most popular first." in html


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_papers_text_stays_text_in_a_preview(env: jinja2.Environment, text: str) -> None:
    def tags(title: str) -> list[tuple[str, ...]]:
        digest = digest_of(entry(f"t{title}", f"a{title}", f"r{title}", authors=(f"n{title}",)))
        return Structure(render_page(env, "_preview", root="/", shown=Preview(digest))).tags

    # A long abstract is folded.
    assert tags(text) in (tags(""), tags("word " * 200))


def test_an_index_of_caught_mails_leads_to_each_as_html_text_and_file(env: jinja2.Environment) -> None:
    links = Structure(render_page(env, "caught", mails=(Mail(),))).links
    page = "000001-alice%40example_org"
    assert links[1:] == [f"{page}.html", f"{page}.html#html", f"{page}.html#text", f"{page}.eml"]


def test_a_caught_mail_is_shown_in_a_frame_that_can_run_and_load_nothing(env: jinja2.Environment) -> None:
    html = render_page(env, "caught_mail", mail=Mail(html='"><script>alert(1)</script><p>Shown</p>'))
    assert '<iframe id="html" sandbox="" title=' in html
    assert "<script" not in html
    assert "&lt;p&gt;Shown&lt;/p&gt;" in html
    assert "default-src 'none'" in html.partition("<title>")[0]


def test_a_caught_mail_without_html_has_no_frame(env: jinja2.Environment) -> None:
    html = render_page(env, "caught_mail", mail=Mail(html="", subject=""))
    assert "<iframe" not in html
    assert "(no subject)" in html
