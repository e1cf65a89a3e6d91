"""Inbound: what follows from reports of mails that had left, whether they came by mail or from a provider.

    report | whose mail (signed token, else Message-ID, else address) | decide (`domain.bounce`) | record, once

What says nothing of the address (a fault of ours, of the mail, of the way there) is recorded and costs nobody anything.
A fault of ours that several domains report puts mails on hold, and so stops all sending until an operator has looked.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
import structlog

from dailypapers.domain.address import domain_of
from dailypapers.domain.bounce import (
    FORGOTTEN_AFTER,
    Affected,
    Diagnosis,
    Report,
    ReportKind,
    Verdict,
    concerns_all_mail,
    counts,
    score,
    verdict,
)
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.subscriber import SUBSCRIBED, Subscriber, SubscriberState
from dailypapers.errors import BadInput, BadToken
from dailypapers.store import bounces, e_readers, history, subscribers, suppressions
from dailypapers.store.bounces import NewBounce
from dailypapers.subscriptions.address import normal_address
from dailypapers.tokens import Signer
from dailypapers.tools import e_reader

log = structlog.get_logger()

#: Reports that are about a mail of ours.
_ABOUT_MAIL = {ReportKind.BOUNCE, ReportKind.COMPLAINT}
#: Receiving domains that must have refused mails because of us, and within which time, before nobody is mailed.
OUR_FAULT_DOMAINS, OUR_FAULT_WITHIN = 2, dt.timedelta(days=1)


class Recorded(StrEnum):
    """What became of one report about one address."""

    NEW = "recorded"
    REPEATED = "was recorded before"
    UNMATCHED = "about no mail of ours"


@dataclass(frozen=True, slots=True)
class _Mail:
    """Whose mail a report is about."""

    reader: Subscriber
    delivery: Delivery | None
    is_certain: bool
    """Whether it is shown that the report is about a mail of ours."""

    @property
    def is_book(self) -> bool:
        """Whether it went to an e-reader, whose refusal says nothing of its reader's own address."""
        return self.delivery is not None and self.delivery.kind is MailKind.BOOK


def record(
    tx: sa.Connection, signer: Signer, report: Report, *, token: str = "", is_trusted: bool = False, now: dt.datetime
) -> list[Recorded]:
    """Record a bounce or a complaint, and what follows from it. Idempotent; returns what became of each address.

    `token` is what stood behind the plus of the address the report came to; `is_trusted` is whether it comes from
    somebody who cannot have made it up: a provider that signs what it tells.
    """
    if report.kind not in _ABOUT_MAIL:
        return []
    affected = report.affected or (Affected(""),)
    tokens = [each for each in (token, _token_in(report.envelope_sender)) if each]
    # A token is one mail's, and a mail has one recipient: whatever name that goes by in the report.
    if by_token := _by_token(tx, signer, tokens):
        return [_record_one(tx, report.kind, by_token, affected[0], now)]
    matches = [(each, _by_address(tx, report, each.address, is_trusted=is_trusted)) for each in affected]
    return [_record_one(tx, report.kind, mail, each, now) if mail else Recorded.UNMATCHED for each, mail in matches]


def _token_in(envelope_sender: str) -> str:
    return envelope_sender.rpartition("@")[0].partition("+")[2].lower()


def _by_token(tx: sa.Connection, signer: Signer, tokens: Iterable[str]) -> _Mail | None:
    for token in tokens:
        try:
            delivery = history.by_id(tx, signer.bounced(token))
        except BadToken:
            continue
        reader = subscribers.one(tx, delivery.subscriber) if delivery else None
        if reader:
            return _Mail(reader, delivery, is_certain=True)
    return None


def _by_address(tx: sa.Connection, report: Report, address: str, *, is_trusted: bool) -> _Mail | None:
    """Find the mail by its reader: Message-IDs of ours cannot be guessed, addresses can."""
    try:
        normalised = normal_address(address)
    except BadInput:
        return None
    reader = subscribers.by_address(tx, normalised)
    if reader is None:
        return _book(tx, normalised, report.message_id)
    named = f"<{report.message_id}>"
    delivery = next((each for each in history.of_subscriber(tx, reader.id) if each.message_id == named), None)
    return _Mail(reader, delivery, is_certain=is_trusted or delivery is not None)


def _book(tx: sa.Connection, address: str, message_id: str) -> _Mail | None:
    """Find the book that a report names among those of the readers who share an e-reader."""
    for owner in e_readers.owners(tx, address):
        for delivery in history.of_subscriber(tx, owner):
            if message_id and delivery.message_id == f"<{message_id}>" and (reader := subscribers.one(tx, owner)):
                return _Mail(reader, delivery, is_certain=True)
    return None


