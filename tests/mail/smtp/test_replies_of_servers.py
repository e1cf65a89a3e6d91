"""Replies in the shapes that common servers give them: whose fault, and whether that passes."""

import pytest
from tests.mail.smtp.kinds import (
    AGAIN,
    BODY,
    CONNECT,
    DATA,
    DEAD,
    FAILED,
    LATER,
    LIMIT,
    MAIL,
    OURS,
    RCPT,
    SLOW,
    UNFIT,
    misread,
)

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.domain.fault import Fault, Finality
from dailypapers.mail.smtp.replies import Stage, classify

#: Server: (stage, code, text, what it means).
REPLIES: dict[str, list[tuple[Stage, int, str, OutcomeKind]]] = {
    "Gmail": [
        (RCPT, 550, "5.1.1 The account that you tried to reach does not exist. Check for typing errors - gsmtp", DEAD),
        (RCPT, 550, "5.2.1 The account that you tried to reach is disabled. - gsmtp", DEAD),
        (RCPT, 550, "5.2.1 This person is receiving mail at a rate that prevents more from being delivered.", LATER),
        (RCPT, 450, "4.2.1 This person is receiving mail too quickly. Please resend later. - gsmtp", LATER),
        (RCPT, 452, "4.2.2 The recipient's inbox is out of storage space. - gsmtp", LATER),
        (RCPT, 552, "5.2.2 The recipient's inbox is out of storage space and inactive. - gsmtp", LATER),
        (BODY, 550, "5.7.26 Mail from this domain has no SPF and no DKIM that passes. - gsmtp", OURS),
        (BODY, 550, "5.7.1 [192.0.2.7] Our system sees an unusual number of unsolicited mails from your IP.", OURS),
        (BODY, 421, "4.7.28 Unusual rate of mail from this address block; it was limited for a while. - gsmtp", SLOW),
        (BODY, 421, "4.7.0 Try again later, closing connection. - gsmtp", SLOW),
        (CONNECT, 421, "4.7.0 Try again later, closing connection. - gsmtp", AGAIN),
        (BODY, 552, "5.3.4 Your message is larger than what is taken here. - gsmtp", UNFIT),
        (MAIL, 530, "5.7.0 Authentication Required. - gsmtp", OURS),
        (CONNECT, 535, "5.7.8 Username and Password not accepted. - gsmtp", OURS),
        (CONNECT, 454, "4.7.0 Too many login attempts, please try again later. - gsmtp", AGAIN),
        (BODY, 550, "5.4.5 Daily user sending limit exceeded. - gsmtp", LIMIT),
        (RCPT, 550, "5.4.5 Daily SMTP relay limit exceeded for user. - gsmtp", LIMIT),
        (RCPT, 450, "4.2.1 Peak SMTP relay limit exceeded for customer. - gsmtp", LIMIT),
        (MAIL, 503, "5.5.1 EHLO/HELO first. - gsmtp", AGAIN),
    ],
    "Outlook, Exchange, Microsoft 365": [
        (RCPT, 550, "5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", FAILED),
        (RCPT, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", DEAD),
        (RCPT, 550, "5.4.1 Recipient address rejected: Access denied. [AM0EUR02FT001]", FAILED),
        (RCPT, 550, "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", FAILED),
        (BODY, 550, "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", FAILED),
        (RCPT, 550, "5.7.124 RESOLVER.RST.NotAuthorized; sender is not in the list of allowed senders", FAILED),
        (RCPT, 550, "5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized", FAILED),
        (RCPT, 550, "5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required", FAILED),
        (CONNECT, 550, "5.7.1 Part of their network is on our block list (S3140).", OURS),
        (MAIL, 550, "5.7.1 Messages from [192.0.2.7] weren't sent. Part of their network is on our block list.", OURS),
        (BODY, 550, "5.7.515 Access denied, sending domain does not meet the required authentication level.", OURS),
        (RCPT, 550, "5.7.606 Access denied, banned sending IP [192.0.2.7]", OURS),
        (RCPT, 451, "4.7.500 Server busy. Please try again later from [192.0.2.7]. (S77714)", SLOW),
        (
            RCPT,
            451,
            "4.7.650 The mail server [192.0.2.7] has been temporarily rate limited due to IP reputation.",
            SLOW,
        ),
        (MAIL, 432, "4.3.2 Concurrent connections limit exceeded. [FR0P281CA0001]", LIMIT),
        (BODY, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", LIMIT),
        (BODY, 554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process", LIMIT),
        (BODY, 550, "5.1.90 Your message can't be sent: the daily limit for message recipients is reached", LIMIT),
        (BODY, 554, "5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", LATER),
        (RCPT, 550, "5.1.8 Access denied, bad outbound sender", OURS),
        (CONNECT, 535, "5.7.139 Authentication unsuccessful, the user credentials were incorrect.", OURS),
        (MAIL, 530, "5.7.57 Client not authenticated to send mail.", OURS),
        (BODY, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", OURS),
        (MAIL, 421, "4.7.0 Too many messages in this session, closing transmission channel", AGAIN),
        (BODY, 552, "5.3.4 Message size exceeds fixed maximum message size", UNFIT),
        (BODY, 550, "5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", UNFIT),
    ],
    "Yahoo": [
        (RCPT, 554, "delivery error: dd This user doesn't have a yahoo.example account (a@yahoo.example)", DEAD),
        (RCPT, 554, "30 Sorry, your message to a@yahoo.example cannot be delivered. This mailbox is disabled.", DEAD),
        (CONNECT, 421, "4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume", AGAIN),
        (RCPT, 421, "4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to user complaints", SLOW),
        (CONNECT, 553, "5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, it is on a blocklist", OURS),
        (RCPT, 552, "1 Requested mail action aborted, mailbox not found", DEAD),
        (BODY, 554, "5.7.9 Message not accepted for policy reasons.", OURS),
    ],
    "Postfix": [
        (RCPT, 550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table", DEAD),
        (RCPT, 550, "5.1.2 <a@b.example>: Recipient address rejected: Domain not found", DEAD),
        (RCPT, 450, "4.1.2 <a@b.example>: Recipient address rejected: Domain not found", LATER),
        (RCPT, 450, "4.2.0 <a@b.example>: Recipient address rejected: Greylisted, try again in 300 s", LATER),
        (RCPT, 451, "4.7.1 <a@b.example>: Greylisting in action, please come back later", LATER),
        (RCPT, 554, "5.7.1 <a@b.example>: Relay access denied", OURS),
        (RCPT, 554, "5.7.1 Service unavailable; Client host [94.5.1.2] blocked using dnsbl.example", OURS),
        (RCPT, 550, "Service unavailable; Client host [94.5.1.2] blocked using dnsbl.example", OURS),
        (RCPT, 550, "Service unavailable; Client host [91.4.7.1] blocked using dnsbl.example", OURS),
        (RCPT, 504, "5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", OURS),
        (RCPT, 450, "4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]", SLOW),
        (MAIL, 450, "4.7.1 Error: too much mail from 192.0.2.7", LIMIT),
        (RCPT, 450, "4.7.1 Error: too many recipients from 192.0.2.7", SLOW),
        (CONNECT, 421, "4.7.0 mx.b.example Error: too many connections from 192.0.2.7", AGAIN),
        (MAIL, 421, "4.7.0 mx.b.example Error: too many errors", AGAIN),
        (MAIL, 452, "4.3.1 Insufficient system storage", AGAIN),
        (MAIL, 552, "5.3.4 Message size exceeds fixed limit", UNFIT),
        (BODY, 552, "5.3.4 Error: message file too big", UNFIT),
        (DATA, 554, "5.5.1 Error: no valid recipients", OURS),
        (MAIL, 503, "5.5.1 Error: nested MAIL command", AGAIN),
        (RCPT, 550, "5.1.6 <a@b.example>: User has moved to c.example", DEAD),
        (RCPT, 451, "4.3.5 Server configuration error", LATER),
        (BODY, 451, "4.3.0 Error: queue file write error", LATER),
        (RCPT, 550, "5.6.7 <ä@b.example>: SMTPUTF8 address is not permitted here", UNFIT),
    ],
    "Exim and cPanel": [
        (RCPT, 550, "No such person at this address", DEAD),
        (RCPT, 550, "Unrouteable address", FAILED),
        (RCPT, 550, "a@b.example: unknown user account", DEAD),
        (RCPT, 451, "Temporary local problem - please try later", LATER),
        (BODY, 550, "Domain b.example has exceeded the max emails per hour (100/100 (100%)) allowed.", LIMIT),
        (MAIL, 554, "SMTP synchronization error", AGAIN),
        (RCPT, 503, "sender not yet given", AGAIN),
        (MAIL, 503, "AUTH command used when not advertised; log in first", OURS),
        (BODY, 550, "This message was classified as SPAM and may not be delivered", OURS),
    ],
    "Amazon SES": [
        (BODY, 454, "Throttling failure: Maximum sending rate exceeded.", LIMIT),
        (BODY, 454, "Throttling failure: Daily message quota exceeded.", LIMIT),
        (BODY, 554, "Message rejected: Email address is not verified.", OURS),
        (CONNECT, 535, "Authentication Credentials Invalid", OURS),
        (CONNECT, 454, "Temporary authentication failure", AGAIN),
        (MAIL, 530, "Must issue a STARTTLS command first", OURS),
        (BODY, 552, "Message is too long: message size exceeds the limit", UNFIT),
    ],
    "Others": [
        (RCPT, 550, "#5.1.0 Address rejected.", FAILED),
        (RCPT, 550, "#5.7.1 Your access to this mail system has been rejected: poor reputation", OURS),
        (RCPT, 550, "User unknown (#5.1.1)", DEAD),
        (RCPT, 550, "5.2.1 Mailbox takes no mail from your network", FAILED),
        (RCPT, 550, "5.7.17 Mailbox owner has changed", FAILED),
        (RCPT, 550, "5.7.18 Domain owner has changed", FAILED),
        (RCPT, 550, "5.7.2 Mailing list expansion prohibited", FAILED),
        (MAIL, 550, "5.7.2 not from here", OURS),
        (MAIL, 550, "5.1.1 user unknown", OURS),
        (RCPT, 450, "5.1.1 user unknown", LATER),
        (RCPT, 550, "2.1.1 user unknown, says a status of another class", DEAD),
        (RCPT, 550, "host 5.1.1.9 says no", FAILED),
        (RCPT, 550, "5.1.1.9 says no", FAILED),
        (CONNECT, 554, "No SMTP service here", OURS),
        (CONNECT, 550, "Too many messages. Try again in 92 seconds.", AGAIN),
        (CONNECT, 421, "4.4.5 Too many connections from your host", AGAIN),
        (BODY, 503, "valid RCPT command must precede DATA", AGAIN),
        (BODY, 552, "no", UNFIT),
    ],
}


def test_whose_fault_it_is() -> None:
    assert misread(REPLIES) == []


def test_there_are_enough_examples_and_of_every_kind() -> None:
    kinds = [kind for replies in REPLIES.values() for *_, kind in replies]
    assert len(kinds) >= 80
    assert set(kinds) == {OURS, DEAD, LATER, FAILED, AGAIN, UNFIT, SLOW, LIMIT}


@pytest.mark.parametrize("address", ["94.5.1.2", "5.1.1.8", "91.4.7.1", "82.5.2.1", "10.2.2.1", "8.5.1.10"])
def test_an_ip_address_is_not_a_status(address: str) -> None:
    outcome = classify(550, f"Service unavailable; Client host [{address}] blocked", stage=Stage.RCPT)
    assert (outcome.kind, outcome.enhanced) == (OURS, "")


@pytest.mark.parametrize("stage", [MAIL, RCPT, DATA, BODY])
def test_only_a_mail_that_is_too_large_is_called_so(stage: Stage) -> None:
    large = classify(552, "5.3.4 too big", stage=stage)
    assert large.too_large
    assert (large.fault, large.finality) == (Fault.MESSAGE, Finality.FINAL)
    assert not classify(550, "5.6.7 no SMTPUTF8 here", stage=stage).too_large
    assert not classify(550, "5.7.1 headers too large", stage=stage).too_large


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"5.1.1 Empf\xe4nger unbekannt", "5.1.1 Empfänger unbekannt"),
        ("5.1.1 Empfänger unbekannt".encode(), "5.1.1 Empfänger unbekannt"),
        (b"5.1.1 \xc7\xeb\xb5\xc7\xc2\xbc", "5.1.1 ÇëµÇÂ¼"),
        (b"5.1.1 nul\x00 and \x1b[31mred", "5.1.1 nul and [31mred"),
    ],
)
def test_whatever_bytes_a_server_writes_the_text_is_one_any_database_stores(raw: bytes, text: str) -> None:
    outcome = classify(550, raw.decode("utf-8", "surrogateescape"), stage=Stage.RCPT)
    assert (outcome.kind, outcome.enhanced, outcome.text) == (DEAD, "5.1.1", text)
    assert outcome.text.encode().decode() == text
