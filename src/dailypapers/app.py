"""The composition root: settings in, everything that runs out. Nothing below imports this file."""

import logging
import os
import pickle
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog

from dailypapers.delivery.companions import CompanionOptions
from dailypapers.delivery.pace import Pace
from dailypapers.delivery.routes import Route
from dailypapers.delivery.send import SenderOptions
from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.digests.preview import Previews
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.domain.account import OidcProvider
from dailypapers.domain.address import domain_of
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import Doubt
from dailypapers.domain.message import Sender
from dailypapers.domain.pace import Limit, Rules
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.retention import Retention
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Rhythm, parse_days
from dailypapers.errors import BadSettings
from dailypapers.inbound.by_mail import Addresses, InboundHandler
from dailypapers.inbound.webhooks import WebhookOptions
from dailypapers.intake.host_gate import KeptGate
from dailypapers.jobs.context import Dependencies
from dailypapers.library.search import Finder
from dailypapers.mail.dns import Domains, disposable_domains, system_resolver
from dailypapers.mail.incoming.imap import ImapServer
from dailypapers.mail.incoming.keep import KeptMail
from dailypapers.mail.message.dkim import Algorithm, Key, load_key
from dailypapers.mail.smtp.capacity import PATIENCE, SHORT_PATIENCE, Capacity
from dailypapers.mail.smtp.servers import Down, Servers
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import Transport
from dailypapers.posting.post_due import PostOptions
from dailypapers.posting.webhooks import Webhook, key_of, read_keys
from dailypapers.ranking.embeddings.models import Lazy
from dailypapers.rendering.environment import environment
from dailypapers.rendering.i18n import has_catalog
from dailypapers.reporting.report import Disk
from dailypapers.reporting.tell import OperatorOptions
from dailypapers.settings import Mail, MailServerSettings, ServerSettings, Settings, SourceSettings, shipped
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.base import Source
from dailypapers.sources.biorxiv import Biorxiv
from dailypapers.sources.crossref import Crossref
from dailypapers.sources.feed import Feed
from dailypapers.sources.file import File
from dailypapers.sources.http.client import Http
from dailypapers.sources.huggingface import HuggingFace
from dailypapers.sources.openreview import OpenReview
from dailypapers.sources.pubmed import PubMed
from dailypapers.store.database import connect
from dailypapers.tokens import Signer
from dailypapers.tools.push import ToolOptions

if TYPE_CHECKING:
    from dailypapers.web.http.page import WebContext
    from dailypapers.web.public.sign_up_policy import SignUpPolicy

#: Ten times what keeping a new subscriber takes, and still short for whoever waits.
_ANSWER_AFTER = timedelta(seconds=0.25)


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
            webhooks=_webhooks(self.settings),
            metrics_token=token.get_secret_value() if token else "",
            count_unread=KeptMail(unread).count if unread else lambda: 0,
            oidc=_oidc(self.settings),
            tools=tuple(dependencies.tools.clients) if dependencies.tools else (),
        )

    @property
    def engine(self) -> sa.Engine:
        """The database."""
        return self.dependencies.engine


def build(settings: Settings) -> App:
    """Put everything together; nothing is connected to yet."""
    signer = Signer(settings.service.base_url, read_secret(settings))
    password = settings.database.password
    servers = _mail_servers(settings.mail)
    engine = connect(settings.database.url, password=password.get_secret_value() if password else None)
    dependencies = Dependencies(
        engine=engine,
        sources=[make_source(section) for section in settings.sources],
        make_http=lambda: _http(settings, engine),
        zone=settings.service.zone,
        digest_options=_digest_options(settings),
        renderer=_mail_renderer(settings, signer),
        make_sender_options=_sender_options(settings, servers),
        companions=_companions(settings),
        retention=_retention(settings),
        operator=_operator(settings, signer, servers),
        posting=_posting(settings),
        tools=_tools(settings, signer),
    )
    return App(
        settings,
        dependencies,
        tuple(servers.values()),
        defaults(settings),
        signer,
        cache(lambda: _sign_up_policy(settings)),
    )


