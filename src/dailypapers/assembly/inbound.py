"""What comes in: who may subscribe, mail to our addresses, what providers and sign-in services tell."""

from datetime import timedelta
from typing import TYPE_CHECKING

from dailypapers.domain.account import OidcProvider
from dailypapers.domain.signup import Limits
from dailypapers.inbound.by_mail import Addresses
from dailypapers.inbound.webhooks import WebhookOptions
from dailypapers.mail.dns import Domains, disposable_domains, system_resolver
from dailypapers.mail.incoming.imap import ImapServer
from dailypapers.settings import Settings, revealed

if TYPE_CHECKING:
    from dailypapers.web.public.sign_up_policy import SignUpPolicy


#: Ten times what keeping a new subscriber takes, and still short for whoever waits.
_ANSWER_AFTER = timedelta(seconds=0.25)


def sign_up_policy(settings: Settings) -> "SignUpPolicy":
    """Return who may subscribe, and how often from one network."""
    from dailypapers.web.public.sign_up_policy import SignUpPolicy  # noqa: PLC0415 - the framework, which few commands need

    section = settings.subscribe
    return SignUpPolicy(
        open=section.open,
        limits=Limits(section.hourly_limit_per_network, section.hourly_limit),
        minimum=timedelta(seconds=section.minimum_form_seconds),
        answer_after=_ANSWER_AFTER,
        domains=Domains(
            disposable=disposable_domains(section.disposable_domains_file),
            resolver=system_resolver() if section.check_mx else None,
        ),
        trusted_proxies=settings.web.trusted_proxies,
        by_mail=settings.inbound.subscribe_address,
    )


def addresses(settings: Settings) -> Addresses:
    """Return which of our addresses stand for what."""
    section, mail = settings.inbound, settings.mail
    return Addresses(
        section.subscribe_address.lower(),
        section.unsubscribe_address.lower(),
        frozenset(address.lower() for address in {mail.from_address, mail.owner_address} - {""}),
        # Without an address of their own, bounces come to where emails are from, as reports alone do.
        bounces=mail.bounce_address.lower(),
        complaints=mail.complaints_address.lower(),
        replies=section.reply_address.lower(),
        alerts=section.alert_address.lower(),
    )


def mailbox(settings: Settings) -> ImapServer | None:
    """Return the mailbox that mail is taken from; `None` where none is set."""
    section = settings.inbound
    if not section.imap_host:
        return None
    return ImapServer(
        host=section.imap_host,
        port=section.imap_port,
        security=section.imap_security,
        username=section.imap_username,
        password=revealed(section.imap_password),
        folder=section.imap_folder,
        max_bytes=section.max_bytes,
    )


def webhooks(settings: Settings) -> WebhookOptions:
    """Return by what the providers that tell of bounces are known."""
    section = settings.webhooks
    login, key = section.postmark_login, section.mailgun_signing_key
    return WebhookOptions(
        ses_topics=frozenset(section.ses_topics),
        postmark_login=revealed(login),
        sendgrid_public_key=section.sendgrid_public_key,
        mailgun_signing_key=revealed(key),
    )


def oidc(settings: Settings) -> OidcProvider | None:
    """Return who else may tell us who an operator or a reader is; `None` where nobody may."""
    section = settings.oidc
    if not section.issuer:
        return None
    return OidcProvider(
        issuer=section.issuer,
        client_id=section.client_id,
        client_secret=revealed(section.client_secret),
        name=section.name,
        owner_groups=frozenset(section.owner_groups),
        viewer_groups=frozenset(section.viewer_groups),
        groups_claim=section.groups_claim,
        for_readers=section.readers,
    )
