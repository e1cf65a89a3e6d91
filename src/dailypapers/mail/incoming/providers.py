"""What providers that send for us tell of bounces and complaints: the same reports as those that come by mail.

Amazon SES (through SNS), Postmark, SendGrid, Mailgun. Reads what was taken from JSON and whose signature has been
checked elsewhere; what is not as documented is left out. Never raises for any JSON.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from dailypapers.domain.bounce import Affected, Diagnosis, Report, ReportKind
from dailypapers.domain.fault import Fault
from dailypapers.mail.incoming.addresses import first_address
from dailypapers.mail.incoming.diagnosis import diagnose

#: Events of one request, and recipients of one event.
_MOST_EVENTS = 1_000
_SES_GONE = {"General", "NoEmail", "Suppressed", "OnAccountSuppressionList"}
#: RFC 5965 7.3 and RFC 6591, as SES passes them on: its reader says that it is not spam, or a check of ours failed.
_SES_NO_COMPLAINT = {"not-spam", "auth-failure"}
#: https://postmarkapp.com/developer/api/bounce-api#bounce-types
_POSTMARK_GONE = {"HardBounce", "BadEmailAddress", "ManuallyDeactivated", "AddressChange"}
_POSTMARK_OURS = {
    "SpamNotification",
    "Blocked",
    "DMARCPolicy",
    "SMTPApiError",
    "InboundError",
    "TemplateRenderingFailed",
}
_SENDGRID_GONE = {"Bounced Address", "Invalid"}
_POSTMARK_OTHER = {"AutoResponder", "Subscribe", "Unsubscribe", "ChallengeVerification", "OpenRelayTest"}


def from_json(text: str) -> Any:
    """Return what a text says in JSON; `None` where it is not JSON, or nested too deeply."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def ses(notification: Any) -> list[Report]:
    """Return what SES notifies of: bounces, delays, complaints, refusals."""
    event = _mapping(notification)
    mail = _mapping(event.get("mail"))
    kind = event.get("notificationType") or event.get("eventType")
    about = {"message_id": _of_headers(mail), "envelope_sender": first_address(_text(mail, "source"))}
    if kind == "Complaint":
        complaint = _mapping(event.get("complaint"))
        if complaint.get("complaintFeedbackType") in _SES_NO_COMPLAINT:
            return []
        complained = _mappings(complaint.get("complainedRecipients"))
        affected = tuple(Affected(_text(each, "emailAddress")) for each in complained)
        return [Report(ReportKind.COMPLAINT, affected, **about)]
    if kind in {"Bounce", "DeliveryDelay"}:
        return [Report(ReportKind.BOUNCE, _ses_bounced(event), **about)]
    return []


def _ses_bounced(event: Mapping[str, Any]) -> tuple[Affected, ...]:
    bounce = _mapping(event.get("bounce")) or _mapping(event.get("deliveryDelay"))
    recipients = _mappings(bounce.get("bouncedRecipients") or bounce.get("delayedRecipients"))
    is_gone = bounce.get("bounceType") == "Permanent" and bounce.get("bounceSubType") in _SES_GONE
    is_delay = "deliveryDelay" in event
    return tuple(
        Affected(
            _text(each, "emailAddress"), _told(_text(each, "diagnosticCode"), _text(each, "status"), is_gone), is_delay
        )
        for each in recipients
    )


def _of_headers(mail: Mapping[str, Any]) -> str:
    """The Message-ID that we gave, which SES replaces by its own."""
    fields = _mappings(mail.get("headers"))
    message_id = next((_text(field, "value") for field in fields if _text(field, "name").lower() == "message-id"), "")
    return (message_id or _text(_mapping(mail.get("commonHeaders")), "messageId")).strip("<> ")


def postmark(event: Any) -> list[Report]:
    """Return what Postmark tells of a bounce or a spam complaint."""
    record = _mapping(event)
    address, kind = first_address(_text(record, "Email")), _text(record, "Type")
    if _text(record, "RecordType") == "SpamComplaint" or kind == "SpamComplaint":
        return [Report(ReportKind.COMPLAINT, (Affected(address),))]
    if _text(record, "RecordType") != "Bounce" or kind in _POSTMARK_OTHER:
        return []
    diagnosis = _told(_text(record, "Details") or _text(record, "Description"), "", kind in _POSTMARK_GONE)
    return [Report(ReportKind.BOUNCE, (Affected(address, _ours(diagnosis) if kind in _POSTMARK_OURS else diagnosis),))]


def sendgrid(events: Any) -> list[Report]:
    """Return what SendGrid tells, a list of events, of bounces, dropped and deferred mails and complaints."""
    return _each(_mappings(events), _sendgrid_event)


def _sendgrid_event(event: Mapping[str, Any]) -> Report | None:
    kind, address = _text(event, "event"), first_address(_text(event, "email"))
    message_id = _text(event, "smtp-id").strip("<> ")
    if kind == "spamreport":
        return Report(ReportKind.COMPLAINT, (Affected(address),), message_id)
    if kind not in {"bounce", "dropped", "deferred"}:
        return None
    reason, is_delay = _text(event, "reason") or _text(event, "response"), kind == "deferred"
    is_gone = kind == "bounce" and _text(event, "type") != "blocked"
    diagnosis = _told(reason, _text(event, "status"), is_gone or reason in _SENDGRID_GONE)
    return Report(ReportKind.BOUNCE, (Affected(address, diagnosis, is_delay),), message_id)


def mailgun(event: Any) -> list[Report]:
    """Return what Mailgun tells of a failed mail or a complaint; `event` is its `event-data`."""
    data = _mapping(event)
    kind, address = _text(data, "event"), first_address(_text(data, "recipient"))
    message_id = _text(_mapping(_mapping(data.get("message")).get("headers")), "message-id").strip("<> ")
    sender = first_address(_text(_mapping(data.get("envelope")), "sender"))
    if kind == "complained":
        return [Report(ReportKind.COMPLAINT, (Affected(address),), message_id, sender)]
    if kind != "failed":
        return []
    status = _mapping(data.get("delivery-status"))
    reply = f"{status.get('code') or ''} {_text(status, 'message') or _text(status, 'description')}"
    is_gone = _text(data, "severity") == "permanent" and _text(data, "reason") in {"bounce", "suppress-bounce"}
    diagnosis = _told(reply, _text(status, "enhanced-code"), is_gone)
    is_delay = _text(data, "severity") == "temporary"
    return [Report(ReportKind.BOUNCE, (Affected(address, diagnosis, is_delay),), message_id, sender)]


def _told(diagnostic: str, status: str, is_gone: bool) -> Diagnosis:
    """Believe a provider that an address may still be good; that it is dead only if the reason does not speak of us."""
    read = diagnose(diagnostic, status=status)
    if not diagnostic.strip() and not status:
        return replace(read, fault=Fault.MAILBOX, is_hard=is_gone)
    return replace(read, is_hard=read.is_hard and is_gone)


def _ours(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, fault=Fault.US, is_hard=False)


def _each(events: Iterable[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Report | None]) -> list[Report]:
    return [report for event in events if (report := read(event))]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [_mapping(each) for each in value[:_MOST_EVENTS]] if isinstance(value, list) else []


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    return text if isinstance(text, str) else ""
