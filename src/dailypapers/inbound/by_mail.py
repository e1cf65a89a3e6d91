"""Inbound: what somebody asks for by mail, and what mail tells of mails that had left.

    mail in | decide (pure) | subscribe, unsubscribe, do what a reply says, record a report | answer
                                                        └→ kept where nobody here can read it

Any mail to the subscribe address asks for a confirmation to its From address: that may be forged, which is what the
confirmation is for. A mail to the unsubscribe address with a token unsubscribes at once, whoever sent it, like the
link; it is what mail programs send for `List-Unsubscribe`. What comes to a digest's own address is a reply to it, which
`inbound.replies` reads; what comes to a reader's own address for alerts, `inbound.forwarded` does. Reports come to the
bounce address and to that for complaints; one that cannot be read, or is about no mail of ours, is kept in a folder.
Other mail is refused.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers.domain.address import domain_of, normalised_mailbox
from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.clock import Clock
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits, Verdict
from dailypapers.domain.subscriber import Consent
from dailypapers.errors import BadInput, BadToken
from dailypapers.inbound import forwarded, replies
from dailypapers.inbound.bounces import Recorded, record
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.keep import FolderFull, KeptMail
from dailypapers.mail.incoming.parse import Incoming, parse
from dailypapers.mail.incoming.report import read
from dailypapers.store import history
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.links import bearer_of
from dailypapers.subscriptions.sign_up import sign_up_request
from dailypapers.tokens import Signer

log = structlog.get_logger()

#: All who ask by mail count as one network, and together get this part of what may be asked in an hour.
_NETWORK, _MAIL_PART = "by mail", 4
#: What people agree to who ask by mail; to be counted up when the confirmation mail's wording changes.
_FORM = "mail 1"

#: Replies of the SMTP dialogue are ASCII (RFC 5321 4.2), and so they are English in every language.
_THANKS = "250 2.0.0 Thank you"
_UNSUBSCRIBED = "250 2.0.0 Unsubscribed"
_NO_ROOM = "452 4.3.1 There is no room for more email at present"
_LATER = "451 4.7.1 Too many people are subscribing right now; please try again later"
_CLOSED = "550 5.7.1 New subscriptions are closed at present"
_NO_TOKEN = "550 5.1.1 Please use the unsubscribe link at the end of any email from us"  # noqa: S105
_NO_DIGEST = "550 5.1.1 Please reply to the digest itself"
_NO_ALERTS = "550 5.1.1 Please use the whole address shown in your preferences"
_NOBODY = "550 5.1.1 Nobody reads email sent to this address"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where mail reaches us, in lower case."""

    subscribe: str
    unsubscribe: str
    #: Other addresses of ours: what mails come from, who owns the list. Reports alone are taken there.
    others: frozenset[str] = frozenset()
    #: Where bounces go, with a token behind a plus or without, and where complaints go.
    bounces: str = ""
    complaints: str = ""
    #: Where replies to digests go, with a token behind a plus.
    replies: str = ""
    #: Where readers forward their alerts, each with a token of their own behind a plus.
    alerts: str = ""

    def is_ours(self, address: str) -> bool:
        """Return whether mail to an address, with or without a detail behind a plus (RFC 5233), comes back to us."""
        ours = {
            self.subscribe,
            self.unsubscribe,
            self.bounces,
            self.complaints,
            self.replies,
            self.alerts,
            *self.others,
        }
        return normalised_mailbox(address) in {normalised_mailbox(one) for one in ours - {""}}

    def token(self, recipient: str) -> str:
        """Return what stands behind the plus of the unsubscribe address; empty for any other."""
        return _detail(recipient, self.unsubscribe)

    def bounce_token(self, recipient: str) -> str:
        """Return what stands behind the plus of the bounce address; empty for any other."""
        return _detail(recipient, self.bounces)

    def reply_token(self, recipient: str) -> str:
        """Return what stands behind the plus of the address for replies; empty for any other."""
        return _detail(recipient, self.replies)

    def alert_token(self, recipient: str) -> str:
        """Return what stands behind the plus of the address for alerts; empty for any other."""
        return _detail(recipient, self.alerts)

    def is_for_us(self, recipient: str) -> bool:
        """Return whether mail to an address is for us to deal with, be it refused."""
        to = recipient.lower()
        is_one_of_ours = to in {self.subscribe, self.unsubscribe, self.replies, self.alerts} - {""}
        has_token = self.token(to) or self.reply_token(to) or self.alert_token(to)
        return is_one_of_ours or bool(has_token) or self.takes_reports(to)

    def takes_reports(self, recipient: str) -> bool:
        """Return whether reports of mails that had left come to an address."""
        to = recipient.lower()
        return bool(self.bounce_token(to)) or to in {self.bounces, self.complaints, *self.others} - {""}


