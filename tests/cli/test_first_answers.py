"""What init is told becomes settings, and what is not understood is said before anything is written."""

import json
import shlex
import tomllib
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from dailypapers.catcher.server import Catcher, caught
from dailypapers.cli.first_answers import Answered, ask_for, ask_for_topics
from dailypapers.errors import BadInput
from dailypapers.settings import DEFAULT_FILE, shipped

COMMENTED = (shipped("config") / DEFAULT_FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("server", "mail"),
    {
        "smtp.example.org": {"host": "smtp.example.org"},
        "smtp.example.org:587": {"host": "smtp.example.org", "port": 587},
        "smtp.example.org:465": {"host": "smtp.example.org", "port": 465, "security": "tls"},
        "127.0.0.1:2525": {"host": "127.0.0.1", "port": 2525, "security": "none"},
    }.items(),
)
def test_a_mail_server_says_how_it_is_secured(server: str, mail: dict[str, object]) -> None:
    assert tomllib.loads(Answered(server=server).settings(COMMENTED))["mail"] == mail


@pytest.mark.parametrize("sender", ["Reading Group <papers@example.org>", '"Reading Group" <papers@example.org> '])
def test_a_sender_with_a_name_names_the_service(sender: str) -> None:
    settings = tomllib.loads(Answered(from_address=sender, operator="Ann <ann@example.org>").settings(COMMENTED))
    assert (settings["service"]["name"], settings["mail"]["from_address"]) == ("Reading Group", "papers@example.org")
    assert (settings["mail"]["owner_address"], settings["operator"]["email"]) == ("ann@example.org", "ann@example.org")


def test_a_port_that_is_none_is_named() -> None:
    with pytest.raises(BadInput, match="is not a mail server"):
        Answered(server="smtp:x").settings(COMMENTED)


def test_what_was_given_is_not_asked_for_and_sources_are_asked_until_they_are_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["me@example.org", "", "", "", "cs.LX", "cs.LG"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    assert ask_for(Answered("papers@example.org")) == Answered("papers@example.org", "me@example.org", sources="cs.LG")


def test_topics_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "graph neural networks, , sleep ")
    assert ask_for_topics() == ("graph neural networks", "sleep")


def test_an_answer_that_cannot_be_is_asked_for_again_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["papers", "papers@example.org", "", "smtp:x", "smtp.example.org:587", "", "ftp://x", "", ""])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    assert ask_for(Answered()) == Answered("papers@example.org", server="smtp.example.org:587")
    said = capsys.readouterr().err
    assert all(why in said for why in ("must be an address alone", "“smtp:x” is not a mail server", "https://"))


def test_a_sender_that_is_no_address_is_said_and_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    code, _, said = run("init", "--from", "Papers <papers at example.org>", "--no-check-mail")
    assert (code, "must be an address alone" in said, "Wrote" in said) == (2, True, False)
    assert not (tmp_path / DEFAULT_FILE).exists()


def test_the_operators_first_digest_is_one_command_away(run: Run, tmp_path: Path) -> None:
    papers = [
        {"id": f"2604.{n:05}", "title": title} for n, title in enumerate(("Deeper Graph Neural Networks", "Sleep"))
    ]
    with Catcher(tmp_path / "mails") as server:
        options = ("--operator", "me@example.org", "--server", f"127.0.0.1:{server.port}")
        code, _, said = run("init", *options, "--topic", "graph neural networks")
        assert (code, "Added me@example.org." in said, "run: dailypapers day" in said) == (0, True, True)
        (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)), "utf-8")
        with (tmp_path / DEFAULT_FILE).open("a") as settings:
            settings.write('[[sources]]\nkind = "file"\npath = "papers.jsonl"\n')
        assert run("day")[0] == 0
    (mail,) = caught(tmp_path / "mails")
    assert (mail.recipient, "Graph Neural" in mail.subject) == ("me@example.org", True)


def test_topics_of_nobody_are_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    code, _, said = run("init", "--no-check-mail", "--topic", "graph neural networks")
    assert (code, "give --operator" in said, list(tmp_path.iterdir())) == (2, True, [])
    run("init", "--no-check-mail")
    assert "or set operator.email" in run("init", "--no-check-mail", "--topic", "sleep")[2]
    said = run("init", "--no-check-mail", "--topic", "sleep", "--operator", "Ann <ann@example.org>")[2]
    assert "Added ann@example.org." in said


def test_a_first_day_is_one_command_away(run: Run, tmp_path: Path) -> None:
    with Catcher(tmp_path / "mails") as server:
        options = [
            "--from",
            "papers@example.org",
            "--operator",
            "me@example.org",
            "--server",
            f"127.0.0.1:{server.port}",
        ]
        code, _, said = run("init", *options, "--sources", "cs.LG, Hugging Face", "--no-try-sources", "--test-mail")
    assert code == 0, said
    assert said.rstrip().endswith("No source has been fetched yet. Start it with: dailypapers serve")
    assert "A test email to me@example.org was accepted by the mail server." in said
    (mail,) = caught(tmp_path / "mails")
    assert (mail.recipient, mail.subject) == ("me@example.org", "Daily Papers: a test")
    code, _, said = run("init", "--no-check-mail", "--from", "other@example.org")
    assert "already exists; it was not changed, and neither were its settings." in said


def test_the_line_that_starts_it_names_settings_that_are_elsewhere(run: Run) -> None:
    _, _, said = run("init", "my papers", "--from", "papers@example.org", "--no-check-mail", "--no-ask")
    line = said.rstrip().rpartition("Start it with: ")[2]
    assert line == "dailypapers --config 'my papers/dailypapers.toml' serve"
    program, *words, _ = shlex.split(line)
    assert (program, run(*words, "ledger")[0]) == ("dailypapers", 0)


def test_a_source_that_is_not_recognised_leaves_no_file(run: Run, tmp_path: Path) -> None:
    code, _, said = run("init", "--sources", "my blog")
    assert (code, "“my blog” is not a source we recognise" in said) == (2, True)
    code, _, said = run("init", "--base-url", "example.org", "--no-check-mail")
    assert (code, (tmp_path / "dailypapers.toml").exists()) == (2, False)
