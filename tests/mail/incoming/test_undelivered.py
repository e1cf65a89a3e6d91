"""Who reports of mail that did not arrive, and who writes about such mail: daemons, people, and those who fake one."""

import pytest

from dailypapers.mail.incoming import parts
from dailypapers.mail.incoming.undelivered import is_delay, is_from_daemon, is_undelivered

UNKNOWN = "<alice@y.example>: 550 5.1.1 unknown user"


def is_report(header: str, text: str = UNKNOWN) -> bool:
    mail = parts.parsed(f"To: papers@ours.example\n{header}\n\n{text}\n".encode())
    return is_undelivered(mail, text, parts.Headers())


@pytest.mark.parametrize("sender", ["MAILER-DAEMON <>", "MAILER-DAEMON@y.example", "Ann <post_master@y.example>"])
def test_a_daemon_is_told_by_its_mailbox(sender: str) -> None:
    assert is_from_daemon(parts.parsed(f"From: {sender}\n\n".encode()))


@pytest.mark.parametrize("sender", ['"MAILER-DAEMON" <x@evil.example>', "Mail Delivery System <admin@evil.example>"])
def test_what_somebody_calls_themselves_makes_no_daemon(sender: str) -> None:
    assert not is_from_daemon(parts.parsed(f"From: {sender}\n\n".encode()))


def test_reports_come_from_daemons_from_nobody_and_from_those_who_pass_them_on() -> None:
    assert is_report("From: MAILER-DAEMON@y.example\nSubject: failure notice")
    assert is_report("Return-Path: <>\nFrom: x@y.example\nSubject: hm")
    assert is_report(
        "From: Ann <ann@y.example>\nSubject: Fwd: Undelivered mail", f"From: MAILER-DAEMON@y.example\n{UNKNOWN}"
    )


def test_a_report_in_a_language_we_do_not_know_is_told_by_its_form() -> None:
    daemon, words = "From: MAILER-DAEMON@y.example\nSubject: Skilaboð", "Ekki tókst að afhenda alice@y.example"
    assert is_report(f"Return-Path: <>\n{daemon}", words)
    assert not is_report(daemon, words)
    assert not is_report("Return-Path: <>\nFrom: ann@y.example\nSubject: Skilaboð", words)
    assert not is_report(f"Return-Path: <>\n{daemon}", "Ekki tókst að afhenda")


def test_what_people_and_lists_write_about_bounces_is_no_report() -> None:
    quoted = f"> From: MAILER-DAEMON@y.example\n> {UNKNOWN}"
    assert not is_report("From: ann@y.example\nSubject: Re: Undelivered mail", quoted)
    assert not is_report("From: ann@y.example\nSubject: Mail delivery problem", "It was rejected with 550 5.7.1.")
    assert not is_report("From: l-bounces@y.example\nList-Id: <l.y.example>\nSubject: Undelivered mail")


def test_who_names_only_ourselves_and_asks_for_a_click_reports_nothing() -> None:
    click = "papers@ours.example has 3 undelivered mails: https://evil.example/release"
    header = "Return-Path: <>\nFrom: postmaster@evil.example\nSubject: Undelivered mail"
    assert not is_report(header, click)
    assert is_report(header, "Your mail was not delivered.")
    assert is_report(header, f"{UNKNOWN}, see https://y.example/help")


@pytest.mark.parametrize("text", ["It will be retried until it is 5 days old.", "Delivery attempts will continue"])
def test_a_mail_that_is_still_tried_is_a_delay(text: str) -> None:
    assert is_delay(text)
    assert not is_delay("This is a permanent error; I've given up.")
