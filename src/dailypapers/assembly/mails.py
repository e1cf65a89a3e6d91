"""What mails are made with: templates in each language, who they are from, and the keys that sign them."""

from collections.abc import Collection, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.address import domain_of
from dailypapers.domain.message import Sender
from dailypapers.errors import BadSettings
from dailypapers.mail.message.dkim import Algorithm, Key, load_key
from dailypapers.rendering.environment import environment
from dailypapers.rendering.i18n import has_catalog
from dailypapers.settings import Settings, shipped
from dailypapers.tokens import Signer

if TYPE_CHECKING:
    pass


def mail_renderer(settings: Settings, signer: Signer) -> MailRenderer:
    """Return what every mail is made with. Raises `BadSettings` where a catalog or a key is missing."""
    own, *others = languages(settings)
    make = partial(
        environment,
        shipped("templates"),
        settings.service.templates,
        locale=_locale_folders(settings),
        takes_replies=bool(settings.inbound.reply_address),
        figures=f"{settings.service.base_url}/figures/" if settings.service.figures else "",
    )
    return MailRenderer(
        templates=make(language=own),
        signer=signer,
        sender=sender(settings),
        home=f"{settings.service.base_url}/",
        secret=signer.secret,
        unsubscribe_address=settings.inbound.unsubscribe_address,
        reply_address=settings.inbound.reply_address,
        keys=tuple(signing_keys(settings)),
        # Few readers of a service read another language; its templates are put together for the first who does.
        others={language: cache(partial(make, language=language)) for language in others},
    )


def languages(settings: Settings) -> tuple[str, ...]:
    """Return the languages that readers may choose, the service's own first. Raises `BadSettings` without a catalog."""
    folders = _locale_folders(settings)
    for language in settings.service.languages:
        if not has_catalog(language, folders):
            where = " or ".join(map(str, folders))
            raise BadSettings(f"service.languages: there is no catalog for {language} in {where}.")
    return tuple(dict.fromkeys((settings.service.language, *settings.service.languages)))


def _locale_folders(settings: Settings) -> list[Path]:
    return [folder for folder in (settings.service.locale, shipped("locale")) if folder]


def signing_keys(settings: Settings, algorithms: Collection[Algorithm] = tuple(Algorithm)) -> Iterator[Key]:
    """Load the keys that mails are signed with. Raises `BadSettings` for one that receivers would not accept."""
    section = settings.dkim
    domain = section.domain or domain_of(settings.mail.from_address)
    for file, selector, algorithm in (
        (section.key_file, section.selector, Algorithm.RSA),
        (section.ed25519_key_file, section.ed25519_selector, Algorithm.ED25519),
    ):
        if file and algorithm in algorithms:
            yield load_key(file, domain=domain, selector=selector, algorithm=algorithm)


def sender(settings: Settings) -> Sender:
    """Return who our mails are from."""
    mail = settings.mail
    domain = domain_of(mail.from_address)
    return Sender(
        name=settings.service.name,
        address=mail.from_address,
        bounce_address=mail.bounce_address or mail.from_address,
        list_id=f"papers.{domain}",
        owner=mail.owner_address or mail.from_address,
        bounce_plus=mail.bounce_plus,
        complaints=mail.complaints_address,
        feedback_id=mail.feedback_sender_id,
    )
