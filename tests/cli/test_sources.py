"""Commands about sources, as an operator types them."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.playing_arxiv import Listed, arxiv_feed, catchup_page, new_page, numbered
from tests.playing_sources import Answer, Route, playing_sources

Run = Callable[..., tuple[int, str, str]]
MONDAY = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def routes(run: Run, tmp_path: Path, migrated: Path) -> Iterator[dict[str, Route]]:
    """A folder whose only source is a small arXiv, which is asked as politely as the real one is not."""
    routes: dict[str, Route] = {}
    with playing_sources(routes) as base:
        (tmp_path / "dailypapers.toml").write_text(
            "[service]\nallow_local_sources = true\n"
            f"[[sources]]\nkind = 'arxiv'\nurl = '{base}'\ncategories = ['cs.LG', 'cs.AI']\n",
            "utf-8",
        )
        run("init", "--no-check-mail")
        yield routes


def announce(routes: dict[str, Route], when: dt.datetime, **counts: int) -> None:
    ids = iter(numbered(when, sum(counts.values())))
    for name, count in counts.items():
        routes[f"/rss/cs.{name}"] = arxiv_feed(*(next(ids) for _ in range(count)))


def test_the_table_shows_what_is_out_and_since_when(run: Run, routes: dict[str, Route]) -> None:
    code, _, said = run("sources", "--now", MONDAY.isoformat())
    assert code == 1
    for n in range(3):
        announce(routes, MONDAY + n * DAY, LG=9, AI=8 if n == 0 else 0)
        code, out, said = run("day", "--now", (MONDAY + n * DAY).isoformat())
        assert (code, "arXiv (cs.AI) had no new papers" in said) == ((1, True) if n else (0, False)), said
    now = ("--now", (MONDAY + 2 * DAY).isoformat())
    code, out, said = run("status", *now)
    assert code == 1
    assert "arXiv cs.AI: stalled since 2026-04-21 (2 days); the last new paper came on 2026-04-20 at 08:00 UTC." in said
    assert "2026-04-22: 0 due" in said
    code, out, _ = run("sources", "--json", *now)
    records = {record["category"]: record for record in json.loads(out)}
    assert {name: record["state"] for name, record in records.items()} == {
        "": "fresh",
        "cs.AI": "stalled",
        "cs.LG": "fresh",
    }
    assert (records["cs.AI"]["out_since"], records["cs.LG"]["usual"]) == ("2026-04-21", 9)
    (newest, *_) = json.loads(run("ledger", "--json")[1])
    assert newest["sources"][0]["lacking"][0]["category"] == "cs.AI"


def test_a_host_that_is_left_alone_is_named_with_the_next_try(run: Run, routes: dict[str, Route]) -> None:
    routes["/rss/cs.LG"] = Answer(status=429, headers={"Retry-After": "3600"})
    assert run("fetch")[0] == 1
    code, _, said = run("sources")
    assert (code, "arXiv: failed on " in said) == (1, True)
    assert "127.0.0.1:" in said
    assert "asked to be left alone, or did not answer; the next try is after " in said


def test_a_source_that_nobody_asks_is_named(run: Run, routes: dict[str, Route]) -> None:
    announce(routes, MONDAY, LG=3, AI=3)
    run("fetch", "--now", MONDAY.isoformat())
    code, _, said = run("status", "--now", (MONDAY + 2 * DAY).isoformat())
    assert (code, "arXiv has not been fetched since 2026-04-20 08:00 UTC" in said) == (1, True)


def test_one_source_is_asked_and_nothing_is_stored(run: Run, routes: dict[str, Route]) -> None:
    announce(routes, MONDAY, LG=3)
    code, _, said = run("sources", "check", "arxiv", "--now", MONDAY.isoformat())
    assert code == 1
    assert "cs.LG: 3 items" in said
    assert "cs.AI failed: " in said
    assert "new: Paper 2604.20001 (arxiv:2604.20001)" in said
    assert re.search(r"/rss/cs\.AI answered 404 in \d+\.\d s: 22 bytes\.", said)
    announce(routes, MONDAY, LG=3, AI=2)
    assert run("sources", "check", "arxiv")[0] == 0
    assert json.loads(run("sources", "--json")[1]) == [{"source": "arxiv", "state": "never fetched"}]
    code, _, said = run("sources", "check", "nature")
    assert (code, "There is no source “nature”; there are arxiv." in said) == (2, True)


def test_a_saved_answer_is_read_without_settings_and_without_a_database(run: Run, tmp_path: Path) -> None:
    feed = arxiv_feed("2604.00001").content()
    (tmp_path / "feed.xml").write_bytes(feed.replace(b"</channel>", b"<item><title>x</title></item></channel>"))
    code, out, said = run("sources", "parse", "feed.xml", "--as", "arxiv", "--json")
    answer = json.loads(out)
    assert code == 1
    assert [paper["id"] for paper in answer["announcements"]] == ["arxiv:2604.00001"]
    assert answer["skipped"][0]["where"] == "file item 2"
    (tmp_path / "feed.xml").write_bytes(feed.replace(b"Paper 2604.00001", b"A long title " * 20))
    out = run("sources", "parse", "feed.xml", "--as", "arxiv")[1]
    assert out.splitlines()[2].startswith("new   arxiv:2604.00001  A long title A long title")
    assert len(out.splitlines()) == 3
    (tmp_path / "page.html").write_bytes(new_page(MONDAY.date(), [Listed("2604.00001"), Listed("2604.00002")]))
    code, out, said = run("sources", "parse", "page.html", "--as", "arxiv-page")
    assert (code, "2 announcements, 0 skipped." in said, "arxiv:2604.00002" in out) == (0, True, True)
    assert run("sources", "parse", "page.html", "--as", "feed")[0] == 2
    code, _, said = run("sources", "parse", "page.html", "--as", "newspaper")
    assert (code, "is not a kind of source; use one of arxiv, " in said) == (2, True)


def test_a_backfill_says_what_is_missing(run: Run, routes: dict[str, Route]) -> None:
    announce(routes, MONDAY, LG=3, AI=2)
    code, _, said = run("fetch", "--since", "2026-04-01", "--now", MONDAY.isoformat())
    # A mirror has no pages: nothing can be asked for.
    assert (code, "There is no day since 2026-04-01 that a source still has to be asked for." in said) == (0, True)
    code, _, said = run("fetch", "--since", "April")
    assert (code, "“April” is not a day; write it like 2026-03-01." in said) == (2, True)
    code, _, said = run("fetch", "--since", "2026-05-01", "--now", MONDAY.isoformat())
    assert (code, "2026-05-01 has not come yet; give a day in the past." in said) == (2, True)


def test_days_of_a_source_that_recovers_are_well_again(run: Run, routes: dict[str, Route]) -> None:
    for n, count in enumerate((5, 0, 5)):
        announce(routes, MONDAY + n * DAY, LG=count, AI=count)
        if n == 1:
            routes["/rss/cs.LG"] = Answer(status=404)
        run("day", "--now", (MONDAY + n * DAY).isoformat())
    code, _, said = run("sources", "--now", (MONDAY + 2 * DAY).isoformat())
    assert (code, said) == (
        0,
        "arXiv lacked papers in the edition of 2026-04-21; not all of those days could be asked for again.\n",
    )
    announce(routes, MONDAY + 2 * DAY, LG=7, AI=5)
    later = (MONDAY + 2.5 * DAY).isoformat()
    run("fetch", "--now", later)
    assert "2 new papers of all sources wait for the next edition." in run("status", "--now", later)[2]
    assert "lacked" not in run("sources", "--now", (MONDAY + 10 * DAY).isoformat())[2]


def test_a_source_that_is_stale_for_two_days_of_a_week_is_seen_named_and_repaired(
    run: Run, routes: dict[str, Route], tmp_path: Path
) -> None:
    settings = tmp_path / "dailypapers.toml"
    written = settings.read_text("utf-8")
    base = written.split("url = '")[1].split("'")[0]
    settings.write_text(f"{written}pages_url = '{base}'\n", "utf-8")

    def records(when: dt.datetime) -> tuple[int, dict[str, dict[str, object]]]:
        code, out, _ = run("sources", "--json", "--now", when.isoformat())
        return code, {record["category"]: record for record in json.loads(out)}

    editions = []
    for n in range(5):
        when = MONDAY + n * DAY
        # On Tuesday and Wednesday the feed is Monday's again, and no page is to be had.
        announce(routes, when, LG=9, AI=8)
        if n in {1, 2}:
            routes["/rss/cs.AI"] = arxiv_feed(*numbered(MONDAY, 17)[9:])
        for day in (1, 2) if n == 3 else ():
            listed = [Listed(id_, f"Paper {id_}") for id_ in numbered(MONDAY + day * DAY, 17)[9:]]
            routes[f"/catchup/cs.AI/{(MONDAY + day * DAY).date()}"] = Answer(
                catchup_page((MONDAY + day * DAY).date(), listed)
            )
        run("day", "--now", when.isoformat())
        editions.append(json.loads(run("close", "--json", "--now", when.isoformat())[1])[0]["papers"])
        if n == 2:
            code, standing = records(when)
            assert (code, standing["cs.AI"]["state"], standing["cs.LG"]["state"]) == (1, "stalled", "fresh")
            assert (standing["cs.AI"]["out_since"], standing["cs.AI"]["new"]) == ("2026-04-21", 0)
            said = run("status", "--now", when.isoformat())[2]
            assert "arXiv cs.AI: stalled since 2026-04-21 (2 days)" in said
    assert editions == [17, 9, 9, 17 + 2 * 8, 17]
    code, standing = records(MONDAY + 4 * DAY)
    assert (code, standing["cs.AI"]["state"], standing["cs.AI"]["out_since"]) == (0, "fresh", None)
    assert {name: record["lacked_in"] for name, record in standing.items()} == {
        "": [],
        "cs.AI": ["2026-04-21", "2026-04-22"],
        "cs.LG": [],
    }
    said = run("status", "--now", (MONDAY + 4 * DAY).isoformat())[2]
    assert "arXiv cs.AI lacked papers in the editions of 2026-04-21, 2026-04-22; they have come since." in said


def test_status_says_when_the_edition_closes_and_what_it_waits_for(run: Run, routes: dict[str, Route]) -> None:
    early = MONDAY.replace(hour=4, minute=10)
    announce(routes, MONDAY, LG=3)
    routes["/rss/cs.AI"] = Answer(status=404)
    run("fetch", "--now", early.isoformat())
    said = run("status", "--now", early.isoformat())[2]
    assert (
        "The edition of 2026-04-20 closes at 05:30 UTC, or before, as soon as these have come: arXiv (cs.AI failed)."
        in said
    )
    run("day", "--now", early.isoformat())
    assert "The edition of 2026-04-20 was closed at 04:10 UTC." in run("status", "--now", MONDAY.isoformat())[2]
    next_day = (MONDAY.replace(hour=2) + DAY).isoformat()
    assert (
        "closes at 05:30 UTC, or before, as soon as these have come: arXiv (2026-04-21 has not begun there)."
        in " ".join(run("status", "--now", next_day)[2].split())
    )
