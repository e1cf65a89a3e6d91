"""What a mail that came in is: a bounce, a complaint, an automatic reply, somebody who leaves, or something else.

    bytes | parts, bounded | RFC 5965 | RFC 3464 | RFC 3834 | prose | who wants to leave

Never raises, whatever the content: anybody may send anything.
"""

import re
from dataclasses import replace

from dailypapers.domain.bounce import Affected, Diagnosis, Report, ReportKind
from dailypapers.mail.incoming import parts, subjects
from dailypapers.mail.incoming.addresses import first_address
from dailypapers.mail.incoming.diagnosis import diagnose
from dailypapers.mail.incoming.parts import Headers, Parsed
from dailypapers.mail.incoming.prose import MOST_RECIPIENTS, near, prose, recipients
from dailypapers.mail.incoming.providers import from_json, ses
from dailypapers.mail.incoming.undelivered import is_delay, is_from_daemon, is_undelivered

_QUOTED = (
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers",
)  # fmt: skip
_STATUS = ("message/delivery-status", "message/global-delivery-status")
#: What is no failure (RFC 3464 2.3.3); some programs have words of their own.
_ARRIVED = {"delivered", "relayed", "expanded", "deliverable"}
#: Feedback that is no complaint (RFC 6430, RFC 6591).
_NO_COMPLAINT = {"not-spam", "auth-failure", "dmarc"}
#: Fields that programs set which answer by themselves.
_OF_RESPONDERS = ("x-autoreply", "x-autoreply-from", "x-autorespond", "x-autoresponder", "x-fc-machinegenerated")
_COMPLAINT_SUBJECT = re.compile(r"complaint about message from\b", re.IGNORECASE)
_LEAVING_MAILBOX = re.compile(r"(^|[-_.+])(unsubscribe|leave|signoff|opt-?out)([-_.+]|$)", re.IGNORECASE)
#: Characters of a text in which somebody who wants no more mail says so.
_TEXT_PREFIX = 200


def read(content: bytes) -> Report:
    """Return what a mail is, and what it says of which addresses."""
    mail = parts.parsed(content)
    steps = (_complaint, _status_report, _forwarded, _notification, _automatic, _in_prose, _leaving)
    return next((report for step in steps if (report := step(mail))), Report(ReportKind.OTHER))


def _report(kind: ReportKind, mail: Parsed, affected: tuple[Affected, ...], envelope_id: str = "") -> Report:
    quoted = _quoted(mail)
    return Report(
        kind,
        affected,
        message_id=quoted.first("message-id").strip("<> "),
        envelope_sender=first_address(quoted.first("return-path")),
        envelope_id=envelope_id,
    )


def _quoted(mail: Parsed) -> Headers:
    """The header of the mail a report is about."""
    part = next(iter(mail.of_type(*_QUOTED)), None)
    return parts.header_fields(part.text) if part else Headers()


def _complaint(mail: Parsed) -> Report | None:
    """RFC 5965; and Outlook.com's JMRP, which forwards the mail alone and names its reader in a field of it."""
    quoted = _quoted(mail)
    feedback = next(iter(mail.of_type("message/feedback-report")), None)
    if feedback is None:
        if not quoted.fields or not _COMPLAINT_SUBJECT.match(mail.headers.subject):
            return None
        return _report(ReportKind.COMPLAINT, mail, _addressed(quoted.every("x-hmxmroriginalrecipient"), quoted))
    fields = parts.header_fields(feedback.text)
    if fields.first("feedback-type").lower() in _NO_COMPLAINT:
        return Report(ReportKind.OTHER)
    named = [*fields.every("original-rcpt-to"), *fields.every("removal-recipient")]
    return _report(ReportKind.COMPLAINT, mail, _addressed(named, quoted))


def _addressed(named: list[str], quoted: Headers) -> tuple[Affected, ...]:
    addresses = [first_address(each) for each in (*named[:MOST_RECIPIENTS], *([] if named else [quoted.first("to")]))]
    return tuple(Affected(each) for each in dict.fromkeys(addresses) if each)


def _status_report(mail: Parsed) -> Report | None:
    """RFC 3464."""
    return _of_groups(mail, [group for part in mail.of_type(*_STATUS) for group in parts.blocks(part.text)])


def _forwarded(mail: Parsed) -> Report | None:
    """A status report that somebody, or a program, has passed on whole."""
    part = next(iter(mail.of_type("message/rfc822")), None)
    return _status_report(parts.parsed(part.body)) if part else None


def _notification(mail: Parsed) -> Report | None:
    """What SES notifies of through a topic of SNS that sends mail; long lines are folded there."""
    if "x-amz-sns-message-id" not in mail.headers or not mail.parts:
        return None
    text = mail.parts[0].text.replace("\n ", "").partition("\n")[0]
    return next(iter(ses(from_json(text))), Report(ReportKind.OTHER))


