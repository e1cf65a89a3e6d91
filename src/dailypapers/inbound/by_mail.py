"""Inbound: what somebody asks for by mail.

    mail in | decide (pure) | subscribe or unsubscribe | reply

Any mail to the subscribe address asks for a confirmation to its From address: that may be forged, which is what the
confirmation is for. A mail to the unsubscribe address with a token unsubscribes at once, whoever sent it, like the
link; it is what mail programs send for `List-Unsubscribe`. Whatever else comes in is refused, or logged and dropped.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from dailypapers.domain.address import domain_of, normalised_mailbox
from dailypapers.domain.clock import Clock
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits, Verdict
from dailypapers.domain.subscriber import Consent
from dailypapers.errors import BadInput, BadToken
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.parse import Incoming, parse
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
_LATER = "451 4.7.1 Too many people are subscribing right now; please try again later"
_CLOSED = "550 5.7.1 New subscriptions are closed at present"
_NO_TOKEN = "550 5.1.1 Please use the unsubscribe link at the end of any email from us"  # noqa: S105
_NOBODY = "550 5.1.1 Nobody reads email sent to this address"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where mail reaches us, in lower case."""

    subscribe: str
    unsubscribe: str
    #: Other addresses of ours: where bounces go, and what mails come from.
    others: frozenset[str] = frozenset()

    def is_ours(self, address: str) -> bool:
        """Return whether mail to an address, with or without a detail behind a plus (RFC 5233), comes back to us."""
        ours = {self.subscribe, self.unsubscribe, *self.others}
        return normalised_mailbox(address) in {normalised_mailbox(one) for one in ours}

    def token(self, recipient: str) -> str:
        """Return what stands behind the plus of the unsubscribe address; empty for any other."""
        name, _, domain = recipient.lower().rpartition("@")
        ours, _, here = self.unsubscribe.rpartition("@")
        before, _, token = name.partition("+")
        return token if (before, domain) == (ours, here) else ""


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


@dataclass(frozen=True, slots=True)
class Request:
    """What one mail asks for: to subscribe an address, to unsubscribe by a token, or nothing, and why."""

    subscribe: str = ""
    unsubscribe: str = ""
    nothing: str = ""


def refusal(addresses: Addresses, sender: str, recipient: str) -> str:
    """Return why mail for a recipient is not taken; empty where it is.

    Reports on mail of ours, which have no sender, are taken and dropped; people are told that nobody would read.
    """
    to = recipient.lower()
    if to == addresses.subscribe or addresses.token(to):
        return ""
    if to == addresses.unsubscribe:
        return _NO_TOKEN
    return "" if to in addresses.others and not sender else _NOBODY


def decide(mail: Incoming, addresses: Addresses) -> Request:
    """Return what a mail asks for. Pure: changes nothing."""
    if token := addresses.token(mail.recipient):
        return Request(unsubscribe=token)
    if mail.recipient.lower() != addresses.subscribe:
        return Request(nothing="not for us to deal with")
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
    return _logged(request.nothing, _THANKS)


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
    return "250 2.0.0 Unsubscribed"


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
