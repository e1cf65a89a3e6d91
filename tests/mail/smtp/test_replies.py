"""Replies are read the way MAIL's facts say: ours, theirs, now, or never again."""

import csv
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mail.smtp.kinds import AGAIN, BODY, CONNECT, DEAD, FAILED, LATER, MAIL, OURS, RCPT, SLOW, UNFIT

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.mail.smtp.replies import Stage, classify

#: Closed to outsiders, or of a new owner: about that one recipient.
CLOSED = {2, 12, 17, 18}


@pytest.mark.parametrize(
    ("code", "text", "stage", "kind"),
    [
        (421, "4.3.2 service shutting down", RCPT, AGAIN),
        (421, "4.7.0 too many messages, slow down", RCPT, SLOW),
        (450, "4.2.1 mailbox busy", RCPT, LATER),
        (451, "4.7.1 greylisted", RCPT, LATER),
        (452, "4.2.2 over quota", RCPT, LATER),
        (550, "5.1.1 user unknown", RCPT, DEAD),
        (550, "5.1.10 recipient not found", RCPT, DEAD),
        (550, "5.2.1 account disabled", RCPT, DEAD),
        (550, "No such user here", RCPT, DEAD),
        (550, "5.7.1 no such user here", RCPT, FAILED),
        (552, "5.2.2 mailbox full", RCPT, LATER),
        (552, "5.3.4 message too big", BODY, UNFIT),
        (550, "5.7.1 blocked by policy", RCPT, OURS),
        (550, "5.7.1 user unknown or blocked by spamhaus", RCPT, OURS),
        (550, "5.7.26 unauthenticated mail", BODY, OURS),
        (550, "5.7.515 access denied", BODY, OURS),
        (554, "message looks like spam", BODY, OURS),
        (554, "5.7.1 no service", CONNECT, OURS),
        (530, "5.7.0 authentication required", MAIL, OURS),
        (535, "5.7.8 wrong password", CONNECT, OURS),
        (550, "5.4.1 no route to host", RCPT, FAILED),
        (550, "refused", RCPT, FAILED),
        (554, "transaction failed", BODY, OURS),
    ],
)
def test_each_kind_of_reply(code: int, text: str, stage: Stage, kind: OutcomeKind) -> None:
    assert classify(code, text, stage=stage).kind is kind


def test_the_reply_is_kept_on_one_line() -> None:
    outcome = classify(550, "5.1.1 no\r\nsuch user " + "x" * 2000, stage=RCPT)
    assert outcome.enhanced == "5.1.1"
    assert "\n" not in outcome.text
    assert len(outcome.text) <= 500


def test_policy_refusals_never_cost_an_address() -> None:
    for detail in range(100):
        outcome = classify(550, f"5.7.{detail} refused", stage=RCPT)
        assert outcome.kind is (FAILED if detail in CLOSED else OURS)


def test_recorded_bounces_are_read_as_their_labels_say(recordings: Path) -> None:
    """Of what others labelled: who is unknown is given up, and what is ours or passing costs nobody an address."""
    dead: Counter[tuple[str, bool]] = Counter()
    for reason, code, words in _replies(recordings / "bounces"):
        dead[reason, classify(code, words, stage=RCPT).kind is DEAD] += 1
    assert dead["userunknown", True] / (dead["userunknown", True] + dead["userunknown", False]) > 0.8
    for reason in ("spamdetected", "policyviolation", "authfailure", "expired", "requireptr", "badreputation"):
        assert dead[reason, False] > 0
        assert dead[reason, True] == 0, reason


def _replies(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Reason, reply code and the server's words of each recorded bounce that quotes them."""
    with tarfile.open(folder / "bounces.tar.gz") as recorded:
        mails = {Path(member.name).name: member for member in recorded.getmembers() if member.isfile()}
        for row in csv.DictReader((folder / "labels.tsv").read_text("utf-8").splitlines(), delimiter="\t"):
            file = recorded.extractfile(mails[row["file"]]) if row["file"] in mails else None
            text = file.read().decode("utf-8", "replace") if file else ""
            said = re.search(r"^Diagnostic-Code:\s*smtp;\s*(.+(?:\r?\n[ \t].+)*)", text, re.MULTILINE | re.IGNORECASE)
            if said and row["reply"].isdigit():
                yield row["reason"], int(row["reply"]), re.sub(r"^\d{3}[ -]", "", said[1])
