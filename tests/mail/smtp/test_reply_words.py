"""What replies say where code and status leave it open: in the words of many servers, and in several languages."""

import pytest
from tests.mail.smtp.kinds import AGAIN, BODY, CONNECT, DEAD, FAILED, LATER, LIMIT, MAIL, OURS, RCPT, SLOW, UNFIT

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.mail.smtp.replies import Stage, classify

#: What it is about: (stage, code, text, what it means).
REPLIES: dict[str, list[tuple[Stage, int, str, OutcomeKind]]] = {
    "lists and addresses of ours": [
        (RCPT, 550, "5.7.1 Service unavailable, Client host [2001:db8::5.7.1] blocked using a list.", OURS),
        (CONNECT, 554, "5.7.1 Service unavailable; Client host [2001:db8:5:1::1] blocked using", OURS),
        (RCPT, 550, "JunkMail rejected - mail.example.org [192.0.2.7]:42218 is in an RBL, see", OURS),
        (RCPT, 550, "192.0.2.7 is listed at https://bl.example/lookup?ip=192.0.2.7", OURS),
        (RCPT, 550, "Mail from 192.0.2.7 refused, see RBL server bl.example", OURS),
        (RCPT, 550, "permanently rejected: your IP 5.1.1.20 has no rDNS", OURS),
        (RCPT, 550, "Blocked - see https://ipcheck.proofpoint.example/?ip=192.0.2.7", OURS),
        (CONNECT, 554, "Blocked - see https://ipcheck.proofpoint.example/?ip=192.0.2.7", OURS),
        (CONNECT, 554, "mx1.example Your access to this mail system has been rejected due to the", OURS),
        (RCPT, 550, "Recipient address rejected: IP address not listed at DNSWL", OURS),
        (BODY, 554, "Refused. Your IP address [192.0.2.7] is not allowed here.", OURS),
        (RCPT, 554, "5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied", OURS),
        (RCPT, 550, "5.7.1 Client host rejected: cannot find your hostname, [192.0.2.7]", OURS),
        (RCPT, 450, "4.7.25 Client host rejected: cannot find your hostname, [2001:db8::1]", SLOW),
    ],
    "people who will not have our mail": [
        (RCPT, 550, "5.7.1 Sender is blocked by the recipient", FAILED),
        (RCPT, 550, "Sender blocked by recipient", FAILED),
        (RCPT, 550, "5.7.0 The recipient has blocked you", FAILED),
        (RCPT, 554, "5.7.1 Your message was refused by the recipient's personal block list", FAILED),
        (RCPT, 550, "5.7.1 Recipient does not accept mail from you", FAILED),
        (RCPT, 550, "5.7.1 Mailbox only accepts messages from whitelisted senders", FAILED),
        (RCPT, 550, "5.7.1 You are not allowed to post to this mailing list", FAILED),
        (RCPT, 550, "5.7.1 only members can post", FAILED),
        (BODY, 554, "5.7.1 denied by user's filter", FAILED),
        (RCPT, 550, "5.7.1 Message rejected by recipient's mail server policy", OURS),
        (RCPT, 554, "5.7.1 blocked by the recipient's organization", OURS),
        (RCPT, 554, "5.7.1 The sender is on the recipient domain's block list", OURS),
        (RCPT, 550, "5.7.1 You are not allowed to send mail from this address", OURS),
        (RCPT, 553, "5.7.1 <papers@example.org>: Sender address rejected: not owned by user papers", OURS),
        (RCPT, 550, "5.7.1 we do not accept mail from unknown hosts", OURS),
        (RCPT, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", OURS),
        (RCPT, 521, "5.2.1 example.org takes no mail", FAILED),
    ],
    "Mimecast": [
        (RCPT, 550, "Rejected by header based Anti-Spoofing policy: papers@example.org -", OURS),
        (RCPT, 550, "Invalid Recipient - https://community.mimecast.example/docs/DOC-1369#550 [x1]", DEAD),
        (RCPT, 451, "Recipient temporarily unavailable -", LATER),
        (RCPT, 451, "IP temporarily blacklisted -", SLOW),
        (RCPT, 550, "Administrative prohibition - envelope blocked -", OURS),
        (BODY, 554, "Email rejected due to security policies -", OURS),
        (RCPT, 550, "csi.mimecast.example Poor Reputation Sender. -", OURS),
    ],
    "Proofpoint": [
        (RCPT, 550, "5.1.1 <bob@b.example>: Recipient address rejected: User unknown in virtual", DEAD),
        (RCPT, 550, "5.7.0 Local Policy Violation", OURS),
        (BODY, 554, "5.7.0 Reject, id=12345-01 - spam", OURS),
        (RCPT, 550, "User unknown, Mimecast directory", DEAD),
    ],
    "Barracuda": [
        (BODY, 550, "permanent failure for one or more recipients (bob@b.example:blocked)", OURS),
        (BODY, 550, "permanent failure for one or more recipients (bob@b.example:550 5.1.1 user unknown)", DEAD),
        (RCPT, 550, "No such domain at this location (bob@b.example)", FAILED),
        (RCPT, 550, "Service unavailable; Client host [192.0.2.7] blocked using Barracuda", OURS),
    ],
    "Cisco": [
        (CONNECT, 554, "esa1.hc.example Your access to this mail system from 192.0.2.7 has been", OURS),
        (RCPT, 550, "#5.1.0 Address rejected bob@b.example", FAILED),
        (BODY, 550, "#5.7.1 Message content rejected due to SPF", OURS),
        (RCPT, 452, "Too many recipients received this hour", LIMIT),
        (CONNECT, 452, "#4.x.x Too many messages for this session", AGAIN),
        (RCPT, 452, "#4.5.3 Too many recipients", LIMIT),
    ],
    "Gmail": [
        (BODY, 550, "5.7.26 This mail has been blocked because the sender is unauthenticated.\nGmail", OURS),
        (BODY, 550, "5.7.25 The IP address sending this message does not have a PTR record setup,", OURS),
        (BODY, 421, "4.7.26 This mail has been rate limited because it is unauthenticated.", SLOW),
        (BODY, 421, "4.7.0 This message is suspicious due to the very low reputation of the sending", SLOW),
        (RCPT, 550, "5.2.1 The email account that you tried to reach is inactive.", DEAD),
        (RCPT, 452, "4.2.2 The recipient's inbox is out of storage space. Please direct the", LATER),
        (RCPT, 552, "5.2.2 The email account that you tried to reach is over quota.", LATER),
        (RCPT, 450, "4.2.1 The user you are trying to contact is receiving mail at a rate that", LATER),
        (RCPT, 550, "5.7.1 The user or domain that you are sending to (or from) has a policy that", OURS),
        (BODY, 552, "5.7.0 This message was blocked because its content presents a potential", OURS),
        (RCPT, 554, "5.6.0 Mail message is malformed. Not accepted.", OURS),
    ],
    "Yahoo": [
        (RCPT, 554, "5.1.1 This user doesn't have a yahoo.example account (bob@yahoo.example) [0]", DEAD),
        (BODY, 554, "5.7.9 Message not accepted for policy reasons. See", OURS),
        (BODY, 451, "4.7.0 [TS03] Messages from 192.0.2.7 permanently deferred; Retrying will NOT", SLOW),
        (BODY, 421, "[TSS09] All messages from 192.0.2.7 will be permanently deferred", SLOW),
        (RCPT, 552, "1 Requested mail action aborted, exceeded storage allocation", LATER),
        (BODY, 451, "Message temporarily deferred - [160]", LATER),
    ],
    "Microsoft": [
        (RCPT, 550, "5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [AM1]", FAILED),
        (BODY, 550, "5.7.509 Access denied, sending domain example.org does not pass DMARC", OURS),
        (RCPT, 550, "5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.", OURS),
        (RCPT, 550, "5.7.750 Service unavailable. Client blocked from sending from unregistered", OURS),
        (RCPT, 550, "5.7.136 RESOLVER.RST.RestrictedToRecipientsPermission; sender not allowed", FAILED),
        (BODY, 550, "5.7.131 RESOLVER.RST.RestrictedToOrganization", FAILED),
        (BODY, 554, "5.2.1 mailbox disabled; STOREDRV.Deliver.Exception:AccountDisabledException", DEAD),
        (RCPT, 550, "5.4.310 DNS domain b.example does not exist [Message=InfoDomainNonexistent]", FAILED),
        (RCPT, 451, "4.4.4 Mail received as unauthenticated, incoming to a recipient domain", LATER),
        (RCPT, 450, "4.7.320 Certificate validation failed", SLOW),
        (BODY, 550, "5.7.520 Access denied, your organization does not allow external forwarding.", OURS),
        (RCPT, 550, "5.4.1 [bob@b.example]: Recipient address rejected: Access denied [FRA.prod]", FAILED),
        (RCPT, 554, "5.4.14 Hop count exceeded - possible mail loop ATTR34", FAILED),
        (RCPT, 451, "4.7.651 The mail server [192.0.2.7] has been temporarily rate limited due to", SLOW),
        (CONNECT, 421, "RP-001 (BAY004) Unfortunately, some messages from 192.0.2.7 weren't sent.", AGAIN),
        (MAIL, 550, "SC-001 (COL004-MC1F5) Unfortunately, messages from 192.0.2.7 weren't sent.", OURS),
        (RCPT, 550, "OU-002 Unfortunately, messages from 192.0.2.7 weren't sent. Please contact", OURS),
    ],
    "QQ and NetEase": [
        (RCPT, 550, "Mailbox not found. https://service.mail.qq.example/detail/122/166", DEAD),
        (RCPT, 550, "The recipient may contain a non-existent account, please check the recipient", DEAD),
        (BODY, 550, "Mail content denied. https://service.mail.qq.example/detail/122/168", OURS),
        (RCPT, 550, "Connection frequency limited. https://service.mail.qq.example/detail/122/172", LIMIT),
        (RCPT, 550, "Ip frequency limited.", LIMIT),
        (BODY, 550, "Domain frequency limited.", LIMIT),
        (RCPT, 550, "SPF check failed.", OURS),
        (RCPT, 550, "User not found: bob@163.example", DEAD),
        (RCPT, 550, "Invalid User: bob@163.example", DEAD),
        (RCPT, 552, "Mailbox limit exeeded,163 zwqz-mx-mta", LATER),
        (BODY, 554, "DT:SPM 163 smtp10, please see http://mail.163.example/help/help_spam_16.htm", OURS),
        (RCPT, 421, "DT:SPM mx, please see http://mail.163.example/help?ip=192.0.2.7", AGAIN),
        (RCPT, 550, "MI:IMF 163 gzsmtp3", FAILED),
        (RCPT, 451, "MI:SFQ 163 mx", LATER),
    ],
    "greylists": [
        (RCPT, 451, "4.3.0 <bob@b.example>: Temporary lookup failure", LATER),
        (RCPT, 451, "4.7.1 Greylisted, please try again in 180 seconds", LATER),
        (RCPT, 450, "4.7.0 Graylisted by policy server", LATER),
        (RCPT, 451, "Grey listing in effect; please try later", LATER),
        (RCPT, 450, "4.7.1 Postgrey: delayed for 300 seconds", LATER),
        (RCPT, 421, "4.7.1 Greylisting in action", LATER),
        (RCPT, 554, "Greylisted, see http://postgrey.example/help/b.example.html", LATER),
        (RCPT, 550, "greylisted; retry in 5 minutes", LATER),
        (RCPT, 450, "4.2.0 <bob@b.example>: Recipient address rejected: Mailbox busy", LATER),
    ],
    "rates": [
        (MAIL, 421, "4.4.2 Too many messages in this connection", AGAIN),
        (MAIL, 452, "4.5.3 You have exceeded the maximum number of messages per connection", AGAIN),
        (MAIL, 451, "4.7.1 Service unavailable - try again later", LIMIT),
        (BODY, 452, "4.3.1 Insufficient system resources (UsedDiskSpace)", LATER),
        (RCPT, 452, "4.3.1 Insufficient system storage", LATER),
        (RCPT, 450, "Requested action not taken: too many mails sent to this mailbox", LATER),
        (BODY, 550, "5.7.0 Message rate limit exceeded", LIMIT),
        (RCPT, 550, "You have reached your hourly message limit", LIMIT),
        (RCPT, 550, "5.7.1 Daily message quota exceeded", LIMIT),
        (RCPT, 554, "5.7.1 You have exceeded your sending quota for today", LIMIT),
    ],
    "full mailboxes": [
        (RCPT, 422, "The recipient's mailbox is over its storage limit", LATER),
        (RCPT, 550, "5.7.1 mailbox full", LATER),
        (RCPT, 550, "Mailbox size limit exceeded", LATER),
        (BODY, 552, "5.2.2 <bob@b.example>: Quota exceeded (mailbox for user is full)", LATER),
        (RCPT, 554, "Account over quota", LATER),
        (RCPT, 550, "User bob's mailbox exceeds allowed size", LATER),
        (RCPT, 552, "5.2.2 user is over quota", LATER),
        (RCPT, 550, "Maildir over quota", LATER),
        (RCPT, 550, "5.2.3 Message length exceeds administrative limit", UNFIT),
        (RCPT, 552, "Mailbox full / Buzon lleno", LATER),
    ],
    "other languages": [
        (RCPT, 550, "5.1.1 Utilisateur inconnu", DEAD),
        (RCPT, 550, "Adresse d'au moins un destinataire invalide. Invalid recipient. LPN416", DEAD),
        (RCPT, 550, "Benutzer unbekannt", DEAD),
        (RCPT, 550, "Empfänger unbekannt", DEAD),
        (RCPT, 550, "Postfach voll", LATER),
        (RCPT, 550, "Usuario desconocido", DEAD),
        (RCPT, 550, "El buzón no existe", DEAD),
        (RCPT, 550, "Usuário inexistente", DEAD),
        (RCPT, 550, "Utente sconosciuto", DEAD),
        (RCPT, 550, "Casella inesistente", DEAD),
        (RCPT, 550, "Пользователь не найден", DEAD),
        (RCPT, 550, "收件人不存在", DEAD),
        (RCPT, 550, "用户不存在", DEAD),
        (RCPT, 550, "该用户不存在", DEAD),
        (RCPT, 550, "存在しないユーザー", DEAD),
        (RCPT, 550, "Użytkownik nieznany", DEAD),
        (RCPT, 550, "Utilisateur inconnu !", DEAD),
        (RCPT, 550, "Boîte aux lettres pleine", LATER),
        (RCPT, 550, "Adresse IP bloquée: utilisateur inconnu", FAILED),
        (RCPT, 552, "Ящик переполнен", LATER),
        (RCPT, 550, "邮箱已满", LATER),
    ],
    "a status at odd places, and several lines": [
        (RCPT, 550, "Requested action not taken: mailbox unavailable\n5.1.1 bob: user unknown", DEAD),
        (RCPT, 550, "5.7.1 Recipient address rejected\n5.1.1 see above", OURS),
        (RCPT, 550, "- 5.1.1 The email account does not exist", DEAD),
        (RCPT, 550, "b.example 5.1.1 unknown user", DEAD),
        (RCPT, 550, "550 5.1.1 User unknown", DEAD),
        (RCPT, 550, "550-5.7.1 blocked for spam", OURS),
        (RCPT, 550, "550 5.7.1 refused", OURS),
        (RCPT, 550, "5.1.1: no", DEAD),
        (RCPT, 550, "[5.7.1] refused", OURS),
        (RCPT, 550, "5.1.1[192.0.2.7] user unknown", DEAD),
        (RCPT, 550, "5.01.1 user unknown", DEAD),
        (RCPT, 550, "SMTP; 550 5.7.1 denied", OURS),
    ],
    "kin of 5.7": [
        (RCPT, 550, "5.7.2 Recipient refused: list is closed", FAILED),
        (RCPT, 550, "5.7.3 Requested action aborted; user not authenticated", OURS),
        (RCPT, 550, "5.7.16 Mail policy of domain", OURS),
        (RCPT, 550, "5.7.125 denied", OURS),
        (BODY, 550, "5.7.23 SPF validation failed", OURS),
        (BODY, 550, "5.7.20 No passing DKIM signature found", OURS),
        (BODY, 550, "5.7.7 integrity", OURS),
        (RCPT, 556, "5.1.10 Recipient address has null MX", DEAD),
        (RCPT, 521, "5.3.2 b.example does not accept mail", FAILED),
        (RCPT, 550, "5.3.2 system not accepting network messages", FAILED),
        (RCPT, 551, "5.1.6 User not local; please try <x@c.example>", DEAD),
        (RCPT, 551, "User not local; please try elsewhere", FAILED),
        (RCPT, 550, "5.2.4 Mailing list expansion problem", FAILED),
        (RCPT, 550, "5.5.3 Too many recipients", LIMIT),
    ],
    "Exim and cPanel": [
        (RCPT, 550, "Sender verify failed", OURS),
        (RCPT, 550, "Verification failed for <papers@example.org> Sender verify failed", OURS),
        (RCPT, 550, "relay not permitted, authentication required", OURS),
        (RCPT, 550, "The mail server could not deliver mail to bob@b.example. The account or domain", FAILED),
        (RCPT, 550, "authentication required", OURS),
        (RCPT, 451, "Could not complete sender verify callout", LATER),
        (RCPT, 550, "Please turn on SMTP Authentication in your mail client.", OURS),
        (BODY, 550, "High probability of spam", OURS),
        (BODY, 550, "maximum allowed line length is 998 octets, got 1020", OURS),
        (RCPT, 550, "Callout verification failed: 550 No Such User Here", DEAD),
        (RCPT, 550, "No Such User Here", DEAD),
        (RCPT, 550, "Mailbox quota exceeded", LATER),
        (RCPT, 550, "Account suspended", DEAD),
        (RCPT, 550, "account has been suspended because of spam", FAILED),
    ],
    "DMARC": [
        (BODY, 550, "DMARC policy violation: reject", OURS),
        (BODY, 550, "5.7.1 Email rejected per DMARC policy for example.org", OURS),
        (BODY, 554, "5.7.5 Permanent Error Evaluating DMARC Policy", OURS),
        (BODY, 550, "Unauthenticated email from example.org is not accepted due to domain's DMARC", OURS),
        (BODY, 550, "5.2.0 rejected per DMARC", OURS),
        (BODY, 550, "5.3.0 rejected due to p=reject", OURS),
    ],
}


def test_what_the_words_mean() -> None:
    wrong = [
        (about, code, text)
        for about, replies in REPLIES.items()
        for stage, code, text, kind in replies
        if classify(code, text, stage=stage).kind is not kind
    ]
    assert wrong == []


@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_limit_of_a_connection_is_not_one_of_ours(code: int) -> None:
    for text in ("4.7.0 too many messages in this session", "4.5.3 maximum number of messages per connection exceeded"):
        assert classify(code, text, stage=MAIL).kind is AGAIN


@pytest.mark.parametrize("text", ["User not listed in Domino Directory", "5.1.1 not listed in public address book"])
def test_who_is_in_no_directory_is_nobody_though_it_is_called_a_list(text: str) -> None:
    assert classify(550, text, stage=RCPT).kind is DEAD


def test_the_code_may_be_said_twice_and_another_code_is_none() -> None:
    assert classify(550, "550 5.7.1 refused", stage=RCPT).enhanced == "5.7.1"
    assert classify(550, "450 4.7.1 refused", stage=RCPT).enhanced == ""
