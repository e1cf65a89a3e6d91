"""What operators are told, what is told to other programs for them, and how long things are stored."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dailypapers.assembly.mails import sender, signing_keys
from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.retention import Retention
from dailypapers.domain.summary import Budget
from dailypapers.errors import BadSettings
from dailypapers.mail.smtp.capacity import SHORT_PATIENCE, Capacity
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.posting.channels import ChannelOptions
from dailypapers.posting.post_due import PostOptions
from dailypapers.posting.webhooks import Webhook, key_of, read_keys
from dailypapers.reporting.report import Disk
from dailypapers.reporting.tell import OperatorOptions
from dailypapers.settings import Settings, Summaries
from dailypapers.tokens import Signer
from dailypapers.tools.push import ToolOptions

if TYPE_CHECKING:
    pass


def operator(settings: Settings, signer: Signer, servers: Mapping[str, MailServer]) -> OperatorOptions | None:
    """Return how operators are told of trouble; `None` where nobody is to be told."""
    section = settings.operator
    if not section.email and not section.webhook:
        return None
    keys = (key_of(section.webhook_secret.get_secret_value()),) if section.webhook_secret else ()
    server = next(iter(servers.values()))
    return OperatorOptions(
        name=settings.service.name,
        sender=sender(settings),
        make_transport=lambda: SmtpTransport(server, capacity=Capacity(1, 1, SHORT_PATIENCE)),
        secret=signer.secret,
        email=section.email,
        webhook=Webhook("operator", section.webhook, keys, allow_private=True) if section.webhook else None,
        hour=section.hour,
        zone=settings.service.zone,
        keys=tuple(signing_keys(settings)),
        measure_disk=partial(_measure_disk, settings.database.url),
        summary_budget=summary_budget(settings.summaries) if settings.summaries.base_url else None,
    )


def summary_budget(section: Summaries) -> Budget:
    """Return what a day's summaries may take."""
    return Budget(
        section.tokens_per_day, section.seconds_per_day, section.money_per_day, section.price_per_million_tokens
    )


def _measure_disk(url: str) -> Disk | None:
    """Measure the disk of a SQLite file; that of a server is the server's."""
    parsed = sa.make_url(url)
    file = Path(parsed.database or "")
    if parsed.get_backend_name() != "sqlite" or not file.is_file():
        return None
    usage = shutil.disk_usage(file.parent)
    return Disk(usage.free, usage.total)


def posting(settings: Settings, renderer: MailRenderer) -> PostOptions:
    """Return which webhooks are told of events, and how digests are posted."""
    return PostOptions(
        channels=ChannelOptions(renderer, settings.service.allow_local_channels, renderer.secret),
        webhooks=tuple(
            Webhook(each.name, each.url, _webhook_keys(each.secret_file), frozenset(each.events), each.allow_private)
            for each in settings.webhooks.outgoing
        ),
    )


def _webhook_keys(file: Path) -> tuple[bytes, ...]:
    try:
        return read_keys(file.read_text("utf-8"))
    except OSError as error:
        raise BadSettings(f"The webhook's secret cannot be read from {file}: {error.strerror}.") from None


def tools(settings: Settings, signer: Signer) -> ToolOptions | None:
    """Return which tools of their own readers can send papers to; `None` where none is offered."""
    options = ToolOptions(signer.secret)
    offered = {kind: client for kind, client in options.clients.items() if kind.value in settings.tools.offered}
    return replace(options, clients=offered) if offered else None


def retention(settings: Settings) -> Retention:
    """Return how long things are stored."""
    section = settings.retention
    return Retention(_days(section.deliveries_days), _days(section.attempts_days), _days(section.sources_days))


def _days(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None
