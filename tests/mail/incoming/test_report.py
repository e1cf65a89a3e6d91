"""What a mail that came in is, from one of each kind, from the recordings where they are, and from made-up horrors."""

import csv
import io
import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.bounce import Affected, Report, ReportKind
from dailypapers.domain.fault import Fault
from dailypapers.mail.incoming.report import read

ORIGINAL = """Return-Path: <b+token@ours.example>
Message-ID: <1.2@ours.example>
From: papers@ours.example
To: alice@y.example
Subject: 5 papers: spam, mailbox full, user unknown
"""


def multipart(kind: str, *parts: tuple[str, str], header: str = "From: MAILER-DAEMON@y.example\n") -> bytes:
    body = "".join(f"--b\nContent-Type: {type_}\n\n{text}\n" for type_, text in parts)
    return f"{header}Content-Type: multipart/report; report-type={kind}; boundary=b\n\n{body}--b--\n".encode()


def bounce(
    fields: str, *, told: str = "It did not arrive.", per_message: str = "Reporting-MTA: dns; y.example\n"
) -> bytes:
    status = f"{per_message}\n{fields}"
    parts = (("text/plain", told), ("message/delivery-status", status), ("text/rfc822-headers", ORIGINAL))
    return multipart("delivery-status", *parts)


FAILED = "Final-Recipient: rfc822; alice@y.example\nAction: failed\nStatus: 5.1.1\n"


def kinds(*mails: bytes) -> set[ReportKind]:
    return {read(mail).kind for mail in mails}


def letter(header: str, text: str = "Hello", sender: str = "alice@y.example") -> bytes:
    return f"From: {sender}\n{header}\n\n{text}\n".encode()


def test_a_status_report_tells_whom_it_is_about_and_which_mail() -> None:
    report = read(bounce(FAILED + "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"))
    assert (report.kind, report.message_id, report.envelope_sender) == (
        ReportKind.BOUNCE, "1.2@ours.example", "b+token@ours.example",
    )  # fmt: skip
    (affected,) = report.affected
    told = affected.diagnosis
    assert told is not None
    assert (affected.address, told.status, told.is_hard, told.fault) == (
        "alice@y.example",
        "5.1.1",
        True,
        Fault.MAILBOX,
    )


def test_the_original_recipient_and_the_envelope_id_are_what_we_gave() -> None:
    fields = "Original-Recipient: rfc822;alice@y.example\nFinal-Recipient: rfc822; bob@z.example\nAction: failed\n"
    report = read(bounce(fields, per_message="Original-Envelope-Id: id7\nReporting-MTA: dns; y.example\n"))
    assert (report.affected[0].address, report.envelope_id) == ("alice@y.example", "id7")


def test_each_recipient_of_a_report_has_a_verdict_of_their_own() -> None:
    full = "Final-Recipient: rfc822; bob@y.example\nAction: failed\nStatus: 5.2.2\n"
    arrived = "Final-Recipient: rfc822; carol@y.example\nAction: delivered\nStatus: 2.0.0\n"
    report = read(bounce(f"{FAILED}\n{full}\n{arrived}"))
    assert [(each.address, each.diagnosis and each.diagnosis.is_hard) for each in report.affected] == [
        ("alice@y.example", True), ("bob@y.example", False),
    ]  # fmt: skip


def test_a_report_of_an_arrival_is_no_bounce() -> None:
    for action in ("delivered", "relayed", "expanded"):
        assert read(bounce(f"Final-Recipient: rfc822; a@y.example\nAction: {action}\nStatus: 2.1.5\n")) == Report(
            ReportKind.OTHER
        )


def test_what_is_still_tried_is_a_delay_and_no_address_is_dead_by_it() -> None:
    report = read(bounce("Final-Recipient: rfc822; a@y.example\nAction: delayed\nStatus: 5.1.1\n"))
    assert report.affected[0].diagnosis is not None
    assert (report.affected[0].is_delay, report.affected[0].diagnosis.is_hard) == (True, False)
    assert not read(bounce(FAILED)).affected[0].is_delay


def test_a_report_that_does_not_say_whom_it_is_about_means_who_got_the_mail_it_quotes() -> None:
    assert read(bounce("Action: failed\nStatus: 5.1.1\n")).affected[0].address == "alice@y.example"


def test_a_report_that_was_forwarded_is_one_still() -> None:
    header = b"From: carol@y.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nFYI\n--o\n"
    whole = header + b"Content-Type: message/rfc822\n\n"
    quoted = b"\n".join(b"> " + line for line in bounce(FAILED).replace(b"--b", b"").split(b"\n"))
    for mail in (whole + bounce(FAILED) + b"\n--o--\n", b"From: c@y.example\nSubject: Fwd: Undelivered\n\n" + quoted):
        assert read(mail).affected[0].address == "alice@y.example"


