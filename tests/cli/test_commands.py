"""The commands as a user types them: what they print, and the codes they end with."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from dailypapers.catcher.server import Catcher, caught
from dailypapers.cli.main import commands
from dailypapers.store import controls
from dailypapers.store.database import close, connect, writing

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A file of three papers and one wrong line."""
    lines = [
        {"id": "2604.00001", "title": "Deeper Graph Neural Networks", "authors": ["Ann Lee"], "categories": ["cs.LG"]},
        {"id": "2604.00002", "title": "Single-Cell Genomics at Scale", "authors": ["Bo Chen"], "upvotes": 12},
        {"id": "2604.00003", "title": "Weather Over the Alps", "abstract": "Rain, mostly."},
    ]
    file = tmp_path / "papers.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\nno json\n", "utf-8")
    return file


@pytest.fixture
def ready(run: Run, papers: Path, tmp_path: Path, migrated: Path) -> Run:
    """A folder with settings, a database and a file source."""
    (tmp_path / "dailypapers.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nfrom_address = "papers@example.org"\n'
        f'[[sources]]\nkind = "file"\npath = "{papers.name}"\n',
        "utf-8",
    )
    assert run("init", "--no-check-mail")[0] == 0
    return run


def test_init_writes_settings_a_secret_and_a_database(run: Run, tmp_path: Path) -> None:
    code, _, said = run("init", "--no-check-mail")
    assert code == 0
    assert "every setting with its default" in said
    assert {path.name for path in tmp_path.iterdir()} >= {"dailypapers.toml", "dailypapers.secret", "dailypapers.db"}
    assert (tmp_path / "dailypapers.secret").stat().st_mode & 0o077 == 0
    again = run("init", "--no-check-mail")
    assert again[0] == 0
    assert "already exists; it was not changed" in again[2]


