"""Whether a mail that only people can read reports of another that did not arrive.

A report comes from a mail program: from the null sender, or from a mailbox that programs write from. What it calls
itself shows nothing: people who want a password call themselves a mail system, too.
"""

import re
from email.utils import parseaddr

from dailypapers.mail.incoming import subjects
from dailypapers.mail.incoming.addresses import ADDRESS, first_address
from dailypapers.mail.incoming.parts import Headers, Parsed

#: Mailboxes, and names without a mailbox, that mail programs write from.
_DAEMONS = re.compile(
    r"mailer.?daemon|post.?master|mail.?(delivery|administrator|system|server)|daemon|delivery.?(sub)?system|bounce"
    r"|microsoftexchange[0-9a-f]{32}",
    re.IGNORECASE,
)
#: Mailboxes that programs of mailing lists, and of some providers, write from as well as people.
_PROGRAMS = re.compile(r"[-_.](admin|owner|request)$|^(no|do.?not)[-_.]?reply$", re.IGNORECASE)
#: What is sent to many at a time is no report (RFC 2369, RFC 2919), unless it has the null reverse path of reports
#: (RFC 5321 4.5.5).
_TO_MANY = ("list-id", "list-unsubscribe", "list-post")
_SAYS_UNDELIVERED = re.compile(
    r"undeliver|(not|n't) (yet )?(been |be |able to )?(deliver|send|sent)|unable to (deliver|send)"
    r"|deliver\w{0,4} (has )?(fail|error|delayed)|fail(ed|ure)|returned|rejected|refused|bounced|permanent"
    r"|[245]\d\d[ -][245]\.\d|error|expired|duplicated",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"will (keep|continue|be re)[ -]?tr|will (be )?(re)?tr(y|ied) again|will (be )?retr(y|ied)|temporary failure report"
    r"|not need to (re)?send|still being|(delivery|attempts)( attempts)? will (continue|be attempted)"
    r"|(has|have) not yet been delivered|delivery is delayed",
    re.IGNORECASE,
)
_QUOTES_DAEMON = re.compile(r"MAILER-DAEMON|Final-Recipient:", re.IGNORECASE)
_REFUSES = re.compile(r"reject|refus|quota", re.IGNORECASE)
_LINK = re.compile(r"https?://|<a\s[^<>]{0,300}href", re.IGNORECASE)


def is_from_daemon(mail: Parsed) -> bool:
    """Return whether a mail program wrote a mail, as far as its mailbox shows."""
    return any(_DAEMONS.search(_mailbox(mail.headers.first(name))) for name in ("from", "return-path"))


def is_delay(text: str) -> bool:
    """Return whether a report says that a mail is still being tried."""
    return bool(_STILL_TRYING.search(text))


def is_undelivered(mail: Parsed, text: str, quoted: Headers) -> bool:
    """Return whether a mail reports of one that did not arrive; people, who write about such things, say it all.

    `text` is the mail's, without the mail it quotes; `quoted` is the header of that one.
    """
    headers, subject = mail.headers, mail.headers.subject
    names_failed = "x-failed-recipients" in headers
    is_returned = names_failed or headers.first("return-path") == "<>"
    is_to_many = not is_returned and any(name in headers for name in _TO_MANY)
    by_subject = bool(subjects.UNDELIVERED.search(subject))
    by_text = bool(_SAYS_UNDELIVERED.search(text) or subjects.UNDELIVERED.search(text))
    if is_to_many or _is_receipt(mail, text) or subjects.OF_MANY_MAILS.search(subject):
        return False
    if not (by_subject or by_text):
        # Words of a language we do not know: who sends with the null reverse path, and names another, reports of it.
        return is_returned and is_from_daemon(mail) and not subject.isascii() and _names_another(headers, text)
    if is_returned or is_from_daemon(mail):
        return bool(names_failed or quoted.fields or _names_another(headers, text) or not _has_link(mail))
    if subjects.IS_REPLY.match(subject):
        return False
    passes_on = any(_QUOTES_DAEMON.search(part.text) for part in mail.of_type("text/plain"))
    is_of_program = _is_of_program(headers) and not subjects.IS_FORWARDED.match(subject)
    return by_subject and (passes_on or (is_of_program and by_text))


def _mailbox(sender: str) -> str:
    """Return the local part of an address; all of it where a program gave a name and no address."""
    address = first_address(sender)
    return address.rpartition("@")[0] if address else (parseaddr(sender)[1] or sender)


def _is_receipt(mail: Parsed, text: str) -> bool:
    """Return whether a mail says that another was shown or deleted (RFC 8098); some servers refuse in the same form."""
    return bool(mail.of_type("message/disposition-notification")) and not _REFUSES.search(text)


def _is_of_program(headers: Headers) -> bool:
    return bool(_PROGRAMS.search(_mailbox(headers.first("from"))))


def _names_another(headers: Headers, text: str) -> bool:
    ours = {each.lower() for name in ("to", "from") for each in ADDRESS.findall(headers.first(name))}
    return any(each.lower().strip("'.") not in ours for each in ADDRESS.findall(text))


def _has_link(mail: Parsed) -> bool:
    """Return whether a reader is asked to click: a report that names nobody and quotes nothing has no use for it."""
    return any(_LINK.search(part.decoded(16_384)) for part in mail.of_type("text/plain", "text/html"))
