"""Bounces from the command line, without settings or a database."""

import json
from pathlib import Path

from tests.cli.conftest import Run

BOUNCE = """From: MAILER-DAEMON@y.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; y.example

Final-Recipient: rfc822; alice@y.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b--
"""


def test_each_file_has_one_entry_that_says_what_it_is(run: Run) -> None:
    Path("a.eml").write_text(BOUNCE, "utf-8")
    Path("b.eml").write_text("From: bob@y.example\nSubject: Unsubscribe\n\n", "utf-8")
    Path("c.eml").write_text("From: bob@y.example\nSubject: Hello\n\n", "utf-8")
    code, printed, _ = run("bounces", "read", "a.eml", "b.eml", "c.eml", "--json")
    entries = json.loads(printed)
    assert (code, [entry["file"] for entry in entries]) == (0, ["a.eml", "b.eml", "c.eml"])
    names = ("kind", "address", "status", "hard_or_soft", "fault")
    assert [tuple(entry[name] for name in names) for entry in entries] == [
        ("bounce", "alice@y.example", "5.1.1", "hard", "mailbox"),
        ("unsubscribe", "bob@y.example", None, None, None),
        ("other", None, None, None, None),
    ]
    assert [recipient["text"] for recipient in entries[0]["recipients"]] == ["550 5.1.1 no such user"]


def test_an_email_that_is_still_being_tried_is_said_to_be_delayed(run: Run) -> None:
    Path("a.eml").write_text(BOUNCE.replace("failed", "delayed").replace("5.1.1", "4.4.1"), "utf-8")
    Path("b.eml").write_text(BOUNCE, "utf-8")
    _, printed, _ = run("bounces", "read", "a.eml", "b.eml", "--json")
    entries = json.loads(printed)
    assert [(each["delayed"], each["hard_or_soft"]) for each in entries] == [(True, "soft"), (False, "hard")]


def test_people_are_shown_a_table_and_a_file_that_is_missing_is_named(run: Run) -> None:
    Path("a.eml").write_text(BOUNCE, "utf-8")
    code, printed, said = run("bounces", "read", "a.eml", "none.eml")
    assert (code, said) == (1, "none.eml cannot be read: No such file or directory.\n")
    assert "alice@y.example" in printed
    assert "recipients" not in printed