def read_secret(settings: Settings) -> bytes:
    """Return the secret that signs links. Raises `BadSettings` without one: making one up would void every link."""
    if settings.secret:
        return settings.secret.get_secret_value().encode()
    file = settings.service.secret_file
    if file and file.exists():
        return file.read_bytes().strip()
    raise BadSettings(
        f"The secret that signs links is missing: create {file} with `dailypapers init`, or set DAILYPAPERS_SECRET."
    )


def make_secret(settings: Settings) -> bool:
    """Make the secret's file, readable by us alone, unless there is one; tells whether it was made."""
    file = settings.service.secret_file
    if settings.secret or file is None or file.exists():
        return False
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as secret:
        secret.write(secrets.token_urlsafe(48) + "\n")
    return True


def worker_name() -> str:
    """Return a name no other process has: whose claims and leases these are."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def defaults(settings: Settings) -> Preferences:
    """Return what a subscriber gets who names nothing."""
    section = settings.digest
    return Preferences(Rhythm(section.zone, section.hour, parse_days(section.days)), Amount(section.max_papers))


def _sign_up_policy(settings: Settings) -> "SignUpPolicy":
    from dailypapers.web.public.sign_up_policy import SignUpPolicy  # noqa: PLC0415 - as above

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


def handler(app: App, clock: Clock) -> InboundHandler:
    """Return what deals with mail that comes in."""
    policy, folder = app.sign_up_policy(), app.settings.inbound.unread_folder
    return InboundHandler(
        engine=app.engine,
        signer=app.signer,
        addresses=_addresses(app.settings),
        defaults=app.defaults,
        limits=policy.limits,
        domains=policy.domains,
        clock=clock,
        open=policy.open,
        kept=KeptMail(folder) if folder else None,
        authentication_server=app.settings.inbound.authentication_server,
    )


def _addresses(settings: Settings) -> Addresses:
    section, mail = settings.inbound, settings.mail
    return Addresses(
        section.subscribe_address.lower(),
        section.unsubscribe_address.lower(),
        frozenset(address.lower() for address in {mail.from_address, mail.owner_address} - {""}),
        # Without an address of their own, bounces come to where emails are from, as reports alone do.
        bounces=mail.bounce_address.lower(),
        complaints=mail.complaints_address.lower(),
        replies=section.reply_address.lower(),
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
        password=section.imap_password.get_secret_value() if section.imap_password else "",
        folder=section.imap_folder,
        max_bytes=section.max_bytes,
    )


def _webhooks(settings: Settings) -> WebhookOptions:
    section = settings.webhooks
    login, key = section.postmark_login, section.mailgun_signing_key
    return WebhookOptions(
        ses_topics=frozenset(section.ses_topics),
        postmark_login=login.get_secret_value() if login else "",
        sendgrid_public_key=section.sendgrid_public_key,
        mailgun_signing_key=key.get_secret_value() if key else "",
    )


def _oidc(settings: Settings) -> OidcProvider | None:
    section = settings.oidc
    if not section.issuer:
        return None
    return OidcProvider(
        issuer=section.issuer,
        client_id=section.client_id,
        client_secret=section.client_secret.get_secret_value() if section.client_secret else "",
        name=section.name,
        owner_groups=frozenset(section.owner_groups),
        viewer_groups=frozenset(section.viewer_groups),
        groups_claim=section.groups_claim,
    )


def _digest_options(settings: Settings) -> DigestOptions:
    return DigestOptions(
        relevance=settings.digest.relevance,
        encoder=Lazy(settings.ranking.model) if settings.ranking.model else None,
        summaries=_summaries(settings),
        variant=settings.ranking.interleave,
        variant_share=settings.ranking.interleave_share,
        window_days=settings.digest.window_days,
        deadline=timedelta(hours=settings.mail.deadline_hours),
    )


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
        section.tokens_per_day,
        section.seconds_per_day,
    )


def make_source(settings: SourceSettings) -> Source:
    """Make the source that an entry of the settings describes."""
    if settings.kind == "feed":
        return Feed(settings.label(), settings.url)
    if settings.kind == "file":
        return File(settings.path or Path(), name=settings.label())
    source = _known_source(settings)
    return replace(source, base_url=settings.url) if settings.url else source


def _known_source(settings: SourceSettings) -> Arxiv | HuggingFace | Biorxiv | OpenReview | Crossref | PubMed:
    """Make a source whose address is known; a setting may put a mirror in its place."""
    name = settings.label()
    if settings.kind == "arxiv":
        return Arxiv(settings.categories, format=settings.format, name=name, pages_url=settings.pages_url)
    if settings.kind in {"biorxiv", "medrxiv"}:
        server: Literal["biorxiv", "medrxiv"] = "medrxiv" if settings.kind == "medrxiv" else "biorxiv"
        return Biorxiv(server, settings.categories, name=name)
    if settings.kind == "openreview":
        return OpenReview(settings.venue, name=name)
    if settings.kind == "crossref":
        return Crossref(settings.issns, name=name)
    if settings.kind == "pubmed":
        return PubMed(settings.query, name=name)
    return HuggingFace(name=name)


def _mail_renderer(settings: Settings, signer: Signer) -> MailRenderer:
    own, *others = languages(settings)
    make = partial(
        environment,
        shipped("templates"),
        settings.service.templates,
        locale=_locale_folders(settings),
        takes_replies=bool(settings.inbound.reply_address),
    )
    return MailRenderer(
        templates=make(language=own),
        signer=signer,
        sender=_sender(settings),
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


def _sender(settings: Settings) -> Sender:
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


def _mail_servers(mail: Mail) -> dict[str, MailServer]:
    """Return the mail servers by name; where there is only one, its address is its name."""
    if not mail.servers:
        server = _mail_server(mail, mail, mail.password.get_secret_value() if mail.password else "")
        return {str(server): server}
    return {each.name: _mail_server(mail, each, _password(each)) for each in mail.servers}


def _mail_server(mail: Mail, server: ServerSettings, password: str) -> MailServer:
    return MailServer(
        host=server.host,
        port=server.port,
        security=server.security,
        username=server.username,
        password=password,
        timeout=server.timeout_seconds,
        hello_name=mail.hello_name,
    )


def _password(server: MailServerSettings) -> str:
    if server.password or not server.password_file:
        return server.password.get_secret_value() if server.password else ""
    try:
        return server.password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"The password of the mail server {server.name} cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True)
class Told:
    """What a process that sends beside this one is told."""

    settings: Settings = field(repr=False)
    processes: int
    """How many there are in all, which share the connections."""
    now: datetime
    """What the clock says, when the clock that nobody sets (`time.monotonic`) says `at`."""
    at: float
    is_verbose: bool


def _companions(settings: Settings) -> CompanionOptions:
    """Return what it takes to send by several processes; those of SQLite would wait for one another."""
    is_sqlite = sa.make_url(settings.database.url).get_backend_name() == "sqlite"
    processes = settings.mail.processes or (1 if is_sqlite else _cores())
    connections = min(server.connections for server in settings.mail.servers or (settings.mail,))
    return CompanionOptions(min(processes, connections), partial(told, settings))


def _operator(settings: Settings, signer: Signer, servers: Mapping[str, MailServer]) -> OperatorOptions | None:
    section = settings.operator
    if not section.email and not section.webhook:
        return None
    keys = (key_of(section.webhook_secret.get_secret_value()),) if section.webhook_secret else ()
    server = next(iter(servers.values()))
    return OperatorOptions(
        name=settings.service.name,
        sender=_sender(settings),
        make_transport=lambda: SmtpTransport(server, capacity=Capacity(1, 1, SHORT_PATIENCE)),
        secret=signer.secret,
        email=section.email,
        webhook=Webhook("operator", section.webhook, keys, allow_private=True) if section.webhook else None,
        hour=section.hour,
        zone=settings.service.zone,
        keys=tuple(signing_keys(settings)),
        measure_disk=partial(_measure_disk, settings.database.url),
    )


def _posting(settings: Settings) -> PostOptions:
    return PostOptions(
        tuple(
            Webhook(each.name, each.url, _webhook_keys(each.secret_file), frozenset(each.events), each.allow_private)
            for each in settings.webhooks.outgoing
        )
    )


def _webhook_keys(file: Path) -> tuple[bytes, ...]:
    try:
        return read_keys(file.read_text("utf-8"))
    except OSError as error:
        raise BadSettings(f"The webhook's secret cannot be read from {file}: {error.strerror}.") from None


def _tools(settings: Settings, signer: Signer) -> ToolOptions | None:
    options = ToolOptions(signer.secret)
    offered = {kind: client for kind, client in options.clients.items() if kind.value in settings.tools.offered}
    return replace(options, clients=offered) if offered else None


def _measure_disk(url: str) -> Disk | None:
    """Measure the disk of a SQLite file; that of a server is the server's."""
    parsed = sa.make_url(url)
    file = Path(parsed.database or "")
    if parsed.get_backend_name() != "sqlite" or not file.is_file():
        return None
    usage = shutil.disk_usage(file.parent)
    return Disk(usage.free, usage.total)