def _detail(recipient: str, address: str) -> str:
    """Return what stands behind the plus of a recipient (RFC 5233), where the rest is this address."""
    name, _, domain = recipient.lower().rpartition("@")
    before, _, detail = name.partition("+")
    return detail if f"{before}@{domain}" == address else ""


@dataclass(frozen=True, slots=True)
class InboundHandler:
    """What handling mail needs."""

    engine: sa.Engine
    signer: Signer
    addresses: Addresses
    #: What a subscriber gets who names nothing.
    defaults: Preferences
    limits: Limits
    domains: Domains
    clock: Clock
    open: bool = True
    #: Where mail goes that nobody here can read; nowhere: it is dropped.
    kept: KeptMail | None = None
    #: By which name our mail server writes what it found out of a sender; empty: nothing is known of that.
    authentication_server: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What one mail asks for: to subscribe an address, to unsubscribe by a token; to be read as a report or a reply."""

    subscribe: str = ""
    unsubscribe: str = ""
    is_report: bool = False
    reply: str = ""
    """The token of the digest that is answered."""
    alert: str = ""
    """The token of the reader who forwards an alert."""
    nothing: str = ""
    """Why it asks for nothing."""


def refusal(addresses: Addresses, sender: str, recipient: str) -> str:
    """Return why mail for a recipient is not taken; empty where it is.

    Reports may have a sender, although they should not (RFC 3464 2); where people write to us, only what has none is
    taken, and they are told that nobody would read.
    """
    to = recipient.lower()
    tokens = (addresses.token(to), addresses.bounce_token(to), addresses.reply_token(to), addresses.alert_token(to))
    if to == addresses.subscribe or any(tokens):
        return ""
    if addresses.alerts and to == addresses.alerts:
        return _NO_ALERTS
    if addresses.replies and to == addresses.replies:
        return _NO_DIGEST
    if to == addresses.unsubscribe:
        return _NO_TOKEN
    is_taken = addresses.takes_reports(to) and not (sender and to in addresses.others)
    return "" if is_taken else _NOBODY


def decide(mail: Incoming, addresses: Addresses) -> Request:
    """Return what a mail asks for. Pure: changes nothing."""
    if token := addresses.token(mail.recipient):
        return Request(unsubscribe=token)
    if token := addresses.reply_token(mail.recipient):
        return Request(reply=token)
    if token := addresses.alert_token(mail.recipient):
        return Request(alert=token)
    if addresses.takes_reports(mail.recipient):
        return Request(is_report=True)
    if mail.recipient.lower() != addresses.subscribe:
        return Request(nothing="not for us to deal with")
    return _to_subscribe(mail, addresses)


def _to_subscribe(mail: Incoming, addresses: Addresses) -> Request:
    parsed = parse(mail)
    if parsed.why_not:
        return Request(nothing=parsed.why_not)
    try:
        address = normal_address(parsed.address)
    except BadInput:
        return Request(nothing="no address to answer to")
    if addresses.is_ours(address):
        return Request(nothing="from ourselves")
    return Request(subscribe=address)


def inbound(handler: InboundHandler, mail: Incoming) -> str:
    """Deal with one mail and return the reply. Raises `DatabaseUnreachable`, upon which the mail is to come again."""
    request = decide(mail, handler.addresses)
    if request.unsubscribe:
        return _logged("unsubscribe", _unsubscribe(handler, request.unsubscribe))
    if request.subscribe:
        return _logged("subscribe", _subscribe(handler, request.subscribe))
    if request.reply:
        return _logged("reply", _reply(handler, mail, request.reply))
    if request.alert:
        return _logged("alert", _alert(handler, mail, request.alert))
    if request.is_report:
        return _report(handler, mail)
    return _logged(request.nothing, _THANKS)


def _reply(handler: InboundHandler, mail: Incoming, token: str) -> str:
    if read(mail.content).kind in {ReportKind.AUTO_REPLY, ReportKind.BOUNCE, ReportKind.COMPLAINT}:
        return _THANKS
    server = handler.authentication_server
    with writing(handler.engine) as tx:
        return replies.answer(tx, handler.signer, mail, token, authentication_server=server, now=handler.clock())


def _alert(handler: InboundHandler, mail: Incoming, token: str) -> str:
    return forwarded.take(handler.engine, handler.signer, mail.content, token, now=handler.clock())


def _report(handler: InboundHandler, mail: Incoming) -> str:
    """Record what a mail reports; keep it where that cannot be read, or is about no mail of ours."""
    report, token = read(mail.content), handler.addresses.bounce_token(mail.recipient)
    if report.kind is ReportKind.AUTO_REPLY:
        return _logged("automatic reply", _THANKS)
    with writing(handler.engine) as tx:
        if report.kind is ReportKind.UNSUBSCRIBE and _leaves(tx, handler, token):
            return _logged("unsubscribe", _UNSUBSCRIBED)
        recorded = record(tx, handler.signer, report, token=token, now=handler.clock())
    if any(each is not Recorded.UNMATCHED for each in recorded):
        return _logged(report.kind.value, _THANKS)
    return _kept(handler, mail, report.kind)


def _leaves(tx: sa.Connection, handler: InboundHandler, token: str) -> bool:
    """Unsubscribe who answers to the address that their mail came from, which nobody else knows."""
    try:
        delivery = history.by_id(tx, handler.signer.bounced(token))
    except BadToken:
        return False
    if delivery:
        lifecycle.unsubscribe(tx, delivery.subscriber, now=handler.clock())
    return delivery is not None


def _kept(handler: InboundHandler, mail: Incoming, kind: ReportKind) -> str:
    if handler.kept:
        try:
            handler.kept.keep(mail.content, now=handler.clock())
        except FolderFull as error:
            log.error("incoming mail could not be kept", why=str(error))  # noqa: TRY400 - the sentence says it
            return _logged(kind.value, _NO_ROOM)
    return _logged(f"unread {kind.value}", _THANKS)


def _logged(what: str, reply: str) -> str:
    log.info("mail received", what=what, reply=reply)
    return reply


def _unsubscribe(handler: InboundHandler, token: str) -> str:
    now = handler.clock()
    try:
        claim = handler.signer.mail_claim(token, now=now)
    except BadToken:
        return _NO_TOKEN
    with writing(handler.engine) as tx:
        if reader := bearer_of(tx, handler.signer, claim):
            lifecycle.unsubscribe(tx, reader.id, now=now)
    return _UNSUBSCRIBED


def _subscribe(handler: InboundHandler, address: str) -> str:
    """Ask for a confirmation. The reply is the same whether the address is known or not."""
    if not handler.open:
        return _CLOSED
    if asyncio.run(handler.domains.trouble(domain_of(address))):
        return _THANKS
    request = sign_up_request(handler.signer, address, _NETWORK)
    overall = handler.limits.overall_hour
    with writing(handler.engine) as tx:
        verdict = sign_up.ask(
            tx,
            address,
            handler.defaults,
            consent=Consent("mail", _FORM, request.network),
            request=request,
            limits=Limits(max(1, overall // _MAIL_PART), overall),
            now=handler.clock(),
            # There is no page to wait in front of: in attack mode the smaller share must do.
            has_waited=True,
        )
    return _THANKS if verdict in {Verdict.GRANTED, Verdict.ASKED_LATELY} else _LATER


def callbacks(handler: InboundHandler) -> tuple[Callable[[str, str], str], Callable[[Incoming], str]]:
    """Return what `mail.inbound.Inbound` asks: whether to take a recipient, and to deal with a mail."""
    return (
        lambda sender, recipient: refusal(handler.addresses, sender, recipient),
        lambda mail: inbound(handler, mail),
    )