def _of_groups(mail: Parsed, groups: list[Headers]) -> Report | None:
    about = [group for group in groups if "final-recipient" in group or "action" in group]
    if not about:
        return None
    failed = [group for group in about if not _has_arrived(group)][:MOST_RECIPIENTS]
    if not failed:
        return Report(ReportKind.OTHER)
    preamble = prose(mail).partition("Reporting-MTA:")[0]
    reporter = groups[0].first("reporting-mta")
    affected = tuple(_failed(group, preamble, reporter, is_only=len(failed) == 1) for group in failed)
    if len(affected) == 1 and not affected[0].address:
        affected = (replace(affected[0], address=_named_elsewhere(mail)),)
    envelope_id = next((each for group in groups if (each := group.first("original-envelope-id"))), "")
    return _report(ReportKind.BOUNCE, mail, affected, envelope_id)


def _named_elsewhere(mail: Parsed) -> str:
    """Return whom a report is about whose fields do not say (RFC 3464 2.3.2 requires it)."""
    return first_address(mail.headers.first("x-failed-recipients")) or first_address(_quoted(mail).first("to"))


def _action(group: Headers) -> str:
    return group.first("action").partition(" ")[0].lower()


def _has_arrived(group: Headers) -> bool:
    return _action(group) in _ARRIVED or group.first("status").startswith("2")


def _failed(group: Headers, prose_text: str, reporter: str, *, is_only: bool) -> Affected:
    names = ("original-recipient", "final-recipient", "x-actual-recipient")
    address = next((each for name in names if (each := first_address(group.first(name).rpartition(";")[2]))), "")
    texts = [near(prose_text, address), *([prose_text] if is_only else [])]
    diagnosis = diagnose(_diagnostic(group), status=group.first("status"), prose=texts, reporter=reporter)
    return _affected(address, diagnosis, is_delay=_action(group) == "delayed")


def _affected(address: str, diagnosis: Diagnosis, *, is_delay: bool) -> Affected:
    """Return what is said of one address; one that is still being tried is not known to be dead."""
    return Affected(address, replace(diagnosis, is_hard=diagnosis.is_hard and not is_delay), is_delay)


def _diagnostic(group: Headers) -> str:
    """What the server said, without the kind of code it is (RFC 3464 2.3.6); PowerMTA says what it makes of it."""
    reply = re.sub(r"^\s{0,9}[\w-]{1,30}\s{0,9};\s{0,9}", "", group.first("diagnostic-code"))
    return f"{reply} {group.first('x-powermta-bouncecategory')}".strip()


def _automatic(mail: Parsed) -> Report | None:
    """RFC 3834, and custom; status reports are automatic, too, and come from a daemon."""
    headers = mail.headers
    submitted = headers.first("auto-submitted").lower()
    answers = "in-reply-to" in headers or "references" in headers
    by_header = (
        submitted.startswith("auto-replied")
        or (submitted.startswith("auto-") and answers)
        or headers.first("precedence").lower() == "auto_reply"
        or any(name in headers for name in _OF_RESPONDERS)
        or ("x-auto-response-suppress" in headers and answers)
        or headers.first("x-mailer").lower().startswith("vacation")
    )
    by_subject = subjects.AUTOMATIC.match(headers.subject) or subjects.ASKS_BACK.search(headers.subject)
    is_automatic = by_subject or (by_header and not is_from_daemon(mail))
    return _report(ReportKind.AUTO_REPLY, mail, ()) if is_automatic else None


def _in_prose(mail: Parsed) -> Report | None:
    """A report that only people can read."""
    text = prose(mail)
    if not is_undelivered(mail, text, _quoted(mail)):
        return None
    if report := _in_text(mail, text):
        return report
    sections = recipients(mail, text, first_address(_quoted(mail).first("to")))
    more = [text] if len(sections) == 1 else []
    affected = (
        _affected(address, diagnose("", prose=[words, *more]), is_delay=is_delay(text))
        for address, words in sections.items()
    )
    return _report(ReportKind.BOUNCE, mail, tuple(affected))


def _in_text(mail: Parsed, text: str) -> Report | None:
    """A status report within the text, or within one that the text passes on."""
    if "final-recipient:" in text.lower() and (report := _of_groups(mail, parts.blocks(text))):
        return report
    plain = mail.of_type("text/plain")
    report_text = plain[0].text if plain else ""
    begin = report_text.lower().find("\nreporting-mta:")
    return _of_groups(mail, parts.blocks(report_text[begin:])) if begin >= 0 else None


def _leaving(mail: Parsed) -> Report | None:
    """Somebody who writes that they want no more mail, or writes to an address that is for that."""
    headers = mail.headers
    mailboxes = (
        first_address(headers.first(name)).rpartition("@")[0] for name in ("to", "delivered-to", "envelope-to")
    )
    words = (headers.subject, prose(mail)[:_TEXT_PREFIX])
    leaves = any(map(_LEAVING_MAILBOX.search, mailboxes)) or any(map(subjects.LEAVES.match, words))
    return _report(ReportKind.UNSUBSCRIBE, mail, (Affected(first_address(headers.first("from"))),)) if leaves else None