def _retention(settings: Settings) -> Retention:
    section = settings.retention
    return Retention(_days(section.deliveries_days), _days(section.attempts_days), _days(section.sources_days))


def _days(days: int) -> timedelta | None:
    return timedelta(days=days) if days else None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def told(settings: Settings, processes: int, clock: Clock) -> bytes:
    """Return the bytes that tell a process to send beside this one."""
    is_verbose = structlog.get_logger().is_enabled_for(logging.INFO)
    return pickle.dumps(Told(settings, processes, clock(), time.monotonic(), is_verbose))


def _pace(mail: Mail, names: Iterable[str]) -> Pace:
    a_domain = mail.messages_per_minute_per_domain
    per_domain = Limit(a_domain, timedelta(minutes=1)) if a_domain else None
    routes = (
        Route(name, _rules(each), weight=each.weight if isinstance(each, MailServerSettings) else 0)
        for name, each in zip(names, mail.servers or (mail,), strict=True)
    )
    return Pace(*routes, per_domain=per_domain)


def _rules(mail: ServerSettings) -> Rules:
    quotas = ((mail.messages_per_hour, timedelta(hours=1)), (mail.messages_per_day, timedelta(days=1)))
    return Rules(
        rate=Limit(mail.messages_per_second, timedelta(seconds=1)) if mail.messages_per_second else None,
        quotas=tuple(Limit(mails, period) for mails, period in quotas if mails),
        warm_up_from=mail.warm_up_from,
    )


