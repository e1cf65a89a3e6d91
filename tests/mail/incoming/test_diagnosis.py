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

#: One answer each as other servers word it: Orange, Exchange, IronPort, NetEase, Tencent, Domino, Haraka and more.
OTHER_SERVERS = (
    (
        "host mx.y.example[192.0.2.1] refused to talk to me: 421 4.7.0 Try again later, closing connection.",
        Fault.US,
        False,
    ),
    ("host mx.y.example[192.0.2.1] refused to talk to me: 421 Server too busy, try later", Fault.CONNECTION, False),
    (
        "host mx.y.example[192.0.2.1] refused to talk to me: 452 4.3.1 Insufficient system resources",
        Fault.DOMAIN,
        False,
    ),
    (
        "SMTP error after initial connection: 554 5.7.1 Connection refused because of poor reputation",
        Fault.US,
        False,
    ),
    ("SMTP error from remote mail server after end of data: 550 Administrative prohibition", Fault.US, False),
    ("550 Invalid recipient: <a@y.example>", Fault.MAILBOX, True),
    ("550 5.1.2 Mailbox does not exist.", Fault.MAILBOX, True),
    ("550 5.1.1 <a@y.example>: Recipient address rejected: y.example", Fault.MAILBOX, True),
    ("550 5.1.1 Recipient unknown <a@y.example>", Fault.MAILBOX, True),
    ("User a (a@y.example) not listed in Domino Directory", Fault.MAILBOX, True),
    ("550 Rejected by header based Anti-Spoofing policy: a@y.example", Fault.US, False),
    ("550 Invalid Recipient - https://community.example.com/docs/DOC-1369#550 [abcDEF]", Fault.MAILBOX, True),
    ("550 5.7.0 Local Policy Violation", Fault.US, False),
    ("554 Service unavailable; Client host [192.0.2.1] blocked using Barracuda Reputation", Fault.US, False),
    ("550 5.1.1 <a@icloud.example>: user does not exist", Fault.MAILBOX, True),
    ("552 5.2.2 <a@icloud.example>: user is over quota", Fault.MAILBOX, False),
    ("554 5.7.1 [CS01] Message rejected due to local policy.", Fault.US, False),
    (
        "554 delivery error: dd This user doesn't have a yahoo.example account (a@yahoo.example) [0]",
        Fault.MAILBOX,
        True,
    ),
    (
        "553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.",
        Fault.US,
        False,
    ),
    (
        "550 Message was not accepted -- invalid mailbox.  Local mailbox a@mail.example is unavailable: user not found",
        Fault.MAILBOX,
        True,
    ),
    ("550 spam message rejected. Please visit http://help.mail.example/notspam-support", Fault.US, False),
    ("550 5.7.1 No such user!", Fault.MAILBOX, True),
    ("554 5.7.1 [2] Message rejected under suspicion of SPAM", Fault.US, False),
    ("550 Mailbox not found. http://service.mail.example/cgi-bin/help?subtype=1", Fault.MAILBOX, True),
    ("550 Mail content denied. http://service.mail.example/", Fault.US, False),
    ("550 Ip frequency limited", Fault.US, False),
    ("550 Domain frequency limited", Fault.US, False),
    ("550 User not found: a@163.example", Fault.MAILBOX, True),
    ("554 DT:SPM smtp5, please see http://mail.example/help", Fault.US, False),
    ("552 Requested mail action aborted: exceeded mailbox size", Fault.MAILBOX, False),
    ("554-Transaction failed\n554-Reject due to policy restrictions.", Fault.US, False),
    (
        "554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or contact us.)",
        Fault.US,
        False,
    ),
    ("550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]", Fault.US, False),
    ("550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]", Fault.MAILBOX, True),
    ("421 OFR004_104 Too many connections, slow down.", Fault.US, False),
    ("554 5.6.0 STOREDRV.Deliver; Corrupt message content", Fault.US, False),
    ("Sorry, no mailbox here by that name. (#5.1.1)", Fault.MAILBOX, True),
    ("Sorry, I couldn't find any host named y.example. (#5.1.2)", Fault.DOMAIN, True),
    ("Connected to 192.0.2.1 but greeting failed.\nRemote host said: 554 blocked using dnsbl", Fault.US, False),
    ("Connected to 192.0.2.1 but connection died. (#4.4.2)", Fault.CONNECTION, False),
    ("552 5.2.2 <a@y.example> Quota exceeded (mailbox for user is full)", Fault.MAILBOX, False),
    ("550 5.1.1 <a@y.example> User doesn't exist: a@y.example", Fault.MAILBOX, True),
    ("554 5.7.1 Spam message rejected", Fault.US, False),
    ("550 5.1.1 Address does not exist", Fault.MAILBOX, True),
    ("541 5.4.1 Mail rejected by destination domain", Fault.US, False),
    ("550 5.1.1 Account not available", Fault.MAILBOX, True),
    (
        "553 5.3.0 flpd123 DNSBL:RBL 521< 192.0.2.1 >_is_blocked.For assistance forward this error to abuse@y.example",
        Fault.US,
        False,
    ),
    ("501 Syntax error in parameters or arguments", Fault.MESSAGE, False),
    ("500 5.5.1 Command unrecognized", Fault.MESSAGE, False),
    ("502 5.5.2 Error: command not recognized", Fault.MESSAGE, False),
    ("503 5.5.1 Error: need RCPT command", Fault.MESSAGE, False),
    ("555 5.5.2 Syntax error, cannot decode response", Fault.MESSAGE, False),
    ("501 5.1.3 Bad recipient address syntax", Fault.MAILBOX, True),
    ("554 5.4.6 Too many hops", Fault.CONNECTION, False),
    ("550 5.4.1 All recipient addresses rejected : Access denied", Fault.MAILBOX, True),
    ("550 5.4.310 DNS domain y.example does not exist [Message=InfoDomainNonexistent]", Fault.DOMAIN, True),
    ("550 5.4.300 Message expired -> 451 4.7.500 Server busy", Fault.CONNECTION, False),
    ("550 5.4.317 Message expired, connection to remote server failed", Fault.CONNECTION, False),
    ("550 4.4.7 QUEUE.Expired; message expired", Fault.CONNECTION, False),
    ("554 5.7.5 Permanent error evaluating DMARC policy", Fault.US, False),
    ("550 5.7.23 The message was rejected because of Sender Policy Framework violation", Fault.US, False),
    ("550 5.7.520 Access denied, Your organization does not allow external forwarding", Fault.US, False),
    ("550 Too many invalid recipients", Fault.US, False),
    ("450 4.1.8 <b@ours.example>: Sender address rejected: Domain not found", Fault.US, False),
    ("451 4.4.1 IP 192.0.2.1 is blocked by EUR DNSBL", Fault.US, False),
    ("550 High probability of spam", Fault.US, False),
    ("550-Verification failed for <b@ours.example>\n550-No Such User Here\n550 Sender verify failed", Fault.US, False),
    ("Deferred: Connection refused by mx.y.example.", Fault.CONNECTION, False),
    (
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents more messages from",
        Fault.MAILBOX,
        False,
    ),
    ("550 Blacklisted: bad HELO", Fault.US, False),
    ("550 Unknown destination. Sorry, no relaying", Fault.US, False),
    ("550 message content rejected: contains URL on list", Fault.US, False),
    ("550 mailbox is inactive", Fault.MAILBOX, False),
)


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


def test_the_words_of_other_servers_are_read_as_well() -> None:
    told = {text: (diagnose(text).fault, diagnose(text).is_hard) for text, _, _ in OTHER_SERVERS}
    assert told == {text: (fault, is_hard) for text, fault, is_hard in OTHER_SERVERS}


def test_a_refusal_for_good_counts_more_than_that_the_server_then_hung_up() -> None:
    dropped = "421 y.example (smtp)... Deferred: Connection reset by peer during result wait"
    assert diagnose(f">>> DATA\n<<< 550 Your mail is redundant\n{dropped}").fault is Fault.US
    assert diagnose(dropped).fault is Fault.CONNECTION
