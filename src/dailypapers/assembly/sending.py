"""Sending: what it takes to empty the outbox, put together without the rest of a service."""

from collections.abc import Mapping

from dailypapers.assembly.mail_servers import sender_options
from dailypapers.assembly.mails import mail_renderer
from dailypapers.assembly.processes import companions
from dailypapers.delivery.deliver import Sending
from dailypapers.mail.smtp.transport import MailServer
from dailypapers.settings import Settings
from dailypapers.store.database import connect
from dailypapers.tokens import Signer


def make_sending(settings: Settings, signer: Signer, servers: Mapping[str, MailServer]) -> Sending:
    """Return what empties the outbox; nothing is connected to yet. Raises `BadSettings`."""
    password = settings.database.password
    engine = connect(settings.database.url, password=password.get_secret_value() if password else None)
    renderer = mail_renderer(settings, signer)
    return Sending(engine, renderer, sender_options(settings, servers), companions(settings))