def _sender_options(settings: Settings, servers: Mapping[str, MailServer]) -> Callable[[], SenderOptions]:
    """Return what makes the options of a run; what was found out of servers outlives it."""
    mail = settings.mail
    pace, uncertain, fence = _pace(mail, servers), Doubt(mail.uncertain), partial(_fence, settings)
    patience = SHORT_PATIENCE if len(servers) > 1 else PATIENCE
    capacities = [Capacity(each.connections, each.mails_per_connection, patience) for each in mail.servers or (mail,)]

    def transports() -> dict[str, Transport]:
        of_each = zip(servers.items(), capacities, strict=True)
        return {name: SmtpTransport(server, capacity=capacity) for (name, server), capacity in of_each}

    down: dict[str, Down] = {}

    def options() -> SenderOptions:
        by_name = transports()
        transport = Servers(by_name, down) if len(by_name) > 1 else next(iter(by_name.values()))
        return SenderOptions(transport, worker_name(), pace=pace, uncertain=uncertain, fence=fence())

    return options


def _fence(settings: Settings) -> Path | None:
    """Return where it is noted how far sending has come: beside a SQLite file, or else beside the secret's."""
    url = sa.make_url(settings.database.url)
    beside = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else settings.service.secret_file
    return beside.with_name(f"{beside.name}.fence") if beside and beside.is_file() else None


def _http(settings: Settings, engine: sa.Engine) -> Http:
    local = settings.service.allow_local_sources
    contact = settings.service.contact or settings.mail.owner_address or settings.mail.from_address
    return Http(contact=contact, allow_private=local, gate=KeptGate(engine, _paces(settings)))


def _paces(settings: Settings) -> dict[str, float]:
    """Return the seconds between two requests that were set, by host."""
    paces: dict[str, float] = {}
    for source in settings.sources:
        if source.url and source.seconds_between_requests:
            host = urlsplit(source.url).hostname or ""
            paces[host] = max(paces.get(host, 0.0), source.seconds_between_requests)
    return paces