def test_what_the_quoted_mail_says_is_no_reason() -> None:
    told = read(
        b"From: MAILER-DAEMON@y.example\nSubject: failure notice\n\n<a@y.example>:\nSorry.\n\n" + ORIGINAL.encode()
    )
    assert told.affected[0].diagnosis is not None
    assert not told.affected[0].diagnosis.is_hard


def feedback(kind: str, extra: str = "") -> bytes:
    fields = f"Feedback-Type: {kind}\nUser-Agent: x/1\nVersion: 1\n{extra}"
    parts = (("text/plain", "a report"), ("message/feedback-report", fields), ("message/rfc822", ORIGINAL))
    return multipart("feedback-report", *parts)


def test_complaints_name_the_reader_or_quote_the_mail() -> None:
    named = read(feedback("abuse", "Original-Rcpt-To: <bob@y.example>\n"))
    assert (named.kind, named.affected[0].address) == (ReportKind.COMPLAINT, "bob@y.example")
    quoted = read(feedback("opt-out"))
    assert (quoted.affected[0].address, quoted.message_id) == ("alice@y.example", "1.2@ours.example")
    jmrp = multipart("x", ("message/rfc822", f"X-HmXmrOriginalRecipient: dave@y.example\n{ORIGINAL}"))
    mail = read(b"Subject: complaint about message from 192.0.2.1\n" + jmrp)
    assert (mail.kind, mail.affected[0].address) == (ReportKind.COMPLAINT, "dave@y.example")


def test_feedback_that_is_no_complaint_is_something_else() -> None:
    dmarc = letter(
        "Subject: Report Domain: ours.example Submitter: y.example Report-ID: 1", "an error", "postmaster@y.example"
    )
    assert kinds(feedback("not-spam"), feedback("auth-failure"), dmarc) == {ReportKind.OTHER}


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated\nIn-Reply-To: <1.2@ours.example>",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Automatic reply: 5 papers",
        "Subject: Out of the office until Monday",
        "Subject: Abwesenheitsnotiz",
        "Return-Path: <>\nSubject: Réponse automatique : 5 papers",
        "Subject: 自動応答",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique?=",
        "X-Mailer: vacation 1.2.7",
        "Subject: Please confirm your message",
    ],
)
def test_programs_that_answer_for_people_are_told(header: str) -> None:
    assert read(letter(header)).kind is ReportKind.AUTO_REPLY


def test_who_wants_no_more_mail_says_so_in_the_subject_the_text_or_the_address() -> None:
    mails = (
        letter("Subject: Unsubscribe"),
        letter("Subject: Hi", "please remove me"),
        letter("To: leave+token@ours.example"),
    )
    assert kinds(*mails) == {ReportKind.UNSUBSCRIBE}
    assert read(mails[0]).affected[0].address == "alice@y.example"


def test_what_people_write_is_none_of_these() -> None:
    mails = (
        letter("Subject: Re: delivery status of my paper", "It was rejected by the reviewers; I was away."),
        letter("Subject: A question", "Is an undeliverable mail returned to sender? My mailbox is full."),
        letter("Subject: Report", "How do I unsubscribe my colleague?", "postmaster@y.example"),
        letter("Subject: =?utf-8?q?=46?=", ""),
        b"",
    )
    assert kinds(*mails) == {ReportKind.OTHER}


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: f"Subject: Returned mail\n{text}\n\n{text}".encode())
)
def test_anything_can_be_read(content: bytes) -> None:
    assert isinstance(read(content), Report)


HOSTILE = {
    "nested": b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(5_000)),
    "nuls": b"\n" + b"\0" * 300_000,
    "one field": b"X: " + b"a" * 1_000_000,
    "fields": b"X: b\n" * 100_000,
    "folds": b"Subject: a\n" + b" b\n" * 200_000,
    "lines": b"\n" * 300_000,
    "quotes": b"\n" + b">\n" * 100_000,
    "tags": b"Content-Type: text/html\n\n" + b"<br " * 50_000,
    "entities": b"Content-Type: text/html\n\n" + b"&#x" * 60_000,
    "words": b"\n" + b"message" * 30_000,
    "addresses": b"\n" + b"\nto: <a@b" * 40_000,
    "groups": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\nStatus: 5.0.0\n\n" * 5_000,
    "parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 40_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_made_to_be_slow_is_read_in_bounded_time(name: str) -> None:
    start = time.process_time()
    read(b"From: MAILER-DAEMON@x.example\nSubject: Returned mail\n" + HOSTILE[name])
    assert time.process_time() - start < 2, "none took more than 0.3 s when this was written"


def test_a_status_report_passed_on_as_text_is_read_behind_the_mail_it_came_in() -> None:
    inner = bounce(
        FAILED.replace("5.1.1", "4.0.0") + "Diagnostic-Code: X-Postfix; host mx refused to talk to me: 421 No\n"
    )
    header = "From: MAILER-DAEMON@relay.example\nSubject: Undelivered Mail Returned to Sender\n"
    text = "Write to <help@relay.example>.\n----\nReceived: from y.example\n"
    report = read(f"{header}\n{text}{inner.decode()}".encode())
    assert [each.address for each in report.affected] == ["alice@y.example"]
    assert report.affected[0].diagnosis is not None
    assert report.affected[0].diagnosis.fault is Fault.US


