"""The mail servers of the settings, and the options of a run that sends by them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dailypapers.assembly.processes import worker_name
from dailypapers.delivery.pace import Pace
from dailypapers.delivery.routes import Route
from dailypapers.delivery.send import SenderOptions
from dailypapers.domain.delivery import Doubt
from dailypapers.domain.pace import Limit, Rules
from dailypapers.errors import BadSettings
from dailypapers.mail.smtp.capacity import PATIENCE, SHORT_PATIENCE, Capacity
from dailypapers.mail.smtp.servers import Down, Servers
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import Transport
from dailypapers.settings import Mail, MailServerSettings, ServerSettings, Settings, revealed

if TYPE_CHECKING:
    pass


def mail_servers(mail: Mail) -> dict[str, MailServer]:
    """Return the mail servers by name; where there is only one, its address is its name."""
    if not mail.servers:
        server = _mail_server(mail, mail, revealed(mail.password))
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
        return revealed(server.password)
    try:
        return server.password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"The password of the mail server {server.name} cannot be read: {error}.") from error


def sender_options(settings: Settings, servers: Mapping[str, MailServer]) -> Callable[[], SenderOptions]:
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


def _fence(settings: Settings) -> Path | None:
    """Return where it is noted how far sending has come: beside a SQLite file, or else beside the secret's."""
    url = sa.make_url(settings.database.url)
    beside = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else settings.service.secret_file
    return beside.with_name(f"{beside.name}.fence") if beside and beside.is_file() else None
