"""Groups from the command line: listed, shown, and ended; changes are in the audit log."""

import json
from pathlib import Path

import pytest
from tests.a_group import CLOSED, NOW, OPEN, a_group, a_reader
from tests.cli.conftest import Run
from tests.cli.test_api_keys import SETTINGS, noted

from dailypapers.domain.group import Role
from dailypapers.store import groups
from dailypapers.store.database import connect, writing


@pytest.fixture(autouse=True)
def _set_up(run: Run, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    Path("dailypapers.toml").write_text(SETTINGS, "utf-8")
    engine = connect("sqlite:///dailypapers.db")
    ada, bob, kim = (a_reader(engine, name) for name in ("ada", "bob", "kim"))
    group = a_group(engine, (ada, OPEN), (bob, CLOSED))
    with writing(engine) as tx:
        groups.invite(tx, group, kim, role=Role.MEMBER, now=NOW)
    engine.dispose()


def test_groups_are_listed_shown_and_ended(run: Run) -> None:
    (listed,) = json.loads(run("groups", "list", "--json")[1])
    assert (listed["group"], listed["name"], listed["members"], listed["invited"]) == (1, "Graph club", 2, 1)
    shown = json.loads(run("groups", "show", "1", "--json")[1])
    assert (shown["days"], shown["hour"], shown["ballot closes"]) == ("daily", 7, None)
    assert "Graph club" in run("groups", "show", "1")[1]
    people = json.loads(run("groups", "members", "1", "--json")[1])
    assert {(each["address"], each["role"], each["shows name"]) for each in people} == {
        ("ada@example.org", "organiser", True),
        ("bob@example.org", "member", False),
        ("kim@example.org", "invited", False),
    }
    assert "is listed there is a member" in run("groups", "claim", "1", "ml-lab")[2]
    assert json.loads(run("groups", "show", "1", "--json")[1])["claim"] == "ml-lab"
    assert "members stay" in run("groups", "claim", "1", "")[2]
    code, _, said = run("groups", "claim", "1", " ")
    assert (code, "as your provider sends it" in said) == (2, True)
    assert run("groups", "remove", "1", "--member", "bob@example.org")[0] == 0
    code, _, said = run("groups", "remove", "1", "--member", "bob@example.org")
    assert (code, "is not in Graph club" in said) == (2, True)
    assert run("groups", "remove", "1")[2] == "Graph club has ended.\n"
    assert run("groups", "list")[2] == "Groups: none.\n"
    code, _, said = run("groups", "members", "1")
    assert (code, said) == (2, "There is no group 1; `dailypapers groups list` shows which there are.\n")
    assert noted() == [
        ("command line", "group claim", ""),
        ("command line", "group claim", ""),
        ("command line", "group member removed", "bob@example.org"),
        ("command line", "group ended", ""),
    ]


def test_an_operator_adds_a_group_whose_members_the_provider_names(run: Run) -> None:
    _, _, said = run("groups", "add", "Library", "--topic", "metadata", "--topic", "archives", "--claim", "library")
    assert said.startswith("Added Library as group 2. Whoever signs in at /oidc")
    shown = json.loads(run("groups", "show", "2", "--json")[1])
    assert (shown["claim"], shown["topics"], shown["members"]) == ("library", "metadata; archives", 0)
    for name, topic, words in (("a.b", "x", "letters, digits"), ("", "x", "a name"), ("Lab", " ", "one topic")):
        code, _, said = run("groups", "add", name, "--topic", topic, "--claim", "lab")
        assert (code, words in said) == (2, True)