def test_init_says_what_is_wrong_with_the_mail_server(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILYPAPERS_MAIL__HOST", "127.0.0.1")
    monkeypatch.setenv("DAILYPAPERS_MAIL__PORT", "1")
    code, _, said = run("init")
    assert code == 3
    assert "The mail server 127.0.0.1:1 cannot be used" in said
    assert "correct [mail] in dailypapers.toml, then run `dailypapers init` again" in said


def test_init_says_at_once_that_a_source_cannot_be_found(run: Run) -> None:
    code, _, said = run("init", "--no-check-mail", "--sources", "https://feeds.nowhere.invalid/rss")
    assert code == 0
    assert "its host's name cannot be resolved. The source is kept" in said
    assert "attempts" not in said


def test_a_day_from_a_file_to_a_real_mail_server(ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ready("subscribers", "add", "alice@example.org", "--topic", "graph neural networks")[0] == 0
    assert ready("subscribers", "add", "carol@example.org")[0] == 0
    with Catcher(tmp_path / "mails") as server:
        monkeypatch.setenv("DAILYPAPERS_MAIL__PORT", str(server.port))
        code, out, said = ready("day", "--now", "2026-04-20T08:00+02:00", "--json")
        assert code == 1, "the wrong line of the file needs a look"
        assert json.loads(out)[0]["accepted"] == 2
        code, out, said = ready("day", "--now", "2026-04-20T09:00+02:00")
        assert "No email was due" in said
    mails = {mail.recipient: mail for mail in caught(tmp_path / "mails")}
    assert mails["alice@example.org"].subject == "Deeper Graph Neural Networks · 20 Apr 2026"
    assert "+2 more" in mails["carol@example.org"].subject
    code, _, said = ready("ledger")
    assert code == 0
    assert "2 due = 2 accepted" in said


def test_the_steps_of_a_day_one_by_one(ready: Run) -> None:
    ready("subscribers", "add", "alice@example.org", "--topic", "graph neural networks", "--now", "2026-04-20T08:00")
    now = ("--now", "2026-04-20T08:00")
    code, out, said = ready("fetch", "--json", *now)
    assert (code, json.loads(out)[0]["new"]) == (1, 3)
    assert "papers.jsonl line 4" in said
    assert json.loads(ready("close", "--json", *now)[1])[0]["papers"] == 3
    assert "Composed 1 digest" in ready("compose", *now)[2]
    code, _, said = ready("deliver", *now)
    assert code == 3
    assert "takes nothing" in said
    code, out, _ = ready("ledger", "--json")
    assert (code, json.loads(out)[0]["open"]) == (1, 1)


def test_a_day_ends_with_3_where_the_mail_server_does_not_answer(ready: Run) -> None:
    ready("subscribers", "add", "alice@example.org", "--topic", "graph neural networks", "--now", "2026-04-20T08:00")
    code, _, said = ready("day", "--now", "2026-04-20T08:00")
    assert code == 3
    assert "127.0.0.1:1" in said


def test_a_source_that_has_nothing_new_on_a_weekday_is_named_and_has_an_exit_code(
    run: Run, papers: Path, tmp_path: Path, migrated: Path
) -> None:
    papers.write_text(papers.read_text("utf-8").replace("no json\n", ""), "utf-8")
    (tmp_path / "dailypapers.toml").write_text(f"[[sources]]\nkind = 'file'\npath = '{papers.name}'\n", "utf-8")
    run("init", "--no-check-mail")
    assert run("day", "--now", "2026-04-20T08:00")[0] == 0
    code, _, said = run("day", "--now", "2026-04-21T08:00")
    assert (code, "file had no new papers although some were expected" in said) == (1, True)


def test_preview_says_that_nothing_has_been_fetched(ready: Run) -> None:
    ready("subscribers", "add", "alice@example.org", "--topic", "graph neural networks")
    said = "No paper has been fetched yet. Run `dailypapers fetch` first.\n"
    assert ready("preview", "alice@example.org") == (0, "", said)


def test_preview_prints_the_next_digest_and_sends_nothing(ready: Run, tmp_path: Path) -> None:
    ready("subscribers", "add", "alice@example.org", "--topic", "graph neural networks")
    ready("fetch", "--now", "2026-04-20T08:00")
    code, out, _ = ready("preview", "alice@example.org", "--now", "2026-04-20T08:00")
    assert code == 0
    assert "Subject: Deeper Graph Neural Networks" in out
    ready("preview", "alice@example.org", "--output", str(tmp_path / "p.html"), "--now", "2026-04-20T08:00")
    assert "<h1" in (tmp_path / "p.html").read_text("utf-8")
    assert ready("ledger", "--json")[1].strip() == "[]"


def test_preview_says_which_topics_brought_nothing(ready: Run) -> None:
    ready("subscribers", "add", "alice@example.org", "--topic", "zebrafish development")
    ready("fetch", "--now", "2026-04-20T08:00")
    code, out, said = ready("preview", "alice@example.org", "--now", "2026-04-20T08:00")
    assert (code, out) == (0, "")
    assert "No digest would be sent" in said
    assert "Nothing today on “zebrafish development”" in said
    ready("subscribers", "add", "alice@example.org", "--on-empty", "trending")
    _, out, _ = ready("preview", "alice@example.org", "--now", "2026-04-20T08:00")
    assert "Nothing new on your topics today, so here is what is trending." in out
    code, _, said = ready("subscribers", "add", "alice@example.org", "--on-empty", "cats")
    assert (code, "on_empty “cats” must be one of silent, trending" in said) == (2, True)


def test_rank_needs_no_settings_and_no_database(run: Run, papers: Path) -> None:
    code, out, said = run("rank", "--papers", str(papers), "--topic", "graph networks", "--topic", "the", "--json")
    assert code == 1
    assert "line 4" in said
    assert "“the” contains no distinctive words" in said
    first = json.loads(out)[0]
    assert first == {
        "rank": 1,
        "id": "arxiv:2604.00001",
        "title": "Deeper Graph Neural Networks",
        "score": first["score"],
        "reason": "Matches your topic “graph networks”: Graph, Networks",
    }


def test_rank_shows_what_is_relevant_enough_and_on_request_what_comes_nearest(run: Run, papers: Path) -> None:
    asked = ("rank", "--papers", str(papers), "--topic", "graph telescopes", "--json")
    _, out, said = run(*asked)
    assert json.loads(out) == []
    assert "--relevance 0 shows what comes nearest" in said
    assert json.loads(run(*asked, "--relevance", "0")[1])[0]["title"] == "Deeper Graph Neural Networks"


def test_rank_explains_a_score_by_its_terms_as_a_table_and_as_json(run: Run, papers: Path) -> None:
    asked = ("rank", "--papers", str(papers), "--topic", "graph networks", "--explain")
    assert " words Graph, Networks" in run(*asked)[1]
    first = json.loads(run(*asked, "--json")[1])[0]
    assert [(term["kind"], term["text"]) for term in first["terms"]] == [("words", "Graph, Networks")]
    assert first["terms"][0]["weight"] == pytest.approx(first["score"], abs=1e-4)


def test_rank_by_author_and_without_what_is_not_wanted(run: Run, papers: Path) -> None:
    _, out, _ = run("rank", "--papers", str(papers), "--author", "A. Lee", "--category", "cs", "--json")
    assert [row["id"] for row in json.loads(out)] == ["arxiv:2604.00001"]
    assert "whom you follow" in out
    _, out, _ = run("rank", "--papers", str(papers), "--author", "A. Lee", "--exclude", "graph neural", "--json")
    assert json.loads(out) == []


def test_a_topic_given_to_a_command_is_composed(ready: Run) -> None:
    ready("subscribers", "add", "ann@example.org", "--topic", "Scho\u0308n")
    assert "Sch\u00f6n" in ready("subscribers", "show", "ann@example.org")[1]


def test_a_topic_that_is_too_long_is_cut_and_it_is_said(ready: Run) -> None:
    code, _, said = ready("subscribers", "add", "ann@example.org", "--topic", "graph networks " * 2500)
    assert code == 0
    assert "is too long; it was shortened" in said
    assert "graph …" in ready("subscribers", "show", "ann@example.org")[1]


def test_a_family_name_alone_is_said_to_find_hardly_anybody(ready: Run) -> None:
    code, _, said = ready("subscribers", "add", "ann@example.org", "--author", "Gu", "--author", "A. Lee")
    assert code == 0
    assert said.count("only one name") == 1


def test_an_institution_is_followed_by_its_name(ready: Run) -> None:
    for name in ("University of York", "ETH Zurich"):
        assert ready("subscribers", "add", "ann@example.org", "--institution", name)[0] == 0
    exported = json.loads(ready("subscribers", "export")[1])
    assert exported["institutions"] == ["ETH Zurich"], "what is given replaces what was"
    assert "ETH Zurich" in ready("subscribers", "show", "ann@example.org")[1]


def test_subscribers_come_from_a_file_and_go_back_into_one(ready: Run, tmp_path: Path) -> None:
    lines = [
        '{"address": "alice@example.org", "topics": ["graphs"], "zone": "Europe/Berlin", "hour": 6}',
        '{"address": "no address"}',
        '{"address": "bob@example.org", "hour": 25}',
        '{"address": "bob@example.org", "topix": []}',
        '{"address": "bob@example.org", "zone": "Mars/Base"}',
        "[]",
        "rubbish",
        '{"address": "carol@example.org", "papers": ["arXiv:2604.00001v2"], "days": "weekdays"}',
    ]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    code, _, said = ready("subscribers", "import", str(file), "--consent", "they asked")
    assert code == 1
    assert "Added 2 subscribers; already subscribed: 0; refused: 6." in said
    for number in range(2, 8):
        assert f"people.jsonl line {number}" in said
    code, out, _ = ready("subscribers", "export")
    exported = [json.loads(line) for line in out.splitlines()]
    assert exported[0]["zone"] == "Europe/Berlin"
    assert (exported[1]["papers"], exported[1]["days"]) == (["arxiv:2604.00001"], "weekdays")
    (tmp_path / "again.jsonl").write_text(out, "utf-8")
    assert (
        "Added 0 subscribers; already subscribed: 2"
        in ready("subscribers", "import", str(tmp_path / "again.jsonl"), "--consent", "they asked")[2]
    )


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Mars/Base"])
def test_what_is_not_the_time_of_a_place_is_refused_as_a_zone(ready: Run, tmp_path: Path, zone: str) -> None:
    code, _, said = ready("subscribers", "add", "ann@example.org", "--zone", zone)
    assert (code, f"zone “{zone}” is not a time zone" in said) == (2, True)
    file = tmp_path / "people.csv"
    file.write_text(f"address,zone\nbob@example.org,{zone}\n", "utf-8")
    assert "refused: 1" in ready("subscribers", "import", str(file), "--consent", "they asked")[2]
    assert json.loads(ready("subscribers", "list", "--json")[1]) == []


def test_what_is_wrong_with_many_lines_is_said_once(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    rows = "".join(f"reader{number}@example.org,R,new\n" for number in range(1200))
    file.write_text(f"email,First Name,tags\n{rows}a@b@c,,\n", "utf-8")
    code, _, said = ready("subscribers", "import", str(file), "--consent", "they asked")
    many, wrong_address, summary = said.splitlines()
    assert many.startswith("people.csv line 2 and 1,199 more lines: has an unknown field: “first_name”, “tags”.")
    assert wrong_address.startswith("people.csv line 1202: ")
    assert (code, summary) == (1, "Added 0 subscribers; already subscribed: 0; refused: 1,201.")


def test_example_papers_come_from_a_bibtex_file(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.bib"
    file.write_text("@misc{a, eprint={2604.00001}}\n@misc{b, title={Unknown Things Here}, author={Lee, A.}}\n", "utf-8")
    code, _, said = ready("subscribers", "add", "alice@example.org", "--bib", str(file))
    assert (code, "mine.bib line 2" in said) == (0, True)
    shown = json.loads(ready("subscribers", "show", "alice@example.org")[1])
    assert shown["interests"] == [{"kind": "paper", "text": "arxiv:2604.00001", "stance": "want"}]
    assert ready("subscribers", "add", "bob@example.org", "--bib", "none.bib")[0] == 2


def test_subscribers_come_from_a_spreadsheet_too(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("address,topics,hour\nalice@example.org,graphs; cells,6\nbob@example.org,,x\n", "utf-8")
    code, _, said = ready("subscribers", "import", str(file), "--consent", "they asked")
    assert (code, "line 3" in said) == (1, True)
    shown = json.loads(ready("subscribers", "show", "alice@example.org")[1])
    assert [interest["text"] for interest in shown["interests"]] == ["cells", "graphs"]
    assert "alice@example.org" in ready("subscribers", "list")[1]


def test_lifting_what_is_not_suppressed_says_so(ready: Run) -> None:
    assert "was not suppressed" in ready("subscribers", "lift", "alice@example.org")[2]


def test_removing_and_erasing(ready: Run) -> None:
    ready("subscribers", "add", "alice@example.org")
    assert "next run" in ready("subscribers", "list")[1]
    assert "unsubscribed" in ready("subscribers", "remove", "alice@example.org")[2]
    assert json.loads(ready("subscribers", "list", "--json")[1])[0]["next digest"] is None
    assert "next run" not in ready("subscribers", "list")[1]
    code, _, said = ready("subscribers", "add", "alice@example.org")
    assert (code, "only its owner" in said) == (2, True)
    assert "erased" in ready("subscribers", "remove", "alice@example.org", "--erase")[2]
    assert ready("subscribers", "show", "alice@example.org")[0] == 2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("ledger",), 2, "The secret that signs links is missing"),
        (("--config", "none.toml", "ledger"), 2, "none.toml does not exist"),
        (("rank", "--papers", "none.jsonl"), 2, "none.jsonl"),
        (("rank", "--papers", "x", "--now", "tomorrow"), 2, "“tomorrow” is not a time"),
    ],
)
def test_errors_are_one_sentence_and_a_code(run: Run, words: tuple[str, ...], code: int, sentence: str) -> None:
    ended, _, said = run(*words)
    assert (ended, sentence in said) == (code, True), said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("[service]\nnaem = 'x'", "unknown setting service.naem; did you mean name?"),
        ("[mail]\nport = 'many'", "mail.port"),
        ("[service]\nzone = 'Mars/Base'", "“Mars/Base” is not a time zone"),
        ("[service]\nlocale = 'none'", "service.locale: the folder"),
        ("[service]\nlanguage = 'tlh'", "service.language: 'tlh' is not a known language"),
        ("[digest]\ndays = 'someday'", "must be daily"),
        ("[mail]\npassword = 'x'", "set it as DAILYPAPERS_MAIL__PASSWORD"),
        ("[mail]\nfrom_address = 'Papers <p@example.org>'", "must be an address alone"),
        ("[[sources]]\nkind = 'feed'", "needs url"),
        (
            "[[sources]]\nkind = 'arxiv'\ncategories = ['cs.LG']\n[[sources]]\nkind = 'arxiv'\ncategories = ['cs.CL']",
            "two sources",
        ),
        ("[[sources]]\nkind = 'arxiv'\ncategories = ['cs.CX']", "is not a category of arXiv; did you mean cs.SC?"),
        ("[[sources]]\nkind = 'arxiv'\ncategories = ['cs.LG+nonsense.XY']", "is not a category of arXiv"),
        ("[[sources]]\nkind = 'biorxiv'\ncategories = ['genomic']", "no category “genomic”; did you mean genomics?"),
        ("[service", "invalid TOML"),
        ("[database]\nurl = 'oracle://x'", "neither SQLite"),
        ("[database]\nurl = 'papers.db'", "is not a database URL"),
    ],
)
def test_wrong_settings_are_named(run: Run, tmp_path: Path, settings: str, sentence: str) -> None:
    (tmp_path / "dailypapers.toml").write_text(settings, "utf-8")
    (tmp_path / "dailypapers.secret").write_text("secret", "utf-8")
    code, _, said = run("ledger")
    assert code == 2
    assert sentence in said


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("init a_file/here --from papers@example.org --no-ask", "a_file/here: Not a directory.\n"),
        ("demo a_file", "a_file: File exists.\n"),
    ],
)
def test_a_folder_that_cannot_be_made_is_named(run: Run, tmp_path: Path, command: str, sentence: str) -> None:
    (tmp_path / "a_file").touch()
    code, _, said = run(*command.split())
    assert (code, said) == (2, sentence)


