"""What providers tell of bounces and complaints, in the forms they document."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.bounce import Report, ReportKind
from dailypapers.domain.fault import Fault
from dailypapers.mail.incoming.providers import from_json, mailgun, postmark, sendgrid, ses
from dailypapers.mail.incoming.report import read

MAIL = {
    "source": "b+token@ours.example",
    "messageId": "0102",
    "headers": [{"name": "Message-ID", "value": "<1.2@ours.example>"}],
}
GONE = {"emailAddress": "alice@y.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}


def of_ses(kind: str, sub: str, *recipients: dict[str, str]) -> Any:
    bounce = {"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": list(recipients)}
    return {"notificationType": "Bounce", "bounce": bounce, "mail": MAIL}


def verdict(report: Report) -> tuple[str, Fault | None, bool | None]:
    (affected,) = report.affected
    told = affected.diagnosis
    return (affected.address, told.fault, told.is_hard) if told else (affected.address, None, None)


def test_ses_tells_of_bounces_delays_and_complaints() -> None:
    (dead,) = ses(of_ses("Permanent", "General", GONE))
    assert verdict(dead) == ("alice@y.example", Fault.MAILBOX, True)
    assert (dead.message_id, dead.envelope_sender) == ("1.2@ours.example", "b+token@ours.example")
    bare = {"emailAddress": "alice@y.example"}
    assert verdict(ses(of_ses("Permanent", "Suppressed", bare))[0])[2] is True
    assert verdict(ses(of_ses("Transient", "MailboxFull", GONE))[0])[2] is False
    delay = {"delayedRecipients": [{"emailAddress": "a@y.example", "status": "4.4.1"}]}
    assert verdict(ses({"eventType": "DeliveryDelay", "deliveryDelay": delay, "mail": MAIL})[0])[2] is False
    complaint = {"complainedRecipients": [{"emailAddress": "alice@y.example"}]}
    (complained,) = ses({"notificationType": "Complaint", "complaint": complaint, "mail": MAIL})
    assert (complained.kind, complained.affected[0].address) == (ReportKind.COMPLAINT, "alice@y.example")
    assert ses({"notificationType": "Delivery", "mail": MAIL}) == []
    praise = complaint | {"complaintFeedbackType": "not-spam"}
    assert ses({"notificationType": "Complaint", "complaint": praise, "mail": MAIL}) == []


def test_ses_may_notify_by_mail() -> None:
    complaint = '{"complainedRecipients":[{"emailAddress":"alice@y.\n example"}]}'
    text = f'{{"notificationType":"Complaint","complaint":{complaint}}}\n\n--\nIf you wish to stop receiving'
    report = read(f"From: no-reply@sns.amazonaws.com\nx-amz-sns-message-id: 1\n\n{text}".encode())
    assert (report.kind, report.affected[0].address) == (ReportKind.COMPLAINT, "alice@y.example")


def test_postmark_tells_what_kind_of_bounce_it_is() -> None:
    def event(kind: str, details: str = "", record: str = "Bounce") -> list[Report]:
        return postmark({"RecordType": record, "Type": kind, "Email": "alice@y.example", "Details": details})

    assert verdict(event("HardBounce", "smtp;550 5.1.1 No such user")[0]) == ("alice@y.example", Fault.MAILBOX, True)
    assert verdict(event("SoftBounce", "smtp;550 5.1.1 No such user")[0])[2] is False
    assert verdict(event("SpamNotification", "rejected")[0]) == ("alice@y.example", Fault.US, False)
    assert event("SpamComplaint", record="SpamComplaint")[0].kind is ReportKind.COMPLAINT
    assert event("AutoResponder") == event("x", record="Open") == []


def test_sendgrid_tells_several_at_a_time() -> None:
    about = {"email": "alice@y.example", "smtp-id": "<1.2@ours.example>"}
    reports = sendgrid(
        [
            {"event": "bounce", "reason": "550 5.1.1 No such user", "status": "5.1.1", "type": "bounce", **about},
            {"event": "bounce", "reason": "550 5.7.1 blocked", "status": "5.7.1", "type": "blocked", **about},
            {"event": "deferred", "response": "452 4.2.2 mailbox full", **about},
            {"event": "dropped", "reason": "Bounced Address", **about},
            {"event": "spamreport", **about},
            {"event": "delivered", **about},
        ]
    )
    assert [verdict(each)[1:] for each in reports] == [
        (Fault.MAILBOX, True), (Fault.US, False), (Fault.MAILBOX, False), (Fault.DOMAIN, False), (None, None),
    ]  # fmt: skip
    assert {each.message_id for each in reports} == {"1.2@ours.example"}


def test_mailgun_tells_failures_and_complaints() -> None:
    def event(**fields: object) -> list[Report]:
        message = {"headers": {"message-id": "1.2@ours.example"}}
        return mailgun(
            {"recipient": "alice@y.example", "message": message, "envelope": {"sender": "b@ours.example"}} | fields
        )

    status = {"code": 550, "message": "5.1.1 No such user"}
    (dead,) = event(event="failed", severity="permanent", reason="bounce", **{"delivery-status": status})
    assert (*verdict(dead), dead.message_id, dead.envelope_sender) == (
        "alice@y.example", Fault.MAILBOX, True, "1.2@ours.example", "b@ours.example",
    )  # fmt: skip
    assert verdict(event(event="failed", severity="temporary", **{"delivery-status": status})[0])[2] is False
    assert event(event="complained")[0].kind is ReportKind.COMPLAINT
    assert event(event="opened") == []


@pytest.mark.parametrize("told", [ses, postmark, sendgrid, mailgun])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["mail", "bounce", "event", "Email", "x"]), inner)
        ),
        max_leaves=8,
    )
)
def test_any_json_can_be_read(told: Any, value: Any) -> None:
    assert isinstance(told(value), list)


def test_what_is_not_json_is_nothing() -> None:
    assert [from_json(text) for text in ("", "{", "[" * 200_000, '{"a": 1}')] == [None, None, None, {"a": 1}]