MAILS = Path(__file__).parent / "mails"


def tsv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def by_file(labels: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    files: dict[str, list[dict[str, str]]] = {}
    for label in labels:
        files.setdefault(label["file"], []).append(label)
    return files


def severity(affected: Affected) -> str:
    return "delay" if affected.is_delay else (affected.diagnosis.severity if affected.diagnosis else "")


@pytest.mark.parametrize(("name", "labels"), by_file(tsv(MAILS / "labels.tsv")).items())
def test_mails_of_many_servers_are_what_their_labels_say(name: str, labels: list[dict[str, str]]) -> None:
    """A label may leave open, with commas, what two people would read differently; `any` leaves the severity open."""
    report = read((MAILS / name).read_bytes())
    assert report.kind.value in labels[0]["kind"].split(",")
    if report.kind is ReportKind.BOUNCE:
        assert [each.address for each in report.affected] == [label["address"] for label in labels]
        for affected, label in zip(report.affected, labels, strict=True):
            assert label["severity"] in {severity(affected), "any"}
            assert affected.diagnosis is not None
            assert affected.diagnosis.fault.value in label["fault"].split(",")
    elif report.kind is ReportKind.COMPLAINT:
        assert [each.address for each in report.affected] == [labels[0]["address"]]


RELAYED = """This is the mail system at host relay.ours.example.

Your message could not be delivered to one or more recipients.

<{address}>: host mx1.y.example[198.51.100.7] said: {reply} (in reply to {command} command)
"""


@pytest.mark.parametrize(
    "label", tsv(Path(__file__).parent / "replies.tsv"), ids=lambda label: str(label["reply"])[:60]
)
def test_replies_of_many_servers_are_read_in_a_relays_report(label: dict[str, str]) -> None:
    address = "alice@y.example"
    reply = label["reply"].replace("{a}", address)
    command = "RCPT TO" if label["fault"] == "mailbox" else "end of DATA"
    fields = f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: {label['status']}\n"
    told = RELAYED.format(address=address, reply=reply, command=command)
    (affected,) = read(bounce(f"{fields}Diagnostic-Code: smtp; {reply}\n", told=told)).affected
    assert affected.diagnosis is not None
    assert affected.diagnosis.severity == label["severity"]
    assert affected.diagnosis.fault.value in label["fault"].split(",")


#: Whose fault a labelled reason is: ours, or a mail of ours that was too large; all others are not.
OURS = {
    "authfailure", "badreputation", "blocked", "contenterror", "exceedlimit", "mesgtoobig", "norelaying",
    "notcompliantrfc", "policyviolation", "rejected", "requireptr", "securityerror", "spamdetected", "syntaxerror",
    "toomanyconn", "virusdetected",
}  # fmt: skip
KINDS = {"feedback": ReportKind.COMPLAINT, "vacation": ReportKind.AUTO_REPLY, "delivered": ReportKind.OTHER}


def labelled(folder: Path) -> list[tuple[str, bytes, list[dict[str, str]]]]:
    labels = by_file(tsv(folder / "labels.tsv"))
    with tarfile.open(folder / "bounces.tar.gz") as archive:
        contents = {Path(each.name).name: archive.extractfile(each) for each in archive.getmembers() if each.isfile()}
        return [(name, (contents[name] or io.BytesIO()).read(), rows) for name, rows in labels.items()]


def test_recorded_bounces_are_told_apart_as_their_labels_say(recordings: Path) -> None:
    severities: Counter[tuple[str, bool]] = Counter()
    fault: Counter[tuple[bool, bool]] = Counter()
    for name, content, (first, *_) in labelled(recordings / "bounces"):
        start = time.process_time()
        report = read(content)
        assert time.process_time() - start < 0.5, name  # 9 ms the slowest, when this was written; wanted are 50
        assert report.kind is KINDS.get(first["reason"], ReportKind.BOUNCE), name
        if report.kind is ReportKind.BOUNCE:
            told = report.affected[0].diagnosis
            assert told is not None
            severities[first["hard"], told.is_hard] += 1
            fault[first["reason"] in OURS, told.fault in {Fault.US, Fault.MESSAGE}] += 1
    bounces = severities.total()
    # Where we differ, no rule would help: apachejames-01 has a filter say "no such user here", which verizon-02, the
    # same gateway's mail, labels an unknown user; rfc3464-35 takes "is not a registered gateway user", said of the
    # recipient, for a refusal of the sender; gmail-03 has a 5.7.0 "Header error" be the recipient's, and 5.7.x is ours.
    assert severities["true", True] + severities["false", False] >= 0.99 * bounces, severities
    assert fault[True, True] + fault[False, False] >= 0.99 * bounces, fault