def test_status_says_that_sending_is_paused(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text('{"title": "A paper", "abstract": "About graphs."}\n', "utf-8")
    assert ready("fetch")[0] == 0
    assert ready("status")[0] == 0
    engine = connect(f"sqlite:///{tmp_path}/dailypapers.db")
    with writing(engine) as tx:
        controls.switch_on(tx, controls.Name.PAUSE, by="ann@example.org", now=dt.datetime(2026, 4, 20, tzinfo=dt.UTC))
    close(engine)
    code, _, said = ready("status")
    assert (code, "Sending is paused since 2026-04-20 00:00 UTC by ann@example.org: nothing leaves" in said) == (
        1,
        True,
    )


def test_a_database_without_tables_is_refused_with_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILYPAPERS_SECRET", "secret")
    code, _, said = run("ledger")
    assert (code, "dailypapers migrate" in said) == (3, True)
    assert run("migrate")[0] == 0
    assert run("migrate")[0] == 0
    assert run("ledger")[::2] == (0, "No edition has been closed yet.\n")


def test_secrets_may_stand_in_files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").write_text("secret\n", "utf-8")
    monkeypatch.setenv("DAILYPAPERS_SECRET_FILE", str(tmp_path / "s"))
    assert run("migrate")[0] == 0
    monkeypatch.setenv("DAILYPAPERS_SECRET_FILE", str(tmp_path / "none"))
    code, _, said = run("migrate")
    assert (code, "cannot be read" in said) == (2, True)


def test_every_default_in_the_shipped_settings_is_the_real_one(run: Run, tmp_path: Path) -> None:
    from dailypapers.settings import Settings, load, shipped  # noqa: PLC0415 - read after the folder is set

    text = (shipped("config") / "dailypapers.toml").read_text("utf-8")
    lines = [
        line.removeprefix("# ") if " = " in line or line.startswith("# [[") else line for line in text.splitlines()
    ]
    settings = "\n".join(line for line in lines if not line.startswith("#"))
    head, _, sources = settings.partition("[[sources]]")
    assert sources
    (tmp_path / "dailypapers.toml").write_text(head, "utf-8")
    spoken = load(tmp_path / "dailypapers.toml")
    # Paths are taken from the folder of the file; a webhook is an example.
    apart: dict[str, Any] = {"service": True, "database": True, "inbound": {"unread_folder"}, "webhooks": {"outgoing"}}
    assert spoken.model_dump(exclude=apart) == Settings().model_dump(exclude=apart)


def test_demo_sends_once_and_says_so_the_second_time(run: Run, tmp_path: Path) -> None:
    code, out, said = run("demo")
    assert code == 0, said
    assert "carol@example.org" in out
    assert "7 due = 7 accepted" in said
    folder = tmp_path / "demo-out" / "mails"
    assert len(list(folder.glob("*.eml"))) == 7
    assert (folder / "index.html").exists()
    code, _, said = run("demo")
    assert code == 0
    assert "Nothing was sent" in said
    assert len(list(folder.glob("*.eml"))) == 7


def test_tables_fit_eighty_columns(ready: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    address = "a.reader.with.a.name@department.example.org"
    ready("subscribers", "add", address, "--zone", "Europe/Berlin", "--now", "2026-04-20T08:00")
    lines = [line for line in ready("subscribers", "list")[1].splitlines() if line.strip()]
    assert len(lines) <= 4, "a title, a heading, and a reader on two lines at most"
    ready("day", "--now", "2026-04-21T08:00")
    ledger = ready("ledger")[1].splitlines()
    assert [line.split() for line in ledger[1:]] == [
        ["day", "due", "accepted", "open"],
        ["2026-04-21", "1", "0", "1"],
    ]
    demo = [line for line in ready("demo", str(tmp_path / "demo"))[1].splitlines() if line.strip()]
    assert len(demo) == 2 + 2 * 7
    assert all(f"{name}@example.org" in "\n".join(demo) for name in ("alice", "grace"))
    assert all(len(line) <= 80 for line in (*lines, *ledger, *demo))


def test_prune_says_what_it_forgot(ready: Run) -> None:
    ready("subscribers", "add", "eve@example.org", "--confirm", "--now", "2026-04-01T08:00")
    code, _, said = ready("prune", "--now", "2026-04-20T08:00")
    assert (code, "Deleted: 1 unconfirmed subscription" in said) == (0, True)
    code, out, _ = ready("prune", "--now", "2026-04-20T08:00", "--json")
    assert [set(record.values()) for record in json.loads(out)] == [{0}]


def test_an_export_of_another_program_is_recognised_and_needs_a_word_on_consent(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("uuid,email,attributes,status\n1,a@example.org,{},enabled\n2,b@example.org,{},disabled\n", "utf-8")
    code, _, said = ready("subscribers", "import", str(file))
    assert (code, "--consent" in said) == (2, True)
    code, out, said = ready("subscribers", "import", str(file), "--consent", "listmonk", "--dry-run", "--json")
    assert [each["outcome"] for each in json.loads(out)] == ["added", "left_there"]
    assert "Nothing was changed. It would have added 1" in said
    code, _, said = ready("subscribers", "import", str(file), "--consent", "listmonk")
    assert code == 0
    assert "members.csv was exported by listmonk." in said
    assert "members.csv line 3: b@example.org had unsubscribed there, and was left out." in said
    assert "Added 1 subscriber; already subscribed: 0; refused: 0; left out: 1." in said


def test_alerts_had_elsewhere_become_interests(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "alerts.txt").write_text("graph neural networks\n", "utf-8")
    code, _, said = ready("subscribers", "add", "alice@example.org", "--alerts", str(tmp_path / "alerts.txt"))
    assert (code, "alerts.txt: topic “graph neural networks”." in said) == (0, True)
    shown = json.loads(ready("subscribers", "show", "alice@example.org")[1])
    assert [interest["text"] for interest in shown["interests"]] == ["graph neural networks"]


def test_no_help_holds_what_the_terminal_takes_for_markup() -> None:
    def helps(command: Any) -> Iterator[str]:
        yield command.help or ""
        yield from (getattr(parameter, "help", None) or "" for parameter in command.params)
        for below in getattr(command, "commands", {}).values():
            yield from helps(below)

    assert [text for text in helps(typer.main.get_command(commands)) if re.search(r"\[/?[a-z]", text)] == []
