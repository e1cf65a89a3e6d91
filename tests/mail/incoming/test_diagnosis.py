"""Why a mail bounced: replies and words of many servers, whose fault each is, and whether the address is dead."""

import pytest

from dailypapers.domain.fault import Fault
from dailypapers.mail.incoming.diagnosis import diagnose

DEAD = (
    "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the address",
    "550 5.1.1 <x@y.example>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient x@y.example not found by SMTP address lookup",
    "550-No Such User Here",
    "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "554 5.7.1 <x@y.example>: Recipient address rejected: user x@y.example does not exist",
    "553 5.7.1 sorry, that recipient is not in my list of known recipients: no such user",
    "550-5.1.1 [192.0.2.1] Cette adresse n'existe pas",
    "550 User x@y.example unbekannt",
    "551 not our customer",
    "550 5.1.6 Recipient no longer on server",
)
NO_DOMAIN = (
    "550 Unrouteable address",
    "554 5.4.4 cannot be routed",
    "556 5.1.10 <x@y.example>: Recipient address rejected: Domain y.example does not accept mail (nullMX)",
    "Host or domain name not found. Name service error for name=y.example type=A: Host not found",
    "550 Requested action not taken: mailbox unavailable; invalid DNS MX or A/AAAA resource record",
)
MAILBOX = (
    "552 5.2.2 <x@y.example>: Recipient address rejected: Mailbox full",
    "452 4.2.2 The email account that you tried to reach is over quota",
    "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "554 30 Sorry, your message to x@y.example cannot be delivered. This mailbox is disabled (554.30).",
    "451 4.7.1 Greylisting in action, please come back later",
    "550 unknown user",
)
US = (
    "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using Spamhaus",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
    "550-5.7.1 Our system has detected that this message is likely unsolicited mail.",
    "550 5.7.515 Access denied, sending domain y.example doesn't meet the required authentication level.",
    "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
    "554 5.7.1 <x@y.example>: Relay access denied",
    "550 5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record setup",
    "550 5.1.8 <b@ours.example>: Sender address rejected: Domain not found",
    "553 5.1.8 <b@ours.example>... Domain of sender address b@ours.example does not exist",
    "554 5.7.0 Message rejected as spam by Content Filtering.",
    "554 Message refused: virus found",
    "535 5.7.8 Authentication failed",
    "550 5.4.5 Daily sending quota exceeded",
    "553 5.1.3 http://www.spamhaus.example.spamhaus.org/query/bl?ip=192.0.2.1",
)
CONNECTION = (
    "Connection timed out",
    "delivery temporarily suspended: connect to mx.y.example[192.0.2.1]:25: Connection refused",
    "retry timeout exceeded",
    "550 5.4.7 Delivery expired (message too old) 'timeout'",
    "554 5.4.14 Hop count exceeded - possible mail loop",
    "lost connection with mx.y.example[192.0.2.1] while performing the HELO handshake",
)
DOMAIN = (
    "451 4.3.0 Temporary lookup failure",
    "554 5.3.5 Local configuration error",
    'procmail: Couldn\'t create "/x"',
)
MESSAGE = ("552 5.3.4 Message size exceeds fixed limit", "552 5.2.3 Message exceeds maximum fixed size")


@pytest.mark.parametrize(
    ("texts", "fault", "is_hard"),
    [
        (DEAD, Fault.MAILBOX, True),
        (NO_DOMAIN, Fault.DOMAIN, True),
        (MAILBOX, Fault.MAILBOX, False),
        (US, Fault.US, False),
        (CONNECTION, Fault.CONNECTION, False),
        (DOMAIN, Fault.DOMAIN, False),
        (MESSAGE, Fault.MESSAGE, False),
    ],
)
def test_words_of_servers_tell_whose_fault_it_is(texts: tuple[str, ...], fault: Fault, is_hard: bool) -> None:
    told = {text: (diagnose(text).fault, diagnose(text).is_hard) for text in texts}
    assert told == dict.fromkeys(texts, (fault, is_hard))


def test_a_status_in_the_report_counts_where_the_reply_has_none_that_tells() -> None:
    told = diagnose("550 Denied", status="5.1.1 (bad destination)")
    assert (told.status, told.code, told.text) == ("5.1.1", 550, "550 Denied")
    assert diagnose("550 5.2.2 over", status="5.0.0").status == "5.2.2"
    assert diagnose("", status="5.0.0").status == "5.0.0"


def test_an_unknown_user_after_the_body_may_be_a_filter() -> None:
    reply = "550 <x@y.example>: User unknown"
    assert not diagnose(f"{reply} (in reply to end of DATA command)").is_hard
    assert diagnose(f"{reply} (in reply to RCPT TO command)").is_hard
    assert diagnose("550 5.1.1 User unknown", prose=[">>> DATA"]).is_hard, "the status says it"


def test_the_milder_of_two_readings_holds() -> None:
    assert not diagnose("550 5.1.1 User unknown", prose=["", "Not enough disk space"]).is_hard
    assert not diagnose("550 user unknown (in reply to RCPT TO)", prose=["The user's account is disabled."]).is_hard
    assert not diagnose("550 5.1.1 No such user; your IP is on a blacklist", status="5.7.1").is_hard
    assert not diagnose(
        "550 5.1.1 Mailbox does not exist", reporter="dns; inbound-smtp.eu-west-1.amazonaws.com"
    ).is_hard
    assert not diagnose("450 4.1.2 Host not found").is_hard
    assert not diagnose("Name service error for domain y.example: Host not found, try again").is_hard


def test_words_may_be_folded_anywhere() -> None:
    assert diagnose("550 5.4.1 [x@y.example]: Recipient address\n  rejected: Access\n  denied").is_hard


def test_prose_is_asked_where_the_reply_tells_nothing() -> None:
    told = diagnose("550 5.0.0", prose=["", "the mailbox is full"])
    assert (told.fault, told.is_hard) == (Fault.MAILBOX, False)
    assert diagnose("").fault is Fault.DOMAIN