def _record_one(tx: sa.Connection, kind: ReportKind, mail: _Mail, affected: Affected, now: dt.datetime) -> Recorded:
    diagnosis = affected.diagnosis
    bounce = NewBounce(
        key=_key(kind, mail, affected, now),
        subscriber_id=mail.reader.id,
        kind=kind,
        counts=diagnosis is not None and counts(diagnosis) and not affected.is_delay and not mail.is_book,
        diagnosis=diagnosis,
        delivery_id=mail.delivery.id if mail.delivery else None,
    )
    if not bounces.add(tx, bounce, now=now):
        return Recorded.REPEATED
    if not affected.is_delay:
        _follow(tx, kind, mail, diagnosis, now)
    _log(kind, diagnosis, is_delay=affected.is_delay)
    return Recorded.NEW


def _key(kind: ReportKind, mail: _Mail, affected: Affected, now: dt.datetime) -> str:
    """Return what is equal for the same report; without a mail that it is about, one a day is taken of each kind."""
    about = f"delivery {mail.delivery.id}" if mail.delivery else f"subscriber {mail.reader.id} {now.date()}"
    severity = affected.diagnosis.severity if affected.diagnosis else ""
    return f"{about} {kind} {severity}{' delay' if affected.is_delay else ''}"


def _follow(tx: sa.Connection, kind: ReportKind, mail: _Mail, diagnosis: Diagnosis | None, now: dt.datetime) -> None:
    """Do what follows for the mail, the address and the subscription."""
    if mail.delivery and mail.is_book:
        _follow_book(tx, kind, mail.delivery, diagnosis, now)
        return
    detail = _in_words(diagnosis) if diagnosis else ""
    if mail.delivery and mail.is_certain:
        state = _state_after(tx, kind, diagnosis, domain_of(mail.delivery.address), now)
        bounces.mark_delivery(tx, mail.delivery.id, state, detail or kind.value)
    weight = score(bounces.counted_moments(tx, mail.reader.id, since=now - FORGOTTEN_AFTER), now=now)
    follows = verdict(kind, diagnosis, is_certain=mail.is_certain, weight=weight)
    if follows is not Verdict.NOTHING:
        _give_up(tx, mail, follows, detail, now)


def _in_words(diagnosis: Diagnosis) -> str:
    """Return what a server said, behind its code and status where its words do not hold them."""
    numbers = (str(diagnosis.code or ""), diagnosis.status)
    return " ".join([*(each for each in numbers if each and each not in diagnosis.text), diagnosis.text]).strip()


def _follow_book(
    tx: sa.Connection, kind: ReportKind, book: Delivery, diagnosis: Diagnosis | None, now: dt.datetime
) -> None:
    """Do what follows for a book: whoever refuses it for good, or complains of it, gets none any more."""
    is_complaint = kind is ReportKind.COMPLAINT
    state = DeliveryState.COMPLAINED if is_complaint else DeliveryState.BOUNCED
    bounces.mark_delivery(tx, book.id, state, diagnosis.text if diagnosis and diagnosis.text else kind.value)
    if is_complaint or (
        diagnosis and (diagnosis.is_hard or concerns_all_mail(diagnosis.fault, diagnosis.status, diagnosis.code))
    ):
        e_reader.switch_off(tx, book.subscriber, book.address, now=now)


def _state_after(
    tx: sa.Connection, kind: ReportKind, diagnosis: Diagnosis | None, domain: str, now: dt.datetime
) -> DeliveryState:
    """Return what becomes of a mail that came back.

    A fault of ours puts it on hold, which stops everything, as it would have been had our server said so at once. It
    takes several receiving domains: one may be strict, and what comes by mail can be made up by one reader.
    """
    if kind is ReportKind.COMPLAINT:
        return DeliveryState.COMPLAINED
    if diagnosis is None or not concerns_all_mail(diagnosis.fault, diagnosis.status, diagnosis.code):
        return DeliveryState.BOUNCED
    bounces.note_refusal_of_us(tx, domain, now=now)
    domains = bounces.domains_refusing_us(tx, since=now - OUR_FAULT_WITHIN)
    return DeliveryState.ON_HOLD if domains >= OUR_FAULT_DOMAINS else DeliveryState.BOUNCED


def _give_up(tx: sa.Connection, mail: _Mail, follows: Verdict, detail: str, now: dt.datetime) -> None:
    address = mail.delivery.address if mail.delivery else mail.reader.address
    suppressions.suppress(tx, address, reason=follows.value, detail=detail, now=now)
    to = SubscriberState.COMPLAINED if follows is Verdict.COMPLAINED else SubscriberState.BOUNCED
    # Who has left by themselves stays as they are: they may come back by themselves, too.
    subscribers.transition(tx, mail.reader.id, to=to, now=now, from_states=SUBSCRIBED)


def _log(kind: ReportKind, diagnosis: Diagnosis | None, *, is_delay: bool) -> None:
    fault = diagnosis.fault if diagnosis else None
    severity = diagnosis.severity if diagnosis else ""
    log.info("report recorded", kind=kind.value, fault=fault and fault.value, severity=severity, is_delay=is_delay)
    if fault is Fault.US and diagnosis:
        log.warning("an email of ours was refused because of us", status=diagnosis.status, reply=diagnosis.text)
