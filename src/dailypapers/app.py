"""The composition root: settings in, everything that runs out. Nothing below imports this file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dailypapers.assembly.inbound import addresses, oidc, sign_up_policy, webhooks
from dailypapers.assembly.mail_servers import mail_servers
from dailypapers.assembly.operator import operator, posting, retention, summary_budget, tools
from dailypapers.assembly.secret import read_secret
from dailypapers.assembly.sending import make_sending
from dailypapers.assembly.sources import make_http, make_source
from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.figures import MAX_BYTES, FigureOptions
from dailypapers.digests.preview import Previews
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.domain.clock import Clock
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Rhythm, parse_days
from dailypapers.domain.timetable import Timetable
from dailypapers.errors import BadSettings
from dailypapers.inbound.by_mail import InboundHandler
from dailypapers.jobs.context import Dependencies
from dailypapers.library.search import Finder
from dailypapers.mail.incoming.keep import KeptMail
from dailypapers.mail.smtp.transport import MailServer
from dailypapers.profiles.read import Services
from dailypapers.ranking.embeddings.models import Lazy
from dailypapers.settings import Settings, revealed
from dailypapers.tokens import Signer

if TYPE_CHECKING:
    from dailypapers.web.http.page import WebContext
    from dailypapers.web.public.sign_up_policy import SignUpPolicy


@dataclass(frozen=True, slots=True)
class App:
    """One dailypapers, put together."""

    settings: Settings
    dependencies: Dependencies
    mail_servers: tuple[MailServer, ...]
    #: What a subscriber gets who names nothing.
    defaults: Preferences
    signer: Signer = field(repr=False)
    #: Who may come in and subscribe, by a page or by mail; made when it is first asked for, and once.
    sign_up_policy: "Callable[[], SignUpPolicy]"

    def context(self, clock: Clock) -> "WebContext":
        """Return what the pages are made with."""
        from dailypapers.web.http.page import WebContext  # noqa: PLC0415 - the framework, which few commands need

        dependencies = self.dependencies
        previews = Previews(self.engine, dependencies.digest_options)
        token, unread = self.settings.web.metrics_token, self.settings.inbound.unread_folder
        return WebContext(
            self.engine,
            dependencies.renderer,
            dependencies.digest_options,
            self.defaults,
            dependencies.zone,
            clock,
            previews,
            sign_up_policy=self.sign_up_policy(),
            finder=Finder(self.engine),
            webhooks=webhooks(self.settings),
            metrics_token=revealed(token),
            count_unread=KeptMail(unread).count if unread else lambda: 0,
            oidc=oidc(self.settings),
            channels=dependencies.posting.channels,
            has_mcp=self.settings.web.mcp,
            alert_address=self.settings.inbound.alert_address,
            tools=tuple(dependencies.tools.clients) if dependencies.tools else (),
            has_e_readers="e-reader" in self.settings.tools.offered,
        )

    @property
    def timetable(self) -> Timetable:
        """Return when sources are fetched and editions close."""
        section = self.settings.schedule
        fetch_every = timedelta(minutes=section.fetch_every_minutes)
        return Timetable(fetch_every, section.close_at, self.settings.service.zone, section.close_early)

    @property
    def engine(self) -> sa.Engine:
        """The database."""
        return self.dependencies.engine


def build(settings: Settings) -> App:
    """Put everything together; nothing is connected to yet."""
    signer = Signer(settings.service.base_url, read_secret(settings))
    servers = mail_servers(settings.mail)
    sending = make_sending(settings, signer, servers)
    engine, renderer = sending.engine, sending.renderer
    dependencies = Dependencies(
        engine=engine,
        sources=[make_source(section) for section in settings.sources],
        make_http=lambda: make_http(settings, engine),
        zone=settings.service.zone,
        digest_options=_digest_options(settings, engine),
        renderer=renderer,
        make_sender_options=sending.make_sender_options,
        companions=sending.companions,
        retention=retention(settings),
        operator=operator(settings, signer, servers),
        posting=posting(settings, renderer),
        tools=tools(settings, signer),
        profiles=Services(openalex_key=revealed(settings.profiles.openalex_key), secret=renderer.secret),
        crossref_url=settings.service.crossref_url,
    )
    return App(
        settings,
        dependencies,
        tuple(servers.values()),
        defaults(settings),
        signer,
        cache(lambda: sign_up_policy(settings)),
    )


def defaults(settings: Settings) -> Preferences:
    """Return what a subscriber gets who names nothing."""
    section = settings.digest
    return Preferences(Rhythm(section.zone, section.hour, parse_days(section.days)), Amount(section.max_papers))


def handler(app: App, clock: Clock) -> InboundHandler:
    """Return what deals with mail that comes in."""
    policy, folder = app.sign_up_policy(), app.settings.inbound.unread_folder
    return InboundHandler(
        engine=app.engine,
        signer=app.signer,
        addresses=addresses(app.settings),
        defaults=app.defaults,
        limits=policy.limits,
        domains=policy.domains,
        clock=clock,
        open=policy.open,
        kept=KeptMail(folder) if folder else None,
        authentication_server=app.settings.inbound.authentication_server,
    )


def _digest_options(settings: Settings, engine: sa.Engine) -> DigestOptions:
    return DigestOptions(
        relevance=settings.digest.relevance,
        encoder=Lazy(settings.ranking.model) if settings.ranking.model else None,
        summaries=_summaries(settings),
        figures=_figures(settings, engine),
        variant=settings.ranking.interleave,
        variant_share=settings.ranking.interleave_share,
        window_days=settings.digest.window_days,
        deadline=timedelta(hours=settings.mail.deadline_hours),
    )


def _figures(settings: Settings, engine: sa.Engine) -> FigureOptions | None:
    """Return how figures are fetched; `None` where readers may not have them."""
    if not settings.service.figures:
        return None
    return FigureOptions(partial(make_http, settings, engine, max_bytes=MAX_BYTES))


def _summaries(settings: Settings) -> SummaryOptions | None:
    """Return which model sums papers up. Raises `BadSettings` where its key cannot be read."""
    section = settings.summaries
    if not section.base_url:
        return None
    try:
        key = section.key_file.read_text("utf-8").strip() if section.key_file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"summaries.key_file: {section.key_file} cannot be read: {error}.") from error
    return SummaryOptions(
        section.base_url,
        section.model,
        key,
        section.language or settings.service.language,
        follows_readers=not section.language,
        requests_at_once=section.requests_at_once,
        budget=summary_budget(section),
    )
