"""Replies whose code and status say little: the words decide, and where they do not, nobody loses an address."""

import csv
import re
import tarfile
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.mail.smtp.replies import Stage, classify

OURS, DEAD, LATER, FAILED, AGAIN, UNSURE, UNFIT, SLOW, LIMIT = (
    OutcomeKind.OUR_FAULT,
    OutcomeKind.DEAD_ADDRESS,
    OutcomeKind.DEFERRED,
    OutcomeKind.FAILED,
    OutcomeKind.INTERRUPTED,
    OutcomeKind.UNCERTAIN,
    OutcomeKind.UNSENDABLE,
    OutcomeKind.THROTTLED,
    OutcomeKind.OVER_LIMIT,
)


@pytest.mark.parametrize(
    ("code", "text", "stage", "kind"),
    [
        # The sender's address is ours, whatever is said of it.
        (553, "5.1.8 sender address rejected: domain not found", Stage.RCPT, OURS),
        (550, "5.1.7 <papers@example.org>: invalid address", Stage.RCPT, OURS),
        (550, "sender address rejected", Stage.RCPT, OURS),
        # What was sent is ours.
        (554, "5.6.0 headers too large", Stage.RCPT, OURS),
        (552, "message size exceeds fixed limit", Stage.MAIL, UNFIT),
        (552, "too many recipients", Stage.RCPT, LIMIT),
        (550, "virus detected", Stage.BODY, OURS),
        # 552 has two meanings (RFC 5321 4.2.3).
        (552, "exceeded storage allocation", Stage.RCPT, LATER),
        (552, "mailbox is full", Stage.RCPT, LATER),
        (552, "no", Stage.RCPT, LATER),
        (550, "name is not fully qualified", Stage.RCPT, FAILED),
        (554, "5.3.1 mail system full", Stage.RCPT, LATER),
        # A catch-all status leaves it to the words.
        (550, "5.3.0 addressee unknown", Stage.RCPT, DEAD),
        (554, "5.3.0 rejected as spam", Stage.RCPT, OURS),
        (550, "5.0.0 no such user", Stage.RCPT, DEAD),
        (554, "this user doesn't have a example.org account", Stage.RCPT, DEAD),
        # What an address is called says nothing.
        (550, "<policy@spam-club.example>: user unknown", Stage.RCPT, DEAD),
        (550, "<unknown.user@example.org>: refused", Stage.RCPT, FAILED),
        # Words that say both cost nobody an address, and stop nothing.
        (550, "user unknown, or sender not permitted", Stage.RCPT, FAILED),
        # Code and status that disagree: it may pass.
        (550, "4.2.1 try later", Stage.RCPT, LATER),
        (554, "4.7.1 greylisted", Stage.RCPT, LATER),
        (535, "4.7.8 wrong password", Stage.CONNECT, OURS),
        # Before a mailbox is named, nothing is about one.
        (450, "busy", Stage.CONNECT, AGAIN),
        (454, "4.7.0 TLS not available", Stage.CONNECT, AGAIN),
        (421, "too busy", Stage.CONNECT, AGAIN),
        (550, "no such user", Stage.MAIL, OURS),
        # Only a 2xx after the final dot means that they have it.
        (250, "2.0.0 queued", Stage.BODY, OutcomeKind.ACCEPTED),
        (250, "2.0.0 queued", Stage.DATA, AGAIN),
        (354, "go on", Stage.BODY, UNSURE),
        (-1, "rubbish", Stage.RCPT, AGAIN),
        (-1, "rubbish", Stage.BODY, UNSURE),
    ],
)
def test_what_it_means(code: int, text: str, stage: Stage, kind: OutcomeKind) -> None:
    assert classify(code, text, stage=stage).kind is kind


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("status", ["", "4.1.1 ", "4.2.2 ", "4.7.1 ", "5.1.1 ", "5.7.1 "])
def test_what_passes_never_costs_an_address_nor_stops_the_run(status: str, stage: Stage) -> None:
    for code in range(400, 500):
        assert classify(code, f"{status}user unknown, blocked as spam", stage=stage).kind in {LATER, AGAIN, SLOW, LIMIT}


@pytest.mark.parametrize("stage", list(Stage))
def test_a_refused_password_is_our_fault_at_any_stage(stage: Stage) -> None:
    for code in (530, 534, 535, 538):
        assert classify(code, "5.1.1 user unknown", stage=stage).kind is OURS


def test_the_words_of_recorded_bounces_are_read_as_their_labels_say(recordings: Path) -> None:
    """Others' labels against the whole reply: who is labelled as ours, full or slow never loses the address."""
    read = Counter((reason, classify(code, text, stage=Stage.RCPT).kind) for reason, code, text in replies(recordings))
    kinds = {reason: {kind for (r, kind) in read if r == reason} for reason, _ in read}
    for reason in ("authfailure", "badreputation", "norelaying", "policyviolation", "requireptr", "spamdetected"):
        assert kinds[reason] == {OURS}, reason
    for reason in (
        "blocked",
        "rejected",
        "contenterror",
        "virusdetected",
        "toomanyconn",
        "networkerror",
        "systemerror",
    ):
        assert DEAD not in kinds[reason], reason
    known = sum(n for (reason, kind), n in read.items() if reason == "userunknown" and kind in {DEAD, FAILED})
    assert known / sum(n for (reason, _), n in read.items() if reason == "userunknown") > 0.95


def replies(recordings: Path) -> list[tuple[str, int, str]]:
    """Reason, code and words of every recorded bounce that quotes the server's reply."""
    with (recordings / "bounces" / "labels.tsv").open(encoding="utf-8") as lines:
        labels = {row["file"]: row["reason"] for row in csv.DictReader(lines, delimiter="\t")}
    found = []
    with tarfile.open(recordings / "bounces" / "bounces.tar.gz") as archive:
        for member in archive:
            name, file = Path(member.name).name, archive.extractfile(member)
            if name in labels and file:
                found += [(labels[name], code, text) for code, text in quoted(file.read())[:1]]
    return found


def quoted(raw: bytes) -> list[tuple[int, str]]:
    """The replies in the Diagnostic-Code fields (RFC 3464 2.3.6) of a bounce."""
    found = []
    for part in message_from_bytes(raw).walk():
        said = re.sub(r"^[^;]{0,20};", "", " ".join(str(part.get("Diagnostic-Code", "")).split()))
        if match := re.search(r"\b([245]\d\d)[ -](.*)", said):
            found.append((int(match[1]), match[2]))
    return found
